/** How numbers of a set are said: every bound as a bound, and never more than the runs allow. */
import type {
  SetAssessment,
  SetMeasure,
  SetResult,
} from "../../reconcile/repetition/set-result.ts";
import { count, formatUnit, verdictWord } from "../format.ts";

type Known = NonNullable<SetMeasure["median"]>;

/** `8.20 s`, `≥ 60.0 s`, `no number`. */
export function knownText(known: Known | null, unit: string): string {
  if (known === null) return "no number";
  return `${known.atLeast ? "≥ " : ""}${formatUnit(known.value, unit)}`;
}

/** `7.9 s to 9.1 s`; why there is none, where there is none. */
export function intervalText({ interval, n, unit }: SetMeasure): string {
  if (interval === null) return `no interval from ${count(n, "run")}: 10 are needed`;
  return `${knownText(interval.low, unit)} to ${knownText(interval.high, unit)}`;
}

/**
 * `in 2 of 12 runs`, or the rule of three: `in none of 12 runs: probability ≤ 3/12 (95 %)`. Empty for
 * what is no count.
 */
export function occurrenceText({ occurred, n }: SetMeasure): string {
  if (occurred === null) return "";
  if (occurred > 0) return `in ${occurred} of ${count(n, "run")}`;
  if (n <= 3) return `in none of ${count(n, "run")}: too few to bound its probability`;
  return `in none of ${count(n, "run")}: probability in one run ≤ 3/${n} (95 %)`;
}

/** `No loss in 12 runs: probability of loss ≤ 3/12 (95 %)`; null where loss was not told in all. */
export function lossText(result: SetResult): string | null {
  const rpo = result.measures.find(({ metric }) => metric === "rpo.records");
  if (!rpo || rpo.occurred === null || rpo.n === 0) return null;
  if (rpo.occurred > 0)
    return `Acknowledged records were lost in ${rpo.occurred} of ${count(rpo.n, "run")}`;
  if (rpo.n <= 3) return `No loss in ${count(rpo.n, "run")}: too few to bound its probability`;
  return `No loss in ${count(rpo.n, "run")}: probability of loss ≤ 3/${rpo.n} (95 %)`;
}

export function assessmentWords(
  { held, failed, open }: SetAssessment,
  yes: string,
  no: string,
): string {
  const parts = [`${yes} in ${held.length}`];
  if (failed.length > 0) parts.push(`${no} in ${failed.length} (${failed.join(", ")})`);
  if (open.length > 0) parts.push(`inconclusive in ${open.length} (${open.join(", ")})`);
  return parts.join(", ");
}

/** The whole set in one sentence. */
export function setSentence(result: SetResult): string {
  const { planned } = result.set;
  const parts = [`${result.conclusive} of ${count(planned, "repetition")} are conclusive`];
  const close = result.repetitions.filter(
    (one) => one.conclusive && one.verdict === "inconclusive",
  );
  if (close.length > 0) parts.push(`${close.length} of them too close to a target`);
  if (result.inconclusive > 0) parts.push(`${result.inconclusive} inconclusive and left out`);
  if (result.notRun > 0) parts.push(`${result.notRun} not run`);
  const rto = result.measures.find(({ metric, n }) => metric === "rto.produce" && n > 0);
  const told = rto
    ? `. Producing was down for ${knownText(rto.median, "ms")} in the median, ` +
      `${knownText(rto.max, "ms")} at most${restsOn(rto.n, planned)}`
    : "";
  const loss = lossText(result);
  return `${parts.join(", ")}${told}.${loss === null ? "" : ` ${loss}.`}`;
}

/** ` (2 of 3 repetitions)`; nothing where all of them count. */
function restsOn(n: number, planned: number): string {
  return n < planned ? ` (${n} of ${count(planned, "repetition")})` : "";
}

export function setWord(result: SetResult) {
  return verdictWord(result.verdict);
}
