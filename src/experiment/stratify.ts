/**
 * Spreads the instants of N repetitions over cycles: Latin hypercube sampling. Each cycle is cut into
 * N parts, and every part of every cycle is hit once.
 *
 * One instant has a phase in every cycle at once, so the phases cannot be chosen apart. The longest
 * cycle is hit as asked; waiting for some more of it moves the phase in the others, and an instant is
 * taken whose parts are all still free. Where the lengths leave no such instant (a cycle that divides
 * another), the one with the fewest parts hit before is taken.
 *
 * M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21 (1979), "A comparison of three methods
 * for selecting values of input variables in the analysis of output from a computer code".
 */
import assert from "node:assert";
import { Random } from "../kernel/random.ts";

/** How many of the longest cycle may pass for the sake of the others. */
const WAITS = 4;
const CANDIDATES = 64;
const ATTEMPTS = 20;

/** Delays in ms, by repetition. Same lengths, same n, same seed: the same delays. */
export function stratifiedDelaysMs(
  periodsMs: readonly number[],
  n: number,
  seed: number,
): number[] {
  assert(n >= 1 && periodsMs.length >= 1, "at least one repetition and one cycle");
  let best: Draw | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && best?.twice !== 0; attempt += 1) {
    const draw = drawOnce(periodsMs, n, new Random(seed, `phase/${attempt}`));
    if (best === undefined || draw.twice < best.twice) best = draw;
  }
  return best?.delaysMs ?? [];
}

/** Delays by chance alone, over the longest cycle: what stratified ones are compared with. */
export function randomDelaysMs(periodsMs: readonly number[], n: number, seed: number): number[] {
  const random = new Random(seed, "phase/chance");
  const longestMs = Math.max(...periodsMs);
  return Array.from({ length: n }, () => random.unit() * longestMs);
}

/** Where in a cycle an instant lies: [0, 1). */
export function phaseOf(delayMs: number, periodMs: number): number {
  return (delayMs / periodMs) % 1;
}

interface Draw {
  delaysMs: number[];
  /** Parts of a cycle that were hit again. */
  twice: number;
}

function drawOnce(periodsMs: readonly number[], n: number, random: Random): Draw {
  const longestMs = Math.max(...periodsMs);
  const waits = periodsMs.length === 1 ? 1 : WAITS;
  const hit = periodsMs.map(() => new Set<number>());
  const draw: Draw = { delaysMs: [], twice: 0 };
  for (const part of permutation(n, random)) {
    let chosen = { delayMs: 0, parts: [] as number[], twice: Infinity };
    for (let tries = 0; tries < CANDIDATES && chosen.twice > 0; tries += 1) {
      const whole = random.between(0, waits);
      const delayMs = ((part + random.unit()) / n + whole) * longestMs;
      const parts = periodsMs.map((periodMs) => Math.floor(phaseOf(delayMs, periodMs) * n));
      const twice = parts.filter((at, cycle) => hit[cycle]?.has(at)).length;
      if (twice < chosen.twice) chosen = { delayMs, parts, twice };
    }
    for (const [cycle, at] of chosen.parts.entries()) hit[cycle]?.add(at);
    draw.delaysMs.push(chosen.delayMs);
    draw.twice += chosen.twice;
  }
  return draw;
}

function permutation(n: number, random: Random): number[] {
  const order = Array.from({ length: n }, (_, index) => index);
  for (let at = n - 1; at > 0; at -= 1) {
    const other = random.between(0, at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}
