/**
 * Whether a number may be believed, apart from whether it answers what was asked of it.
 *
 * Naive rule: an assessment that is inconclusive has no number. Counter-example: of three recoveries the
 * longest, 11.92 s, lies so close to the predicted 12 s that nobody can say on which side; left out, the
 * set's largest is 9.95 s. What is left out then depends on where the bound lies and not on what was
 * measured. So only a doubt about the run or about the measurement takes a number away.
 *
 * The two are told apart without their words: what is in doubt about a run is among the run's reasons,
 * as it stands; that a target is too close is the assessment's own.
 */
import { SIZE } from "../limits.ts";
import type { Assessment, Result } from "../result.ts";

/** Why the number of an assessment cannot be believed; undefined where only its target is too close. */
export function doubtAbout(
  { verdict, reason, measured }: Pick<Assessment, "verdict" | "reason" | "measured">,
  reasons: readonly string[],
): string | undefined {
  if (measured.inconclusive !== undefined) return measured.inconclusive;
  if (verdict !== "inconclusive" || reason === undefined) return undefined;
  // Where there were more than are kept, what is not among them may have been.
  const cut = reasons.length >= SIZE.reasonsMax;
  return cut || reasons.includes(reason) ? reason : undefined;
}

/**
 * A run that is inconclusive only because targets are too close to what it measured: its numbers are
 * as good as any. A doubt about the whole run is in each of its objectives, one about times may be in
 * none of them.
 */
export function isOnlyUnsure(
  result: Pick<Result, "verdict" | "reasons" | "objectives" | "predictions" | "instrument">,
): boolean {
  const { verdict, reasons, objectives, predictions, instrument } = result;
  const asked = objectives.length > 0 ? objectives : predictions;
  const open = asked.filter((one) => one.verdict === "inconclusive");
  return (
    verdict === "inconclusive" &&
    instrument.healthy &&
    open.length > 0 &&
    open.every((one) => one.measured.value !== null && doubtAbout(one, reasons) === undefined)
  );
}
