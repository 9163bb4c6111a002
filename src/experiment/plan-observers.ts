/** Who watches, and from where: canaries must outlive what they watch; audits have ids of their own. */
import type { LogRef } from "../history/judging.ts";
import { brokerRegions } from "./resolve.ts";
import type { TopologyEntry } from "./schema-topology.ts";

/** What the steps will break, as far as the placing of clients depends on it. */
export interface FaultsPlanned {
  /** A cluster that nothing in the plan breaks. */
  control: string | undefined;
  /** Names of `FaultReach.affects`. */
  affected: ReadonlySet<string>;
}

/** A probe that dies with a data centre says nothing of the cluster that lives on in the others. */
export function placeOfCanary(
  topology: TopologyEntry,
  log: LogRef,
  affected: FaultsPlanned["affected"],
): string {
  const regions = brokerRegions(topology, log.cluster);
  return regions.find((region) => !affected.has(region)) ?? log.region;
}

/** Audit readers have ids of their own, so that the drill can name one per log and pass. */
const AUDIT_READERS = 200;
export const AUDIT_PASSES = 2;

/** Pass 1 reads what survived, before the heals; pass 2 everything, after them. */
export function auditReader(log: number, pass: number): number {
  return AUDIT_READERS + (pass - 1) * 100 + log;
}
