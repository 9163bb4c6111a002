/** Who watches, and from where: canaries must outlive what they watch; audits have ids of their own. */
import type { LogRef, ProducerRef } from "../history/judging.ts";
import type { PlannedCanary, PlannedProducer } from "./plan.ts";
import { brokerRegions } from "./resolve.ts";
import type { TopologyEntry } from "./schema-topology.ts";

/** What the steps will break, as far as the placing of clients depends on it. */
export interface FaultsPlanned {
  /** A cluster that nothing in the plan breaks. */
  control: string | undefined;
  /** Names of `FaultReach.affects`. */
  affected: ReadonlySet<string>;
  /** Clusters of which a part, and not the whole, is gone when the logs are read. */
  wounded: ReadonlySet<string>;
}

/**
 * What the canary of a log, or its fresh clients, are called and where they live. A probe that dies with a data centre says
 * nothing of the cluster that lives on in the others.
 */
export function canaryOf(
  topology: TopologyEntry,
  { role, cluster, topic, region }: LogRef,
  { affected }: FaultsPlanned,
  kind: "canary" | "fresh" = "canary",
): { wanted: string; region: string; control: boolean } {
  if (role === "loopback") return { wanted: `control-loopback-${region}`, region, control: true };
  const control = role === "control";
  const wanted = control ? `control-${cluster}` : `${kind}-${cluster}-${topic}`;
  const living = brokerRegions(topology, cluster).find((one) => !affected.has(one));
  return { wanted, region: living ?? region, control };
}

export type CanaryTiming = Pick<PlannedCanary, "intervalMs" | "timeoutMs" | "fresh">;

/** A new client that was not served in so long is given up: the ones after it tell the rest. */
const FRESH_TIMEOUT_MS = 10_000;

/** New clients, with the settings of an application's; kafkajs' own where nothing writes to the log. */
export function freshTiming(everyMs: number, writer: PlannedProducer | undefined): CanaryTiming {
  return {
    intervalMs: everyMs,
    timeoutMs: FRESH_TIMEOUT_MS,
    fresh: { client: writer?.client ?? {} },
  };
}

const READINESS_BYTES = 64;

/** Who writes the records that show at the boot that a log can be written to. */
export function readinessRef({ id: log, region }: LogRef, name: string): Omit<ProducerRef, "id"> {
  const written = { ratePerSecond: 0, recordBytes: READINESS_BYTES, acks: "all" } as const;
  return { name, kind: "readiness", log, region, ...written, control: false };
}

/**
 * Regions whose canary agents probe themselves: all that measure and live on. When none does, any
 * region that lives on, unless there is a control already; when nothing lives on, none.
 */
export function loopbackRegions(
  topology: TopologyEntry,
  measuring: readonly string[],
  { control, affected }: FaultsPlanned,
): string[] {
  const living = [...new Set(measuring)].filter((region) => !affected.has(region));
  if (living.length > 0 || control !== undefined) return living;
  return topology.regions.filter((region) => !affected.has(region)).slice(0, 1);
}

/** Audit readers have ids of their own, so that the drill can name one per log and pass. */
const AUDIT_READERS = 200;
export const AUDIT_PASSES = 2;

/** Pass 1 reads what survived, before the heals; pass 2 what was healed, after them. */
export function auditReader(log: number, pass: number): number {
  return AUDIT_READERS + (pass - 1) * 100 + log;
}
