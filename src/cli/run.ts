/** `blackstart run`: boots, drills, judges and reports, one experiment after another. */
import { join, relative } from "node:path";
import { Command } from "commander";
import { loadCells } from "../experiment/load.ts";
import type { Plan } from "../experiment/plan.ts";
import { type LoadedExperiment, planExperiment } from "../experiment/planner.ts";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError, weightiest } from "../kernel/errors.ts";
import type { SetResult } from "../reconcile/repetition/set-result.ts";
import type { Result } from "../reconcile/result.ts";
import { takeImage } from "./images-given.ts";
import { MatrixIndex } from "./matrix-index.ts";
import { newRunId, runOne } from "./run-one.ts";
import { runSet } from "./run-set.ts";
import { listenForSignals } from "./signals.ts";
import { collectVars } from "./vars.ts";

const REPEAT_MAX = 1000;

interface RunOptions {
  var: Record<string, string>;
  seed?: string;
  kafkaVersion?: string;
  out: string;
  keep?: boolean;
  cell?: string;
  repeat?: string;
  warm?: boolean;
  json?: boolean;
}

/** A run that was asked for. */
interface Wanted {
  file: string;
  loaded: LoadedExperiment;
  plan: Plan;
  /** The folder of its run. */
  dir: string;
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
    .option("--image <name=reference>", "a licensed image that an experiment needs", takeImage)
    .option("--out <dir>", "where run folders go", join(packageRoot(), "reports"))
    .option("--cell <name>", "this cell of a matrix only, as `blackstart plan` calls it")
    .option("--repeat <n>", "run each experiment n times, and judge the runs together")
    .option("--warm", "let repetitions use the same Kafka nodes, where they can be proven whole")
    .option("--keep", "leave the containers running, for exploring by hand")
    .option("--json", "print one JSON document about all runs on stdout")
    .addHelpText(
      "after",
      `
Progress goes to stderr, the summary to stdout. Every run leaves a folder with its plan, history,
journals, result.json and report.html. A matrix leaves a folder with one run a cell and an
index.html over all of them. Ctrl-C heals, cleans up and writes the partial report.
With --repeat the runs lie in the folder of their set, which has a result and a report of its own;
with \`phase\` in the experiment the fault's instants are spread over the system's cycles.

Examples:
  blackstart run experiments/active-passive-region-loss.yaml
  blackstart run experiments/broker-crash.yaml --repeat 10 --warm
  blackstart run experiments/*.yaml --out /tmp/drills --json`,
    )
    .action(runAll);
}

async function runAll(files: string[], options: RunOptions): Promise<void> {
  const repeat = repeatOf(options);
  // Every file is read and planned before anything boots: a mistake in the last one costs nothing.
  const wanted = files.flatMap((file) => wantedOf(file, options));
  if (repeat !== undefined && wanted.some(({ matrix }) => matrix)) {
    throw new DrillError("E_USAGE", "--repeat is for one experiment: not with a matrix");
  }
  const interrupt = listenForSignals();
  const results: { folder: string; result: Result | SetResult }[] = [];
  const codes: number[] = [];
  const print = (text: string, report: string) => {
    if (options.json) return;
    process.stdout.write(`${text}\nreport: ${relative(process.cwd(), report)}\n`);
  };
  const cells = new MatrixIndex(wanted);
  for (const one of wanted) {
    if (interrupt.signal.aborted) break;
    const common = { interrupt: interrupt.signal };
    if (repeat === undefined) {
      const { plan, dir } = one;
      const run = () => runOne({ ...common, plan, dir, keep: options.keep === true });
      const done = await cells.include(one, run);
      const { summarize } = await import("../report/summary.ts");
      print(summarize(done.result), done.report);
      results.push({ folder: done.folder, result: done.result });
      codes.push(done.exitCode);
    } else {
      const { loaded, plan } = one;
      const how = { repeat, warm: options.warm === true, phases: "stratified" } as const;
      const done = await runSet({ ...common, ...how, loaded, seed: plan.seed, out: options.out });
      const { summarizeSet } = await import("../report/set/summary.ts");
      print(summarizeSet(done.result), done.report);
      results.push({ folder: done.folder, result: done.result });
      codes.push(done.exitCode);
    }
  }
  for (const page of cells.pages) {
    if (!options.json) process.stdout.write(`matrix: ${relative(process.cwd(), page)}\n`);
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ schema: "blackstart/runs.v1", runs: results })}\n`);
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
    const common = { file, loaded, plan };
    if (!loaded.cell) return { ...common, dir: join(options.out, plan.run) };
    const { title } = loaded.experiment;
    const matrix = { set, title, cell: loaded.cell.name };
    return { ...common, dir: join(set, loaded.cell.folder), matrix };
  });
}

/** Undefined without --repeat. */
function repeatOf({ repeat, warm, keep }: RunOptions): number | undefined {
  if (repeat === undefined) {
    if (!warm) return undefined;
    throw new DrillError("E_USAGE", "--warm is for repetitions: add --repeat <n>");
  }
  if (keep)
    throw new DrillError("E_USAGE", "--keep leaves one run's containers: not with --repeat");
  const times = Number(repeat);
  if (Number.isSafeInteger(times) && times >= 1 && times <= REPEAT_MAX) return times;
  const limits = `expected a whole number from 1 to ${REPEAT_MAX}`;
  throw new DrillError("E_USAGE", `--repeat: ${limits}, got "${repeat}"`);
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
