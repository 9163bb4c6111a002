/** OpenMetrics text of a set. A number that was not measured has no line; a bound is marked as one. */
import type { SetMeasure, SetResult } from "../../reconcile/repetition/set-result.ts";
import { family, inSeconds, type Labels } from "../prometheus.ts";

const STATISTICS = ["median", "min", "max", "p95"] as const;

function inUnits(unit: string, value: number): number {
  return unit === "ms" ? inSeconds(value) : value;
}

function statisticSamples(base: Labels, measure: SetMeasure) {
  const { metric, unit, interval } = measure;
  const known = [
    ...STATISTICS.map((name) => [name, measure[name]] as const),
    ["median_low", interval?.low ?? null] as const,
    ["median_high", interval?.high ?? null] as const,
  ];
  return known.flatMap(([statistic, one]) =>
    one === null
      ? []
      : [
          {
            labels: { ...base, metric, statistic, bound: one.atLeast ? "at-least" : "exact" },
            value: inUnits(unit, one.value),
          },
        ],
  );
}

export function renderSetPrometheus(result: SetResult): string {
  const base: Labels = { experiment: result.set.name };
  const verdicts = ["met", "missed", "inconclusive"] as const;
  const states = [
    ["conclusive", result.conclusive],
    ["inconclusive", result.inconclusive],
    ["not-run", result.notRun],
  ] as const;
  const lines = [
    ...family(
      "kafka_dr_set_verdict",
      "1 for the verdict of the set, 0 for the others.",
      verdicts.map((verdict) => ({
        labels: { ...base, verdict },
        value: result.verdict === verdict ? 1 : 0,
      })),
    ),
    ...family(
      "kafka_dr_set_repetitions",
      "Repetitions by what became of them.",
      states.map(([state, value]) => ({ labels: { ...base, state }, value })),
    ),
    ...family(
      "kafka_dr_set_statistic",
      "Of the conclusive repetitions; seconds where it is a time; a lower bound where bound says so.",
      result.measures.flatMap((measure) => statisticSamples(base, measure)),
    ),
    ...family(
      "kafka_dr_set_runs",
      "Runs that a measure's statistics are made of.",
      result.measures.map(({ metric, n }) => ({ labels: { ...base, metric }, value: n })),
    ),
    ...family(
      "kafka_dr_set_probability_at_most",
      "Rule of three: what was seen in no run has at most this probability in one run (95 %).",
      result.measures.map(({ metric, probabilityAtMost }) => ({
        labels: { ...base, metric },
        value: probabilityAtMost,
      })),
    ),
    ...family(
      "kafka_dr_set_objective_met",
      "1 if the objective was met in every conclusive repetition.",
      result.objectives.map(({ metric, verdict }) => ({
        labels: { ...base, metric, verdict },
        value: verdict === "met" ? 1 : 0,
      })),
    ),
    "# EOF",
  ];
  return `${lines.join("\n")}\n`;
}
