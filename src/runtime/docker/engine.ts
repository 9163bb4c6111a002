/**
 * The connection to the container engine: one dockerode, its events, and errors with names.
 */
import Docker from "dockerode";
import { monotonicUs } from "../../kernel/clock.ts";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import { withDeadline } from "../../kernel/heal-stack.ts";
import type { ContainerDeath } from "../runtime.ts";
import { LABEL_NAME, LABEL_RUN } from "./labels.ts";

const PING_WITHIN_MS = 10_000;

/** Connects, or says that no engine answers. */
export async function connectEngine(): Promise<Docker> {
  // No socket timeout: the event stream and the agents' pipes may be silent for minutes.
  const docker = new Docker();
  try {
    await withDeadline(docker.ping(), PING_WITHIN_MS);
  } catch (error) {
    const message = `no container engine answers: ${messageOf(error)}`;
    throw new DrillError("E_ENGINE_ABSENT", message, { cause: error });
  }
  return docker;
}

interface EngineEvent {
  Action?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
  timeNano?: number;
}

export interface EngineListener {
  /** `id`: the container's, which a later one of the same name does not share. */
  onDeath(death: ContainerDeath, id: string): void;
  onLost(reason: string): void;
}

/**
 * Follows the deaths of a run's containers. The engine stamps events with wall time; it is mapped
 * to CLOCK_MONOTONIC when the event arrives, within a millisecond, and never later than arrival.
 */
export async function followDeaths(
  docker: Docker,
  run: string,
  listener: EngineListener,
): Promise<() => void> {
  const stream = await docker.getEvents({
    filters: { type: ["container"], event: ["die"], label: [`${LABEL_RUN}=${run}`] },
  });
  let closed = false;
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((text) => text.trim() !== "")) {
      const event = JSON.parse(line) as EngineEvent;
      listener.onDeath(toDeath(event), event.Actor?.ID ?? "");
    }
  });
  const lost = (reason: string) => {
    if (closed) return;
    closed = true;
    listener.onLost(reason);
  };
  stream.on("end", () => lost("the engine closed its event stream"));
  stream.on("close", () => lost("the engine's event stream was closed"));
  stream.on("error", (error: Error) => lost(`the engine's event stream broke: ${error.message}`));
  return () => {
    closed = true;
    (stream as unknown as { destroy(): void }).destroy();
  };
}

function toDeath(event: EngineEvent): ContainerDeath {
  const attributes = event.Actor?.Attributes ?? {};
  const arrivedUs = monotonicUs();
  const ageUs = event.timeNano === undefined ? null : Date.now() * 1000 - event.timeNano / 1000;
  const exit = attributes["exitCode"];
  return {
    name: attributes[LABEL_NAME] ?? "",
    atUs: ageUs === null ? null : Math.floor(arrivedUs - Math.max(0, ageUs)),
    exitCode: exit === undefined ? null : Number(exit),
  };
}

/** Whether an engine error has this HTTP status. */
export function hasStatus(error: unknown, status: number): boolean {
  return (error as { statusCode?: number } | null)?.statusCode === status;
}
