/** Refuses, before anything boots, a fault that the runtime has no means for. */
import type { Plan } from "../experiment/plan.ts";
import { faultOf } from "../fault/catalogue.ts";
import { DrillError } from "../kernel/errors.ts";
import type { Capability } from "../runtime/runtime.ts";

/** Throws E_EXPERIMENT_INVALID that names every step with the capabilities it lacks. */
export function requireCapabilities(
  plan: Plan,
  runtime: { kind: string; capabilities: ReadonlySet<Capability> },
): void {
  const lacking = plan.steps.flatMap((step) => {
    if (step.type !== "fault") return [];
    const needs = faultOf(step.kind)?.needs(step.params) ?? [];
    const missing = needs.filter((need) => !runtime.capabilities.has(need));
    return missing.length === 0 ? [] : [`${step.id} (${step.kind}) needs ${missing.join(", ")}`];
  });
  if (lacking.length === 0) return;
  const message = `the runtime "${runtime.kind}" cannot do this: ${lacking.join("; ")}`;
  throw new DrillError("E_EXPERIMENT_INVALID", message);
}
