/**
 * Names in parts that the schema refused: the other checks never see those, and a wrong rate must
 * not hide a wrong region beside it.
 */
import type { Draft } from "./draft.ts";
import { isFault } from "./schema-steps.ts";

type Kind = "region" | "cluster" | "topic" | "step";

const NAMED: Record<string, Record<string, Kind>> = {
  replication: { from: "cluster", to: "cluster", in: "region" },
  topics: { cluster: "cluster" },
  producers: { topic: "topic", cluster: "cluster", in: "region", failover: "region" },
  consumers: { topic: "topic", cluster: "cluster", in: "region", failover: "region" },
  links: { between: "region" },
  steps: {
    region: "region",
    between: "region",
    from: "region",
    to: "region",
    after: "step",
    heal: "step",
  },
};

/** `faultsUnchecked`: the topology is wrong, so no fault could check its own names. */
export function checkNames(draft: Draft, faultsUnchecked: boolean): void {
  const known = {
    region: draft.regions,
    cluster: draft.clusterNames,
    topic: draft.topicNames,
  };
  const faults = faultsUnchecked
    ? draft.steps.filter(({ value }) => isFault(value)).map((item) => ({ ...item, kind: "faults" }))
    : [];
  for (const item of [...draft.refused, ...faults]) {
    const { path, value, kind } = item;
    const scopes = ("scopes" in item && item.scopes) || [];
    const named = kind === "faults" ? { region: "region", between: "region" } : NAMED[kind];
    for (const [key, of] of Object.entries(named ?? {}) as [string, Kind][]) {
      const names = (value as Record<string, unknown>)[key];
      for (const [at, name] of (Array.isArray(names) ? names : [names]).entries()) {
        if (typeof name !== "string") continue;
        const place = [...path, key, ...(Array.isArray(names) ? [at] : [])];
        if (of === "step") draft.step(name, scopes, place);
        else draft.known(name, of, known[of], place);
      }
    }
  }
}
