/** Runs of the catalogue for tests: measured numbers without a drill behind them. */
import { METRICS, type MetricId } from "../../src/history/judging.ts";
import type { CatalogueRun } from "../../src/reconcile/catalogue/catalogue-run.ts";
import type { Assessment } from "../../src/reconcile/result.ts";

interface Measured {
  value: number | null;
  low?: number;
  high?: number;
  censored?: boolean;
  text?: string;
  verdict?: Assessment["verdict"];
  target?: string;
  reason?: string;
}

export function assessment(metric: MetricId, measured: Measured): Assessment {
  const { value, low, high, censored, text, verdict, target, reason } = measured;
  return {
    metric,
    ...METRICS[metric],
    target: target ?? "0",
    measured: {
      value,
      low: low ?? value,
      high: high ?? value,
      censored: censored ?? false,
      ...(text === undefined ? {} : { text }),
    },
    margin: null,
    verdict: verdict ?? "confirmed",
    ...(reason === undefined ? {} : { reason }),
    how: "",
  };
}

let minutes = 0;

/** Each later than the one before. */
export function runOf(
  name: string,
  predictions: Assessment[],
  more: Partial<CatalogueRun> = {},
): CatalogueRun {
  minutes += 1;
  const startedAt = new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
  return {
    run: `run-${minutes}`,
    name,
    title: name,
    startedAt,
    durationMs: 60_000,
    seed: 42,
    version: "sha-1",
    verdict: "met",
    reasons: [],
    objectives: [],
    predictions,
    recoveries: [],
    limits: [],
    images: { "kafka 4.3.1": "blackstart/kafka:4.3.1 sha256:1" },
    kafka: ["4.3.1"],
    vars: {},
    ...more,
  };
}
