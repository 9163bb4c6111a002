/** What a live control is: a real run in which the truth is known by other means than the judge's. */
import type { HistoryEvent } from "../../../src/history/events.ts";
import type { Result } from "../../../src/reconcile/result.ts";

/** One line of findings.ndjson. */
export interface Finding {
  class: string;
  cause?: string;
  count: number;
  log: number | null;
  producer: string | null;
  partition: number | null;
  seqFirst: number | null;
  seqLast: number | null;
  offset: number | null;
}

export interface Evidence {
  folder: string;
  result: Result;
  events: HistoryEvent[];
  findings: Finding[];
  /** What `during` brought. */
  facts: unknown;
}

export interface Answer {
  /** The truth, and where it is from. */
  planted: string;
  found: string;
  /** What differs from the truth; empty when the judge found it, all of it and nothing else. */
  wrong: string[];
}

export interface Control {
  name: string;
  /** One sentence: what is done to the cluster. */
  what: string;
  /** File in test/control/experiments. */
  file: string;
  /** Classes of findings that the plant explains; any other of the application's is a false alarm. */
  explains: string[];
  /** Facts that only the running cluster can tell; called when recovery begins. */
  during?: (folder: string) => Promise<unknown>;
  check: (evidence: Evidence) => Answer;
}

export interface Outcome {
  control: Control;
  answer: Answer;
  falseAlarms: string[];
}

/** Findings of the application's own streams. */
export function ofApplication(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ cause }) => !/^(canary|readiness) stream/.test(cause ?? ""));
}

/** Classes found that the plant does not explain, with their counts. */
export function falseAlarms(control: Control, findings: readonly Finding[]): string[] {
  const counts = new Map<string, number>();
  for (const { class: name, count } of ofApplication(findings)) {
    if (!control.explains.includes(name)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].map(([name, count]) => `${name}: ${count}`);
}
