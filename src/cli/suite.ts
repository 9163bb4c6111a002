/** `blackstart suite`: several experiments, one after another; one page, one exit code. */
import { join, relative } from "node:path";
import { Command } from "commander";
import { type LoadedSuite, loadSuite } from "../experiment/suite-file.ts";
import {
  lastAttempt,
  readSuite,
  type Suite,
  type SuiteRun,
  suitePaths,
} from "../history/suite-folder.ts";
import { monotonicUs } from "../kernel/clock.ts";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError } from "../kernel/errors.ts";
import { summarizeRun, summarizeSuite } from "../report/suite/summary.ts";
import { attempt } from "./attempt.ts";
import { availableMiB, formatMiB } from "./capacity.ts";
import { describeSuite, listSuite, roughly, sizeOf, suitePlan } from "./describe-suite.ts";
import { newRunId } from "./run-one.ts";
import { runSuite } from "./run-suite.ts";
import { shippedSuites, suiteFile } from "./shipped-suites.ts";
import { listenForSignals } from "./signals.ts";
import { planSuite, type SuiteDrill } from "./suite-plan.ts";

interface SuiteOptions {
  resume?: string;
  cold?: boolean;
  dryRun?: boolean;
  out: string;
  json?: boolean;
}

export function suiteCommand(): Command {
  return new Command("suite")
    .description("run the experiments of a suite: one page, one exit code, resumable")
    .argument("[name]", "a shipped suite, or the path of a suite file; none lists what there is")
    .option("--dry-run", "print the order, the plans and what they need; nothing boots")
    .option("--resume <dir>", "go on with a suite that was interrupted, in its folder")
    .option("--cold", "boot every drill anew, whatever the one before left")
    .option("--out <dir>", "where the suite's folder goes", join(packageRoot(), "reports"))
    .option(
      "--json",
      "print suite.json on stdout; with --dry-run the plans, without a name the list",
    )
    .addHelpText(
      "after",
      `
Drills of one topology follow one another and share its nodes, if these can be proven whole and with
fresh topics and groups. Each run leaves its folder in <out>/<id>-suite/, beside suite.json,
junit.xml and index.html, which are written anew after every run. A run that failed for the
environment (exit code 4) is tried once more, and the page says so. Ctrl-C ends the run under way in
order and writes the page; --resume then skips what has its answer.
The exit code is the weightiest of the runs: 4, 5, 1, 3, 0.

Examples:
  blackstart suite
  blackstart suite smoke
  blackstart suite full-scale --dry-run
  blackstart suite quarterly --resume reports/20261121-101500-1a2b-suite
  blackstart suite our-drills/weekly.yaml --out /tmp/drills --json`,
    )
    .action(suite);
}

async function suite(name: string | undefined, options: SuiteOptions): Promise<void> {
  if (name === undefined) return list(options);
  if (options.dryRun && options.resume !== undefined) {
    const message = "--dry-run begins nothing, and so goes on with nothing: give it or --resume";
    throw new DrillError("E_USAGE", message);
  }
  const loaded = loadSuite(suiteFile(name));
  const warm = options.cold !== true;
  const drills = planSuite(loaded, { warm });
  if (options.dryRun) return dryRun(loaded, drills, { warm, json: options.json === true });
  await run(loaded, drills, { ...options, warm });
}

