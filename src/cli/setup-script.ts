/** Runs the set-up script, which does its work without any dependency of its own. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../kernel/environment.ts";

/** Runs `scripts/setup.mjs` with these arguments; its output goes where ours goes. */
export function runSetupScript(args: string[]): Promise<number> {
  const script = join(packageRoot(), "scripts", "setup.mjs");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
