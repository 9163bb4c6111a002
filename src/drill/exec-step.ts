/**
 * A step that runs a program inside of a node: what an operator would type there. Done when it ended
 * with 0; its output is in the history, cut to a length, whatever it ended with.
 */
import type { ExecStep } from "../experiment/plan.ts";
import { monotonicUs } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { ExecResult } from "../runtime/runtime.ts";
import type { RunContext } from "./run-context.ts";

const OUTPUT_MAX = 4000;
const REASON_MAX = 300;

/** Throws `E_EXEC_FAILED` when it cannot be run, ends with anything but 0, or takes too long. */
export async function execInNode(context: RunContext, step: ExecStep): Promise<void> {
  const { id, node, tool, args, withinMs } = step;
  const startedUs = monotonicUs();
  const told = { step: id, node, tool, args };
  const record = (exitCode: number | null, output: string) =>
    context.history.record({
      type: "exec.ended",
      ...told,
      exitCode,
      output: output.slice(0, OUTPUT_MAX),
      tookMs: Math.round((monotonicUs() - startedUs) / 1000),
    });
  let result: ExecResult;
  try {
    result = await context.runtime.exec(node, [tool, ...args], withinMs);
  } catch (error) {
    record(null, messageOf(error));
    const message = `${id}: ${tool} in ${node}: ${messageOf(error)}`;
    throw new DrillError("E_EXEC_FAILED", message, { cause: error });
  }
  record(result.exitCode, result.output);
  if (result.exitCode === 0) return;
  const said = result.output.trim().slice(-REASON_MAX);
  const message = `${id}: ${tool} in ${node} ended with ${result.exitCode}: ${said}`;
  throw new DrillError("E_EXEC_FAILED", message);
}
