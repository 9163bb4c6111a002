/**
 * `npm run bench:commit-phase -- DIR [N] [SEED]`: what stratifying is worth on real runs. A consumer is
 * killed between two commits; what its successor reads again depends on where in the commit cycle that
 * was. Two sets of N runs (10 unless told), one with random and one with stratified instants, take
 * turns, so that what changes on the machine meanwhile falls on both.
 *
 * `-- --compare SET…` reads recorded sets instead: each set's median and its reported interval, and
 * from all recorded repetitions together how far the median of n of them scatters when the n are taken
 * at random, and when one is taken from each of n parts of the cycle.
 */
import { join } from "node:path";
import { runSet } from "../../src/cli/run-set.ts";
import { listenForSignals } from "../../src/cli/signals.ts";
import { loadExperiment } from "../../src/experiment/load.ts";
import { readJson } from "../../src/history/run-folder.ts";
import { setPaths } from "../../src/history/set-folder.ts";
import { packageRoot } from "../../src/kernel/environment.ts";
import { Random } from "../../src/kernel/random.ts";
import { type SetResult, setResultSchema } from "../../src/reconcile/repetition/set-result.ts";
import { summarizeSet } from "../../src/report/set/summary.ts";

const FILE = join(packageRoot(), "test/bench/commit-phase.yaml");
const METRIC = "redelivered.records";
const DRAWS = 20_000;
const write = (line: string) => void process.stdout.write(`${line}\n`);

interface Recorded {
  phase: number;
  value: number;
}

/** Whoever asks first is served first, so two who ask again and again alternate. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  async take(): Promise<Disposable> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return { [Symbol.dispose]: resolve };
  }
}

async function run([out, n = "10", seed = "7"]: string[]): Promise<void> {
  if (out === undefined) throw new Error("npm run bench:commit-phase -- DIR [N] [SEED]");
  const turns = new Turns();
  const { signal } = listenForSignals();
  const sets = (["random", "stratified"] as const).map((phases) =>
    runSet({
      loaded: loadExperiment(FILE, { vars: {} }),
      seed: Number(seed),
      repeat: Number(n),
      warm: true,
      phases,
      out: join(out, phases),
      interrupt: signal,
      turn: () => turns.take(),
    }),
  );
  const done = await Promise.all(sets);
  for (const { result, folder } of done) write(`${summarizeSet(result)}\n${folder}`);
  compare(done.map(({ folder }) => folder));
}

function recordedIn({ measures, set }: SetResult): Recorded[] {
  const points = measures.find(({ metric }) => metric === METRIC)?.points ?? [];
  return points.flatMap(({ repetition, value, excluded }) => {
    const phase = set.repetitions.find(({ index }) => index === repetition)?.phase[0]?.phase;
    return value === null || excluded !== undefined || phase === undefined
      ? []
      : [{ phase, value }];
  });
}

function compare(folders: string[]): void {
  const results = folders.map((dir) => setResultSchema.parse(readJson(setPaths(dir).result)));
  for (const result of results) {
    const measure = result.measures.find(({ metric }) => metric === METRIC);
    const { low, high } = measure?.interval ?? {};
    const width = low && high ? high.value - low.value : null;
    const overheads = result.set.repetitions.map(
      ({ overheadMs }) => Math.round(overheadMs / 100) / 10,
    );
    write(
      `${result.set.phases}: n ${measure?.n}, median ${measure?.median?.value}, interval ` +
        `${low?.value.toFixed(0)} to ${high?.value.toFixed(0)}, width ${width?.toFixed(0)}`,
    );
    write(`  overhead, s: ${overheads.join(" ")}`);
    for (const { phase, value } of recordedIn(result)) write(`  ${phase.toFixed(3)}  ${value}`);
  }
  const all = results.flatMap(recordedIn).sort((a, b) => a.phase - b.phase);
  for (const n of [4, 5]) {
    const random = new Random(1, "draws");
    const any = spreadOf(() => Array.from({ length: n }, () => pick(all, random)));
    const parts = Array.from({ length: n }, (_, part) =>
      all.slice(Math.round((part * all.length) / n), Math.round(((part + 1) * all.length) / n)),
    );
    const each = spreadOf(() => parts.map((part) => pick(part, random)));
    write(
      `median of ${n}, drawn from ${all.length} recorded: scatter ${any.toFixed(0)} at random, ` +
        `${each.toFixed(0)} one from each part, ratio ${(any / each).toFixed(2)}`,
    );
  }
}

function pick(from: readonly Recorded[], random: Random): Recorded {
  return from[random.between(0, from.length)] as Recorded;
}

/** Standard deviation of the median of a draw. */
function spreadOf(draw: () => Recorded[]): number {
  const medians = Array.from({ length: DRAWS }, () => {
    const values = draw()
      .map(({ value }) => value)
      .sort((a, b) => a - b);
    const upper = values[Math.floor(values.length / 2)] as number;
    return values.length % 2 === 1
      ? upper
      : (upper + (values[values.length / 2 - 1] as number)) / 2;
  });
  const mean = medians.reduce((sum, one) => sum + one, 0) / DRAWS;
  return Math.sqrt(medians.reduce((sum, one) => sum + (one - mean) ** 2, 0) / DRAWS);
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "--compare") compare(rest);
else await run(process.argv.slice(2));
