/**
 * Runs the drills of a suite, one after another. What was finished is kept whatever comes then:
 * suite.json and the page are written anew before and after each run, so a suite that was stopped, or
 * whose harness was killed, goes on where it was.
 *
 * A run that failed for the environment is tried once more, and only such a run: a missed objective
 * or an open question is an answer, and asking again until it pleases would be none.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { planExperiment } from "../experiment/planner.ts";
import type { LoadedSuite } from "../experiment/suite-file.ts";
import {
  createSuiteFolder,
  lastAttempt,
  type Suite,
  type SuiteAttempt,
  type SuiteRun,
} from "../history/suite-folder.ts";
import { monotonicUs, wallTime } from "../kernel/clock.ts";
import { EXIT } from "../kernel/errors.ts";
import type { Result } from "../reconcile/result.ts";
import type { Attempt, AttemptRequest } from "./attempt.ts";
import { resultIn, writeJudged } from "./judge-suite-folder.ts";
import { printError } from "./print-error.ts";
import { newRunId } from "./run-one.ts";
import type { SuiteDrill } from "./suite-plan.ts";
import { toolVersion } from "./tool-version.ts";
import { Worlds } from "./worlds.ts";

const ATTEMPTS_MAX = 2;

export interface SuiteRequest {
  suite: LoadedSuite;
  drills: readonly SuiteDrill[];
  /** The suite's folder: new, or that of one to go on with. */
  dir: string;
  /** What `dir` knew; absent for a new one. */
  before?: Suite;
  /** Nodes are used again where that is possible. */
  warm: boolean;
  interrupt: AbortSignal;
  /** Runs one drill. */
  attempt: (request: AttemptRequest) => Promise<Attempt>;
  onBegin: (run: SuiteRun, suite: Suite) => void;
  onEnd: (run: SuiteRun, result: Result | undefined) => void;
}

export async function runSuite(request: SuiteRequest): Promise<Suite> {
  const sitting = new Sitting(request);
  try {
    for (const drill of request.drills) {
      if (request.interrupt.aborted) break;
      await sitting.run(drill);
    }
  } finally {
    await sitting.close();
  }
  return sitting.write();
}

/** What is done between two starts of the command. */
class Sitting {
  readonly #request: SuiteRequest;
  readonly #suite: Suite;
  readonly #results = new Map<string, Result>();
  readonly #worlds: Worlds | undefined;
  readonly #startedUs = monotonicUs();
  readonly #startedAt = wallTime();