function list({ json, resume, dryRun: dry }: SuiteOptions): void {
  if (resume !== undefined || dry) throw new DrillError("E_USAGE", "which suite? Give its name");
  const suites = shippedSuites().map(({ file }) => {
    const loaded = loadSuite(file);
    return { loaded, drills: planSuite(loaded, { warm: true }) };
  });
  if (!json) {
    const texts = suites.map(({ loaded, drills }) => listSuite(loaded, drills));
    process.stdout.write(`${texts.join("\n\n")}\n`);
    return;
  }
  const told = suites.map(({ loaded, drills }) => {
    const { name, title, description, file } = loaded;
    const estimateMs = drills.reduce((sum, one) => sum + one.estimateMs, 0);
    return { name, title, description, file, estimateMs, drills: drills.map((one) => one.name) };
  });
  const document = { schema: "blackstart/suites.v1", suites: told };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Says also, by E_CAPACITY, that this machine cannot hold a drill of it now. */
function dryRun(
  loaded: LoadedSuite,
  drills: readonly SuiteDrill[],
  { warm, json }: { warm: boolean; json: boolean },
): void {
  const text = json
    ? JSON.stringify(suitePlan(loaded, drills, warm), null, 2)
    : describeSuite(loaded, drills, { warm });
  process.stdout.write(`${text}\n`);
  const free = availableMiB();
  const large = drills.filter(({ plan }) => plan.memoryMiB.total > free);
  if (large.length === 0) return;
  const told = large.map(
    ({ name, plan }) => `${name} needs about ${formatMiB(plan.memoryMiB.total)}`,
  );
  throw new DrillError("E_CAPACITY", `${told.join(", ")}; the machine has ${formatMiB(free)} free`);
}

async function run(
  loaded: LoadedSuite,
  drills: readonly SuiteDrill[],
  { resume, out, json, warm }: SuiteOptions & { warm: boolean },
): Promise<void> {
  const before = resume === undefined ? undefined : resumable(resume, loaded);
  const dir = resume ?? join(out, `${newRunId()}-suite`);
  const interrupt = listenForSignals();
  const startedUs = monotonicUs();
  process.stderr.write(`${loaded.title} · ${sizeOf(drills)} · ${dir}\n`);
  const done = await runSuite({
    suite: loaded,
    drills,
    dir,
    ...(before ? { before } : {}),
    warm,
    interrupt: interrupt.signal,
    attempt,
    onBegin: (one, so) => process.stderr.write(`\n── ${progressOf(one, so, startedUs)}\n`),
    onEnd: (one, result) => {
      if (!json) process.stdout.write(`${summarizeRun(one, result)}\n${reportOf(dir, one)}`);
    },
  });
  const { suite: document, index } = suitePaths(dir);
  const page = relative(process.cwd(), index);
  if (json) process.stdout.write(`${JSON.stringify(done)}\n`);
  else process.stdout.write(`\n${summarizeSuite(done)}\npage: ${page}\n`);
  if (interrupt.code !== undefined) {
    const again = `blackstart suite ${loaded.file} --resume ${relative(process.cwd(), join(document, ".."))}`;
    process.stderr.write(`\nto go on with it: ${again}\n`);
  }
  process.exitCode = interrupt.code ?? done.exitCode;
}

function resumable(dir: string, { name }: LoadedSuite): Suite {
  const before = readSuite(dir);
  if (before.name === name) return before;
  throw new DrillError("E_USAGE", `${dir} is a suite "${before.name}", not "${name}"`);
}

function reportOf(dir: string, run: SuiteRun): string {
  const attempted = lastAttempt(run);
  if (!attempted || run.verdict === "not-run") return "";
  return `report: ${relative(process.cwd(), join(dir, attempted.folder, "report.html"))}\n`;
}

/** Which of how many, how long it took so far, and how long it will at the pace so far. */
export function progressOf(run: SuiteRun, { runs }: Suite, startedUs: number): string {
  const spentMs = (monotonicUs() - startedUs) / 1000;
  const again = run.attempts.length > 0 ? `, attempt ${run.attempts.length + 1}` : "";
  const left = roughly(restMs(run, runs));
  const passed = `${roughly(spentMs)} so far, about ${left} left`;
  return `drill ${run.index} of ${runs.length}: ${run.name}${again} · ${passed}`;
}

/** Estimates of what is left, corrected by how those before compare with theirs. */
export function restMs(run: SuiteRun, runs: readonly SuiteRun[]): number {
  const left = runs.filter(({ index }) => index >= run.index);
  const ended = runs.flatMap((one) => {
    const known = lastAttempt(one);
    return one.index < run.index && known?.outcome === "completed"
      ? [{ tookMs: known.durationMs, estimateMs: one.estimateMs }]
      : [];
  });
  const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);
  const estimated = sum(ended.map((one) => one.estimateMs));
  const pace = estimated === 0 ? 1 : sum(ended.map((one) => one.tookMs)) / estimated;
  return sum(left.map(({ estimateMs }) => estimateMs)) * Math.min(3, Math.max(0.5, pace));
}
