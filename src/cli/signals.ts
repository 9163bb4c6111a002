/** What Ctrl-C does: the first ends the run in order, the second ends the process. */
import { DrillError, EXIT } from "../kernel/errors.ts";

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came; undefined while none did. */
  readonly code: number | undefined;
}

export function listenForSignals(): Interrupt {
  const controller = new AbortController();
  let code: number | undefined;
  const listen = (name: "SIGINT" | "SIGTERM", exit: number) => {
    process.on(name, () => {
      if (code !== undefined) process.exit(exit);
      code = exit;
      process.stderr.write(`\n${name}: healing and cleaning up; once more to leave at once\n`);
      controller.abort(new DrillError("E_INTERRUPTED", `the run was stopped by ${name}`));
    });
  };
  listen("SIGINT", EXIT.interrupted);
  listen("SIGTERM", EXIT.terminated);
  return {
    signal: controller.signal,
    get code() {
      return code;
    },
  };
}
