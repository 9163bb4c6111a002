/** One measure of a history of a few rows (`hand-written.ts`): the one prediction of its plan. */
import type { NewEvent } from "../../../src/history/events.ts";
import type { Judging, MetricId } from "../../../src/history/judging.ts";
import type { Measure } from "../../../src/reconcile/result.ts";
import { judgedAll, readByNobody } from "./hand-written.ts";
import type { Row } from "./memory-journal.ts";

/** One partition of each log, so that one reading of each is enough. */
export function plan(judging: Judging = readByNobody()): Judging {
  return { ...judging, logs: judging.logs.map((log) => ({ ...log, partitions: 1 })) };
}

interface Case {
  producer?: Row[];
  audit?: Row[];
  consumer?: Row[];
  events?: NewEvent[];
  judging?: Judging;
}

export function measure(metric: MetricId, { judging = plan(), ...evidence }: Case): Measure {
  const predictions = [{ metric, high: 0, written: "0" }];
  const { predictions: told } = judgedAll({ ...evidence, judging: { ...judging, predictions } });
  return told[0]?.measured as Measure;
}

export const exactly = (value: number) => ({ value, low: value, high: value, censored: false });
export const open = (inconclusive: string, low: number | null = null) => ({
  ...{ value: null, low, high: null, censored: false },
  inconclusive,
});
