/**
 * What stratifying the fault's instant is worth, on a simulated recovery: brokers send a heartbeat
 * every 2 s and are fenced 9 s after their last, so a crash at phase φ is detected after 9 − 2φ s; the
 * election and the client's reconnect add some. The estimate is the median of n runs.
 *
 * Printed for each n: the spread of the estimate over many sets, and the mean width and the coverage of
 * the reported 95 % interval, by chance and stratified.
 */
import { phaseOf, randomDelaysMs, stratifiedDelaysMs } from "../../src/experiment/stratify.ts";
import { Random } from "../../src/kernel/random.ts";
import { median, medianInterval, type Point } from "../../src/reconcile/repetition/statistics.ts";

const HEARTBEAT_MS = 2000;
const SESSION_MS = 9000;
const SETS = 500;
const INTERVAL_SETS = 100;

/** Detection by the heartbeat's phase, then 100 to 400 ms until clients are served. */
export function simulatedRtoMs(phase: number, random: Random): number {
  return SESSION_MS - phase * HEARTBEAT_MS + 100 + random.unit() * 300;
}

type How = "random" | "stratified";

export function simulatedSet(how: How, n: number, seed: number): Point[] {
  const delaysMs = (how === "random" ? randomDelaysMs : stratifiedDelaysMs)(
    [HEARTBEAT_MS],
    n,
    seed,
  );
  const random = new Random(seed, "rto");
  return delaysMs.map((delayMs) => {
    const phase = phaseOf(delayMs, HEARTBEAT_MS);
    const point = { value: simulatedRtoMs(phase, random), censored: false };
    return how === "random" ? point : { ...point, phase };
  });
}

/** Standard deviation of the median over sets of n runs, ms. */
export function spreadMs(how: How, n: number, sets = SETS): number {
  const medians = Array.from(
    { length: sets },
    (_, seed) => median(simulatedSet(how, n, seed)).value,
  );
  const mean = medians.reduce((sum, one) => sum + one, 0) / sets;
  return Math.sqrt(medians.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (sets - 1));
}

/** Mean width of the reported interval, ms, and the share of intervals that hold the truth. */
export function intervalOf(how: How, n: number, sets = INTERVAL_SETS) {
  const truth = SESSION_MS - HEARTBEAT_MS / 2 + 250;
  let widthMs = 0;
  let held = 0;
  for (let seed = 0; seed < sets; seed += 1) {
    const interval = medianInterval(simulatedSet(how, n, seed), seed);
    if (!interval) throw new Error(`no interval from ${n} runs`);
    widthMs += (interval.high.value - interval.low.value) / sets;
    if (interval.low.value <= truth && truth <= interval.high.value) held += 1;
  }
  return { widthMs, coverage: held / sets };
}

function main(): void {
  const ms = (value: number) => `${value.toFixed(0)} ms`.padStart(9);
  const share = (value: number) => `${(value * 100).toFixed(0)} %`.padStart(6);
  const rows = [6, 12, 24, 48].map((n) => {
    const [random, stratified] = [spreadMs("random", n), spreadMs("stratified", n)];
    const spread = `${ms(random)} ${ms(stratified)} ${(random / stratified).toFixed(1).padStart(6)}`;
    if (n < 10) return `${String(n).padStart(3)}  ${spread}`;
    const [wide, narrow] = [intervalOf("random", n), intervalOf("stratified", n)];
    const widths = `${ms(wide.widthMs)} ${ms(narrow.widthMs)} ${(wide.widthMs / narrow.widthMs).toFixed(1).padStart(6)}`;
    return `${String(n).padStart(3)}  ${spread}   ${widths}   ${share(wide.coverage)} ${share(narrow.coverage)}`;
  });
  process.stdout.write(
    [
      "     spread of the median          width of the 95 % interval   coverage",
      "  n     random stratified  ratio      random stratified  ratio   random strat.",
      ...rows,
      "",
    ].join("\n"),
  );
}

if (import.meta.main) main();
