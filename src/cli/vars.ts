/** `--var name=value`, as often as wanted. */
import { DrillError } from "../kernel/errors.ts";

export function collectVars(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new DrillError("E_USAGE", `--var: expected name=value, got "${text}"`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
