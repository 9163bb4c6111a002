/** The suites that come with Blackstart, by name: `experiments/suites/<name>.yaml`. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { nearest } from "../experiment/spelling.ts";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError } from "../kernel/errors.ts";

const folder = () => join(packageRoot(), "experiments", "suites");

export function shippedSuites(): { name: string; file: string }[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => ({ name: basename(file, ".yaml"), file: fromHere(join(folder(), file)) }));
}

/** The file of a suite: a shipped one by its name, or the path of any other. */
export function suiteFile(wanted: string): string {
  const shipped = shippedSuites();
  const found = shipped.find(({ name }) => name === wanted);
  if (found) return found.file;
  if (existsSync(wanted) || /[/\\]|\.ya?ml$/.test(wanted)) return wanted;
  const names = shipped.map(({ name }) => name);
  const near = nearest(wanted, names);
  const meant = near === undefined ? `the suites are ${names.join(", ")}` : `did you mean ${near}?`;
  throw new DrillError("E_USAGE", `no suite "${wanted}", and no file of that name; ${meant}`);
}

/** As somebody would write it here: run folders and pages then name no folder of this machine. */
function fromHere(file: string): string {
  return relative(process.cwd(), file);
}
