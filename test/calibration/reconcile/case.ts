/**
 * What a calibration case is: a defect planted in a synthetic run, and what must be found of it.
 *
 * A case passes when the class is found with the planted count, at the planted place, and when
 * *nothing else* is found: a judge that cries wolf is no better than a blind one.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RunPaths } from "../../../src/history/run-folder.ts";
import { judge } from "../../../src/reconcile/judge.ts";
import type { AnomalyClass, AnomalyExample, Result } from "../../../src/reconcile/result.ts";
import { runInput } from "../../../src/reconcile/run-input.ts";
import { writeRunFolder } from "../../unit/reconcile/synthetic-folder.ts";
import type { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";

export interface Case {
  /** The class as metrics.md names it. */
  name: string;
  /** What was planted, in words. */
  planted: string;
  run: () => SyntheticRun;
  /** Changes the run's folder after it was written; then the judge reads it from disk. */
  damage?: (paths: RunPaths) => void;
  /** Anomalies that must be found, with their exact counts; any other is a false alarm. */
  anomalies?: Partial<Record<AnomalyClass, number>>;
  /** Where the worst example must be. */
  place?: Partial<AnomalyExample>;
  /** What else must hold; gives a sentence for the table, or throws. */
  found?: (result: Result) => string;
}

export interface Outcome {
  result: Result;
  found: string;
  /** Empty when the case passed. */
  failures: string[];
  falseAlarms: string[];
}

export function judgeCase(one: Case): Result {
  const run = one.run();
  if (!one.damage) return judge(run.input());
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-calibration-"));
  try {
    const paths = writeRunFolder(run, dir);
    one.damage(paths);
    return judge(runInput(paths, run.plan(), { name: "blackstart", version: "0.0.0-test" }));
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

export function tryCase(one: Case): Outcome {
  const result = judgeCase(one);
  const expected = one.anomalies ?? {};
  const failures: string[] = [];
  const found: string[] = [];
  for (const [name, count] of Object.entries(expected)) {
    const got = countOf(result, name);
    found.push(`${name} ${got}`);
    if (got !== count) failures.push(`${name}: planted ${count}, found ${got}`);
  }
  const falseAlarms = result.anomalies
    .filter((anomaly) => !(anomaly.class in expected))
    .map((anomaly) => `${anomaly.class} ${anomaly.count} (${anomaly.cause ?? "no cause"})`);
  const [first] = Object.keys(expected);
  if (one.place && first !== undefined) {
    const example = result.anomalies.find((anomaly) => anomaly.class === first)?.examples[0];
    for (const [field, value] of Object.entries(one.place)) {
      const got = example?.[field as keyof AnomalyExample];
      if (got !== value) failures.push(`${field}: planted at ${value}, found at ${got}`);
    }
  }
  try {
    const more = one.found?.(result);
    if (more !== undefined) found.push(more);
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  return { result, found: found.join(", ") || "nothing", failures, falseAlarms };
}

function countOf(result: Result, name: string): number {
  return result.anomalies
    .filter((anomaly) => anomaly.class === name)
    .reduce((sum, anomaly) => sum + anomaly.count, 0);
}
