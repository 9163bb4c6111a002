/**
 * `npm run bench:suite`: the smoke suite against the same drills run one by one from nothing, in wall
 * clock, in one invocation. A name as argument takes another suite.
 *
 * Both sides are the real command. What a drill does between the start of its workload and the end of
 * its recovery is the drill itself and cannot be saved; the table says how much of the time that is,
 * and so which ratio is the least that re-use alone could reach.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { overheadMsOf } from "../../src/cli/overhead.ts";
import { suiteFile } from "../../src/cli/shipped-suites.ts";
import { planSuite, type SuiteDrill } from "../../src/cli/suite-plan.ts";
import { loadSuite } from "../../src/experiment/suite-file.ts";
import { lastAttempt, readSuite } from "../../src/history/suite-folder.ts";
import { monotonicUs } from "../../src/kernel/clock.ts";
import { say } from "./bench-tools.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const GOAL = 0.5;
const name = process.argv[2] ?? "smoke";

interface Spent {
  wholeMs: number;
  /** Of it, what lay outside of workload, steps, recovery and heals. */
  besideMs: number;
}

/** Wall clock of one command, from its spawn to its end. Codes that say it did not run are refused. */
async function timed(...args: string[]): Promise<number> {
  const startedUs = monotonicUs();
  const argv = ["--no-warnings", join(ROOT, "src/main.ts"), ...args];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.on("data", (chunk) => {
    told += chunk;
  });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  if (code === null || ![0, 1, 3].includes(code)) throw new Error(`exit code ${code}: ${told}`);
  return (monotonicUs() - startedUs) / 1000;
}

async function asSuite(out: string): Promise<{ wholeMs: number; drills: Map<string, Spent> }> {
  const wholeMs = await timed("suite", name, "--out", out);
  const [folder = ""] = readdirSync(out);
  const { runs } = readSuite(join(out, folder));
  const drills = runs.map((run): [string, Spent] => {
    const attempt = lastAttempt(run);
    if (!attempt || run.attempts.length > 1) throw new Error(`${run.name} took several attempts`);
    return [run.folder, { wholeMs: attempt.durationMs, besideMs: attempt.overheadMs }];
  });
  return { wholeMs, drills: new Map(drills) };
}

async function alone({ entry, folder }: SuiteDrill, out: string): Promise<Spent> {
  const vars = Object.entries(entry.vars).flatMap(([key, value]) => ["--var", `${key}=${value}`]);
  const to = join(out, folder);
  const startedUs = monotonicUs();
  const wholeMs = await timed("run", entry.file, ...vars, "--out", to);
  const [run = ""] = readdirSync(to);
  const lateMs = (monotonicUs() - startedUs) / 1000 - wholeMs;
  return { wholeMs, besideMs: overheadMsOf(join(to, run), startedUs + lateMs * 1000) };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(9);
const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);

const folder = mkdtempSync(join(tmpdir(), "blackstart-bench-"));
try {
  const drills = planSuite(loadSuite(suiteFile(name)), { warm: true });
  const suite = await asSuite(join(folder, "suite"));
  say(`the suite ${name}: ${seconds(suite.wholeMs).trim()}`);
  const single = new Map<string, Spent>();
  for (const drill of drills) {
    single.set(drill.folder, await alone(drill, join(folder, "single")));
    say(`${drill.name} from nothing: ${seconds(single.get(drill.folder)?.wholeMs ?? 0).trim()}`);
  }
  say(
    `\n${"".padEnd(30)}${"drill".padStart(9)}${"beside, in suite".padStart(18)}${"from nothing".padStart(14)}`,
  );
  for (const drill of drills) {
    const ours = suite.drills.get(drill.folder);
    const theirs = single.get(drill.folder);
    if (!ours || !theirs) throw new Error(`${drill.name} was not run on both sides`);
    const itself = seconds(ours.wholeMs - ours.besideMs);
    const cells = [seconds(ours.besideMs).padStart(18), seconds(theirs.besideMs).padStart(14)];
    say(`${drill.name.padEnd(30)}${itself}${cells.join("")}`);
  }
  const wholeMs = sum([...single.values()].map((one) => one.wholeMs));
  const itselfMs = sum([...suite.drills.values()].map((one) => one.wholeMs - one.besideMs));
  const ratio = suite.wholeMs / wholeMs;
  say(`\none by one from nothing: ${seconds(wholeMs).trim()}`);
  say(
    `drills themselves: ${seconds(itselfMs).trim()}, so at best ${(itselfMs / wholeMs).toFixed(2)}x`,
  );
  say(`suite: ${ratio.toFixed(2)}x of one by one (goal ${GOAL}x)`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
