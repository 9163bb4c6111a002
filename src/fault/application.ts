/**
 * What a fault may know of the application under test and do to it: which processes run its clients,
 * and how a dead one is started anew. One process (an agent) runs all producers of a region, another
 * all consumers: what kills one client kills its neighbours, as in an application.
 */
import type { LogRef } from "../history/judging.ts";
import type { TopicShape } from "./cluster-asks.ts";

export const CLIENT_ROLES = ["producers", "consumers"] as const;
export type ClientRole = (typeof CLIENT_ROLES)[number];

/** The workload as the plan has it: what a step of the file may name. */
export interface Workload {
  topics: { name: string; cluster: string; partitions: number }[];
  clients: { role: ClientRole; region: string; topic: string; group?: string | undefined }[];
}

/** A group's members that run now. */
export interface LiveGroup {
  cluster: string;
  members: { name: string; ref: number; agent: string }[];
}

export interface Application {
  /** Living processes that run clients of this role in a region. */
  processes(role: ClientRole, region: string): string[];
  /** Names of the clients that a process runs or ran. */
  clientsOn(process: string): string[];
  /** When a process last said anything, µs; null before its first word. */
  heardUs(process: string): number | null;
  /**
   * Starts a process in the place of a dead one, with the clients that died with it: consumers under
   * their own names, producers as the successors the plan has for them. Gives the names of those
   * started; none when the workload is over.
   */
  restart(process: string): Promise<string[]>;
  /** Waits until each of these clients was served: an ack, or a record. Gives those that were not. */
  unserved(clients: string[], withinMs: number): Promise<string[]>;
  group(name: string): LiveGroup | undefined;
  /** Ends all members in order: each commits what it has processed and leaves the group. */
  stopGroup(name: string): Promise<void>;
  /** Starts the members again that `stopGroup` ended. Gives their names; none when all is over. */
  startGroup(name: string): Promise<string[]>;
  /** A log of the plan; undefined when the workload has none of that name there. */
  log(cluster: string, topic: string): LogRef | undefined;
  /** How the plan makes a topic of the workload; undefined for any other. */
  topic(cluster: string, topic: string): TopicShape | undefined;
}
