/** Sets for tests: results of a synthetic run, changed where a test says so. */
import type { SetFacts } from "../../../../src/history/set-folder.ts";
import { judge } from "../../../../src/reconcile/judge.ts";
import { judgeSet } from "../../../../src/reconcile/repetition/judge-set.ts";
import type { Assessment, Measure, Result } from "../../../../src/reconcile/result.ts";
import { SyntheticRun } from "../synthetic-run.ts";

const base = judge(new SyntheticRun({ scenario: "outage" }).input());
const TOO_CLOSE = "the target lies within the bounds of the measurement";
const tool = { name: "blackstart", version: "0.0.0" };

/** What one repetition measured; the rest is that of a sound run. */
export interface Told {
  rtoMs?: number;
  censored?: boolean;
  lost?: number;
  redelivered?: number;
  verdict?: Result["verdict"];
  objective?: Assessment["verdict"];
  /** Why the objective is open; the target is too close when nothing else is said. */
  doubt?: string;
  prediction?: Assessment["verdict"];
  exitCode?: number;
  /** It did not come to its end. */
  error?: { code: string; message: string; exit: number };
  /** Nothing of it can be judged. */
  nothing?: boolean;
  phase?: number;
}

function exactly(value: number, censored = false): Measure {
  return { value, low: value, high: censored ? null : value, censored };
}

export function resultOf(told: Told, index: number): Result {
  const rto = exactly(told.rtoMs ?? 8000, told.censored);
  const objective: Assessment = {
    metric: "rto.produce",
    label: "RTO produce, application",
    unit: "ms",
    target: "at most 10s",
    measured: rto,
    margin: null,
    verdict: told.objective ?? "met",
    how: "",
    ...(told.objective === "inconclusive" ? { reason: told.doubt ?? TOO_CLOSE } : {}),
  };
  const redelivered: Assessment = {
    ...objective,
    metric: "redelivered.records",
    label: "Redeliveries",
    unit: "records",
    target: "0 to 1,300",
    measured: exactly(told.redelivered ?? 0),
    verdict: told.prediction ?? "confirmed",
  };
  if (told.prediction === "inconclusive") redelivered.reason = TOO_CLOSE;
  return {
    ...base,
    run: { ...base.run, id: `set-${index}`, durationMs: 60_000 },
    verdict: told.verdict ?? "met",
    exitCode: told.exitCode ?? 0,
    reasons: reasonsOf(told),
    objectives: [objective],
    predictions: [redelivered],
    rpo: { ...base.rpo, records: exactly(told.lost ?? 0) },
    recoveries: base.recoveries.map((one) => ({ ...one, measure: rto })),
  };
}

/** As the judge has them: what is in doubt about the run as it stands, an objective under its name. */
function reasonsOf({ verdict, objective, doubt }: Told): string[] {
  if (doubt !== undefined) return [doubt];
  if (objective === "inconclusive") return [`RTO produce, application: ${TOO_CLOSE}`];
  return verdict === "inconclusive" ? ["the steady state was not reached"] : [];
}

export function setOf(all: Told[], changes: Partial<SetFacts> = {}): SetFacts {
  const { warm = true } = changes;
  return {
    schema: "blackstart/set.v1",
    set: "20261121-101500-1a2b-set",
    name: "crash",
    title: "Crash of a partition leader",
    seed: 42,
    startedAt: "2026-11-21T10:15:00.000Z",
    experimentFile: "experiments/crash.yaml",
    experimentSha256: "0".repeat(64),
    planned: all.length,
    warm,
    phases: all.some(({ phase }) => phase !== undefined) ? "stratified" : "none",
    interrupted: false,
    repetitions: all.map(({ error, nothing, phase }, at) => ({
      index: at + 1,
      folder: String(at + 1).padStart(2, "0"),
      run: `set-${at + 1}`,
      outcome: nothing ? null : error ? "failed" : "completed",
      ...(error ? { error } : {}),
      world: warm ? { id: "set-w1", warm: at > 0 } : { id: `set-${at + 1}`, warm: false },
      overheadMs: warm && at > 0 ? 4000 : 9000,
      phase: phase === undefined ? [] : [{ name: "commit", everyMs: 3000, phase }],
    })),
    ...changes,
  };
}

export function judgedSet(all: Told[], changes: Partial<SetFacts> = {}) {
  const results = new Map(
    all.flatMap((told, at) => (told.nothing ? [] : [[at + 1, resultOf(told, at + 1)] as const])),
  );
  const sums = new Map([...results.keys()].map((index) => [index, String(index).repeat(64)]));
  return judgeSet({ set: setOf(all, changes), results, sums, tool });
}

export function times(n: number, told: (index: number) => Told = () => ({})): Told[] {
  return Array.from({ length: n }, (_, at) => told(at + 1));
}
