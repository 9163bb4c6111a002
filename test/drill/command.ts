/** Runs the real command as a user would, and reads what it leaves. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Docker from "dockerode";
import { poll } from "../../src/kernel/clock.ts";
import { type Result, resultSchema } from "../../src/reconcile/result.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command under way. `err()` is what it has written to stderr so far. */
export class Command {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #out = "";
  #err = "";

  constructor(args: string[]) {
    const main = join(ROOT, "src", "main.ts");
    const stdio = ["ignore", "pipe", "pipe"] as const;
    this.child = spawn(process.execPath, ["--no-warnings", main, ...args], {
      cwd: ROOT,
      stdio: [...stdio],
    });
    this.child.stdout?.on("data", (chunk) => {
      this.#out += chunk;
    });
    this.child.stderr?.on("data", (chunk) => {
      this.#err += chunk;
    });
    this.finished = new Promise((done) => {
      this.child.on("close", (code) => done({ code, stdout: this.#out, stderr: this.#err }));
    });
  }

  /** Until stderr matches; throws with what there is when the command ended or time ran out. */
  async says(pattern: RegExp, withinMs: number): Promise<void> {
    const found = await poll(
      async () => pattern.test(this.#err) || (this.child.exitCode !== null ? false : undefined),
      { everyMs: 50, withinMs },
    );
    if (!found) throw new Error(`expected ${pattern} on stderr, found:\n${this.#err}`);
  }
}

export function command(...args: string[]): Promise<Finished> {
  return new Command(args).finished;
}

/** An experiment that only tests run. */
export const experiment = (name: string): string =>
  join(ROOT, "test", "drill", "experiments", `${name}.yaml`);
export const tinyFile = experiment("tiny");
export const shipped = (name: string): string => join(ROOT, "experiments", `${name}.yaml`);

/** A folder for the runs of one test, removed after it. */
export function useOut(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "blackstart-drill-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** The one run folder below `out`. */
export function runIn(out: string): string {
  const [run, ...more] = readdirSync(out);
  if (run === undefined || more.length > 0) throw new Error(`expected one run in ${out}`);
  return join(out, run);
}

export function resultOf(folder: string): Result {
  return resultSchema.parse(JSON.parse(readFileSync(join(folder, "result.json"), "utf8")));
}

export function hasReport(folder: string): boolean {
  return existsSync(join(folder, "report.html"));
}

/** Containers and networks that carry the label of this run. */
export async function leftovers(run: string): Promise<string[]> {
  const docker = new Docker();
  const filters = { label: [`blackstart.run=${run}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)];
}

/**
 * The verdict of a drill on a machine that may be too busy to time anything: what was counted must
 * stand, and only the instrument's own health may have made times inconclusive.
 */
export function unexpectedReasons(result: Result): string[] {
  const health = /event-loop delay|latest send|journal write|CPU (throttled|stolen)|the control /;
  return result.reasons.filter((reason) => !health.test(reason));
}
