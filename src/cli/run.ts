/** `blackstart run`: boots, drills, judges and reports, one experiment after another. */
import { randomBytes } from "node:crypto";
import { copyFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { requireCapabilities } from "../drill/capabilities.ts";
import { runDrill } from "../drill/drill.ts";
import { loadCells } from "../experiment/load.ts";
import type { Plan } from "../experiment/plan.ts";
import { type LoadedExperiment, planExperiment } from "../experiment/planner.ts";
import { createRunFolder, type RunPaths, writeJson } from "../history/run-folder.ts";
import { wallTime } from "../kernel/clock.ts";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError, EXIT } from "../kernel/errors.ts";
import type { Result } from "../reconcile/result.ts";
import { summarize } from "../report/summary.ts";
import { DockerRuntime } from "../runtime/docker/docker-runtime.ts";
import { checkCapacity } from "./capacity.ts";
import { judgeFolder, renderFolder } from "./judge-folder.ts";
import { keepIncluded, MatrixIndex, weightiest } from "./matrix-index.ts";
import { standardError, TerminalProgress } from "./terminal-progress.ts";
import { toolVersion } from "./tool-version.ts";
import { collectVars } from "./vars.ts";

interface RunOptions {
  var: Record<string, string>;
  seed?: string;
  kafkaVersion?: string;
  out: string;
  keep?: boolean;
  cell?: string;
  json?: boolean;
}

/** A run that was asked for. */
interface Wanted {
  file: string;
  plan: Plan;
  /** The folder of its run. */
  dir: string;
  includes: readonly { file: string }[];
  /** Of a matrix: its folder, and what its cell is called. */
  matrix?: { set: string; title: string; cell: string };
}

export function runCommand(): Command {
  return new Command("run")
    .description("run experiments: boot, break, reconcile, report")
    .argument("<file...>", "experiment files")
    .option("--var <name=value>", "set a variable of the experiment (repeatable)", collectVars, {})
    .option("--seed <number>", "another seed than the file's")
    .option("--kafka-version <version>", "this Kafka on every cluster, whatever the file says")
    .option("--out <dir>", "where run folders go", join(packageRoot(), "reports"))
    .option("--cell <name>", "this cell of a matrix only, as `blackstart plan` calls it")
    .option("--keep", "leave the containers running, for exploring by hand")
    .option("--json", "print one JSON document about all runs on stdout")
    .addHelpText(
      "after",
      `
Progress goes to stderr, the summary to stdout. Every run leaves a folder with its plan, history,
journals, result.json and report.html. A matrix leaves a folder with one run a cell and an
index.html over all of them. Ctrl-C heals, cleans up and writes the partial report.

Examples:
  blackstart run experiments/active-passive-region-loss.yaml
  blackstart run experiments/*.yaml --out /tmp/drills --json`,
    )
    .action(runAll);
}

async function runAll(files: string[], options: RunOptions): Promise<void> {
  // Every file is read and planned before anything boots: a mistake in the last one costs nothing.
  const wanted = files.flatMap((file) => wantedOf(file, options));
  const interrupt = listenForSignals();
  const results: { folder: string; result: Result }[] = [];
  const codes: number[] = [];
  const cells = new MatrixIndex(wanted);
  for (const one of wanted) {
    if (interrupt.signal.aborted) break;
    const done = await cells.include(one, () => runOne(one, options, interrupt.signal));
    results.push(done);
    codes.push(done.exitCode);
    if (!options.json) process.stdout.write(`${summarize(done.result)}\n`);
    if (!options.json) process.stdout.write(`report: ${relative(process.cwd(), done.report)}\n`);
  }
  for (const page of cells.pages) {
    if (!options.json) process.stdout.write(`matrix: ${relative(process.cwd(), page)}\n`);
  }
  if (options.json) {
    const summaries = results.map(({ folder, result }) => ({ folder, result }));
    process.stdout.write(`${JSON.stringify({ schema: "blackstart/runs.v1", runs: summaries })}\n`);
  }
  process.exitCode = interrupt.code ?? weightiest(codes);
}

/** One run; of a matrix, one for each cell, side by side in a folder of their own. */
function wantedOf(file: string, options: RunOptions): Wanted[] {
  const { kafkaVersion, cell } = options;
  const set = join(options.out, `${newRunId()}-matrix`);
  const seed = options.seed === undefined ? {} : { seed: seedOf(options.seed) };
  return loadCells(file, { vars: options.var, cell }).map((read) => {
    const loaded = kafkaVersion === undefined ? read : withKafka(read, kafkaVersion);
    const plan = planExperiment(loaded, { run: newRunId(), ...seed });
    const common = { file, plan, includes: loaded.includes ?? [] };
    if (!loaded.cell) return { ...common, dir: join(options.out, plan.run) };
    const { title } = loaded.experiment;
    const matrix = { set, title, cell: loaded.cell.name };
    return { ...common, dir: join(set, loaded.cell.folder), matrix };
  });
}

async function runOne(wanted: Wanted, options: RunOptions, interrupt: AbortSignal) {
  const { plan } = wanted;
  const progress = new TerminalProgress(standardError());
  checkCapacity(plan);
  // Without an engine there is no run, and no folder of one.
  const runtime = await DockerRuntime.connect({
    run: plan.run,
  });
  const paths = await openFolder(runtime, wanted);
  progress.note(`${plan.title} · run ${plan.run} · seed ${plan.seed}`);
  const { error } = await runDrill({
    plan,
    folder: paths.dir,
    runtime,
    progress,
    interrupt,
    toolVersion: toolVersion(),
    keep: options.keep === true,
  });
  progress.status("judging");
  const result = judgeFolder(paths.dir);
  const report = renderFolder(paths.dir);
  progress.end();
  if (error) process.stderr.write(`\nerror ${error.code}: ${error.message}\n→ ${error.hint}\n`);
  const exitCode = error ? error.exit : result.exitCode;
  return { folder: paths.dir, result, report, exitCode };
}

/** The folder with plan and experiment in it; the runtime is let go when that cannot be. */
async function openFolder(
  runtime: DockerRuntime,
  { plan, file, dir, includes }: Wanted,
): Promise<RunPaths> {
  try {
    requireCapabilities(plan, runtime);
    const paths = createRunFolder(dir);
    copyFileSync(file, paths.experiment);
    keepIncluded(paths, includes);
    writeJson(paths.plan, plan);
    return paths;
  } catch (error) {
    await runtime.destroy();
    throw error;
  }
}

/** Sortable by time, unique by chance: 20261121-101500-1a2b. */
function newRunId(): string {
  const [date = "", time = ""] = wallTime().split("T");
  const stamp = `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`;
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}

/** The same experiment with another Kafka on every cluster. */
function withKafka(loaded: LoadedExperiment, version: string): LoadedExperiment {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new DrillError("E_USAGE", `--kafka-version: expected one like 4.3.1, got "${version}"`);
  }
  const { experiment } = loaded;
  const clusters = Object.fromEntries(
    Object.entries(experiment.topology.clusters).map(([name, cluster]) => [
      name,
      { ...cluster, kafka: version },
    ]),
  );
  const topology = { ...experiment.topology, clusters };
  return { ...loaded, experiment: { ...experiment, topology } };
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new DrillError("E_USAGE", `--seed: expected a whole number ≥ 0, got "${text}"`);
}

/** The first signal ends the run in order; the second ends the process. */
function listenForSignals(): { signal: AbortSignal; readonly code: number | undefined } {
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
