/** `phase` names a fault step that exists and groups that do; one group at most can be watched. */
import type { Draft } from "./draft.ts";
import { phaseSchema } from "./schema-phase.ts";
import { isFault } from "./schema-steps.ts";

/** `policy.t0` names a fault step that exists. */
export function checkT0(draft: Draft): void {
  const { t0 } = draft;
  if (typeof t0 !== "string") return;
  const faults = draft.steps.filter(({ value }) => isFault(value)).map(({ value }) => value.id);
  if (!faults.includes(t0)) draft.known(t0, "fault step", faults, ["policy", "t0"]);
}

export function checkPhase(draft: Draft, value: unknown): void {
  const parsed = phaseSchema.safeParse(value);
  // What the schema refuses, it has said already.
  if (value === undefined || !parsed.success) return;
  const { step, over } = parsed.data;
  const faults = draft.steps
    .filter(({ value: one }) => isFault(one))
    .map(({ value: one }) => one.id);
  if (step !== undefined && !faults.includes(step)) {
    draft.known(step, "fault step", faults, ["phase", "step"]);
  }
  if (faults.length === 0)
    draft.find(["phase"], "no step breaks anything whose phase could matter");
  const groups = [...new Set(draft.consumers.map(({ value: one }) => one.group))];
  const watched = Object.entries(over).filter(([, cycle]) => typeof cycle === "object");
  for (const [at, [name, cycle]] of watched.entries()) {
    if (typeof cycle !== "object") continue;
    draft.known(cycle.commitsOf, "group", groups, ["phase", "over", name, "commitsOf"]);
    if (at > 0) draft.find(["phase", "over", name], "one cycle at most can be watched");
  }
}