  constructor(request: SuiteRequest) {
    this.#request = request;
    const { dir, before, warm, interrupt } = request;
    if (!before) createSuiteFolder(dir);
    this.#suite = suiteOf(request);
    // Two sittings must not share the names of their containers.
    const id = `${this.#suite.suite}-${this.#suite.sittings.length + 1}`;
    this.#worlds = warm ? new Worlds({ id, interrupt }) : undefined;
    for (const run of this.#suite.runs) this.#recall(run);
    this.write();
  }

  /** Nothing when an earlier sitting has its answer. */
  async run(drill: SuiteDrill): Promise<void> {
    const run = this.#suite.runs.find(({ index }) => index === drill.index);
    if (!run) throw new Error(`the suite has no run ${drill.index}`);
    if (isAnswered(run)) return this.#request.onEnd(run, this.#resultOf(run));
    for (let tries = 1; tries <= ATTEMPTS_MAX; tries += 1) {
      this.#request.onBegin(run, this.#suite);
      await this.#attempt(drill, run);
      const failed = lastAttempt(run)?.exitCode === EXIT.environment;
      if (!failed || this.#request.interrupt.aborted) break;
    }
    const judged = this.write().runs.find(({ index }) => index === drill.index);
    this.#request.onEnd(judged ?? run, this.#resultOf(run));
  }

  async #attempt(drill: SuiteDrill, run: SuiteRun): Promise<void> {
    const { dir, interrupt, attempt } = this.#request;
    const startedUs = monotonicUs();
    const id = newRunId();
    const folder = this.#unused(drill.folder, run.attempts);
    const begun: SuiteAttempt = {
      folder,
      run: id,
      startedAt: wallTime(),
      durationMs: 0,
      overheadMs: 0,
      outcome: "unfinished",
      exitCode: null,
      world: { id, warm: false },
    };
    run.attempts.push(begun);
    this.write();
    const { outcome, error, world, overheadMs, done, refusal } = await attempt({
      run: id,
      planIn: (of) => planExperiment(drill.loaded, { run: id, world: of }),
      worlds: this.#worlds,
      dir: join(dir, folder),
      interrupt,
    });
    if (refusal) printError(refusal);
    const exitCode = done?.exitCode ?? error?.exit ?? EXIT.environment;
    const told = error === undefined ? {} : { error };
    const durationMs = Math.round((monotonicUs() - startedUs) / 1000);
    Object.assign(begun, { durationMs, overheadMs, exitCode, world, ...told });
    begun.outcome = outcome ?? "refused";
    if (done) this.#results.set(folder, done.result);
  }

  /** What an earlier sitting left of a run. One whose harness was killed may have been finished. */
  #recall(run: SuiteRun): void {
    const attempt = lastAttempt(run);
    const result = attempt && resultIn(join(this.#request.dir, attempt.folder));
    if (!attempt || !result || result.run.experimentSha256 !== run.experimentSha256) return;
    this.#results.set(attempt.folder, result);
    if (attempt.outcome !== "unfinished" || result.run.outcome !== "completed") return;
    const { durationMs } = result.run;
    Object.assign(attempt, { outcome: "completed", exitCode: result.exitCode, durationMs });
  }

  #resultOf(run: SuiteRun): Result | undefined {
    return this.#results.get(lastAttempt(run)?.folder ?? "");
  }

  /** Evidence of an attempt that does not count is kept, and the next has a folder of its own. */
  #unused(folder: string, attempts: readonly SuiteAttempt[]): string {
    const isTaken = (name: string) =>
      existsSync(join(this.#request.dir, name)) || attempts.some((one) => one.folder === name);
    let name = folder;
    for (let n = 2; isTaken(name); n += 1) name = `${folder}.${n}`;
    return name;
  }

  write(): Suite {
    const durationMs = Math.round((monotonicUs() - this.#startedUs) / 1000);
    const now = {
      startedAt: this.#startedAt,
      durationMs,
      interrupted: this.#request.interrupt.aborted,
    };
    const sittings = [...this.#suite.sittings, now];
    return writeJudged(this.#request.dir, { ...this.#suite, sittings }, this.#results);
  }

  async close(): Promise<void> {
    await this.#worlds?.close();
  }
}

/** Its last attempt gave an answer, or the question stays open for a reason of the system's. */
function isAnswered(run: SuiteRun): boolean {
  const attempt = lastAttempt(run);
  const ends: (number | null)[] = [EXIT.met, EXIT.missed, EXIT.inconclusive, EXIT.evidence];
  return attempt !== undefined && ends.includes(attempt.exitCode);
}

/** The suite as it stands before anything of this sitting was run. */
function suiteOf({ suite, drills, dir, before, warm }: SuiteRequest): Suite {
  const { name, title, description, file, sha256 } = suite;
  return {
    schema: "blackstart/suite.v1",
    tool: { name: "blackstart", version: toolVersion() },
    suite: before?.suite ?? basename(dir),
    name,
    title,
    description,
    suiteFile: file,
    suiteSha256: sha256,
    warm,
    sittings: before?.sittings ?? [],
    verdict: "inconclusive",
    exitCode: EXIT.inconclusive,
    runs: drills.map((drill) => runOf(drill, before)),
  };
}

function runOf(drill: SuiteDrill, before: Suite | undefined): SuiteRun {
  const { index, name, folder, loaded, plan, identity, topology, estimateMs, entry } = drill;
  const known = before?.runs.find((run) => run.folder === folder && run.identity === identity);
  return {
    index,
    name,
    title: plan.title,
    folder,
    experimentFile: entry.file,
    experimentSha256: loaded.sha256,
    vars: entry.vars,
    ...(loaded.cell ? { cell: loaded.cell.name } : {}),
    identity,
    topology,
    estimateMs,
    verdict: "not-run",
    exitCode: null,
    reasons: ["not begun"],
    predictions: { confirmed: 0, refuted: 0, inconclusive: 0 },
    attempts: known?.attempts ?? [],
  };
}
