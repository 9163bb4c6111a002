/**
 * A suite that is run, interrupted, gone on with and retried. Drills are played: each leaves a folder
 * with a result, as a real one does.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Attempt, AttemptRequest } from "../../../src/cli/attempt.ts";
import { judgeSuiteFolder } from "../../../src/cli/judge-suite-folder.ts";
import { runSuite } from "../../../src/cli/run-suite.ts";
import { planSuite } from "../../../src/cli/suite-plan.ts";
import type { LoadedSuite } from "../../../src/experiment/suite-file.ts";
import {
  readSuite,
  type Suite,
  suitePaths,
  writeSuite,
} from "../../../src/history/suite-folder.ts";
import { packageRoot } from "../../../src/kernel/environment.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { spoil } from "../experiment/sample.ts";

const golden = join(packageRoot(), "test/golden/files/broker-kill-passed.result.json");
const met = resultSchema.parse(JSON.parse(readFileSync(golden, "utf8")));

/** How a played drill ends. */
type End = "met" | "missed" | "open" | "environment" | "refused" | "interrupted";

class Stage {
  readonly folder = temporaryFolder("run-suite");
  readonly dir = join(this.folder, "set-suite");
  readonly interrupt = new AbortController();
  readonly played: string[] = [];
  readonly ends: Record<string, End[]>;

  constructor(ends: Record<string, End[]>) {
    this.ends = ends;
    for (const name of Object.keys(ends)) this.write(name);
  }

  write(name: string, more = ""): void {
    const text = `${spoil("name: sample", `name: ${name}`)}${more}`;
    writeFileSync(join(this.folder, `${name}.yaml`), text);
  }

  get #suite(): LoadedSuite {
    const entries = Object.keys(this.ends).map((name) => {
      return { file: join(this.folder, `${name}.yaml`), vars: {} };
    });
    return { name: "s", title: "Played", description: "", file: "s.yaml", sha256: "0", entries };
  }

  run(before?: Suite): Promise<Suite> {
    return runSuite({
      suite: this.#suite,
      drills: planSuite(this.#suite, { warm: false }),
      dir: this.dir,
      ...(before ? { before } : {}),
      warm: false,
      interrupt: this.interrupt.signal,
      attempt: (request) => this.#play(request),
      onBegin: () => {},
      onEnd: () => {},
    });
  }

  async #play(request: AttemptRequest): Promise<Attempt> {
    const plan = request.planIn(request.run);
    const end = this.ends[plan.name]?.shift() ?? "met";
    this.played.push(plan.name);
    const world = { id: request.run, warm: false };
    if (end === "refused") {
      const refusal = new DrillError("E_CAPACITY", "too large");
      const { code, message, exit } = refusal;
      return { outcome: null, world, overheadMs: 1, error: { code, message, exit }, refusal };
    }
    const result = resultOf(end, plan.experimentSha256, request.run);
    mkdirSync(request.dir);
    writeFileSync(join(request.dir, "result.json"), JSON.stringify(result));
    const common = { world, overheadMs: 10 };
    const done = { folder: request.dir, result, report: join(request.dir, "report.html") };
    if (end === "environment" || end === "interrupted") {
      if (end === "interrupted") this.interrupt.abort();
      const error = new DrillError(
        end === "environment" ? "E_NODE_NOT_READY" : "E_INTERRUPTED",
        "it",
      );
      const { code, message, exit } = error;
      const outcome = end === "environment" ? "failed" : "interrupted";
      return {
        ...common,
        outcome,
        error: { code, message, exit },
        done: { ...done, exitCode: exit, error },
      };
    }
    return { ...common, outcome: "completed", done: { ...done, exitCode: result.exitCode } };
  }
}

function resultOf(end: End, experimentSha256: string, id: string): Result {
  const run = { ...met.run, id, experimentSha256 };
  if (end === "missed")
    return { ...met, run, verdict: "missed", exitCode: 1, reasons: ["too slow"] };
  if (end === "open")
    return { ...met, run, verdict: "inconclusive", exitCode: 3, reasons: ["blind"] };
  const outcome =
    end === "interrupted" ? "interrupted" : end === "environment" ? "failed" : "completed";
  return { ...met, run: { ...run, outcome } };
}

const verdicts = ({ runs }: Suite) => runs.map(({ verdict }) => verdict);

describe(runSuite.name, () => {
  it("runs one after another, and the weightiest code is its own", async () => {
    const stage = new Stage({ a: ["met"], b: ["missed"], c: ["open"] });
    const done = await stage.run();
    expect(stage.played).to.deep.equal(["a", "b", "c"]);
    expect(verdicts(done)).to.deep.equal(["met", "missed", "inconclusive"]);
    expect(done).to.include({ exitCode: 1, verdict: "missed" });
    expect(readSuite(stage.dir)).to.deep.equal(done);
    const page = readFileSync(suitePaths(stage.dir).index, "utf8");
    expect(page).to.contain('href="b/report.html"').and.to.contain("Too slow.");
    expect(readFileSync(suitePaths(stage.dir).junit, "utf8")).to.contain('<testsuites name="black');
  });

  it("tries a run once more that failed for the environment, and says so", async () => {
    const stage = new Stage({ a: ["environment", "met"], b: ["met"] });
    const done = await stage.run();
    expect(stage.played).to.deep.equal(["a", "a", "b"]);
    expect(done.exitCode).to.equal(0);
    const [a] = done.runs;
    expect(a?.attempts.map(({ folder, exitCode }) => [folder, exitCode])).to.deep.equal([
      ["a", 4],
      ["a.2", 0],
    ]);
    const page = readFileSync(suitePaths(stage.dir).index, "utf8");
    expect(page).to.contain("Attempt 1 (a) does not count: E_NODE_NOT_READY: it.");
    expect(page).to.contain('href="a.2/report.html"');
  });

  it("tries once more only, and goes on with the others", async () => {
    const stage = new Stage({ a: ["refused", "refused", "met"], b: ["met"] });
    const done = await stage.run();
    expect(stage.played).to.deep.equal(["a", "a", "b"]);
    expect(verdicts(done)).to.deep.equal(["not-run", "met"]);
    expect(done).to.include({ exitCode: 4, verdict: "inconclusive" });
    expect(done.runs[0]?.reasons).to.deep.equal(["E_CAPACITY: too large"]);
  });

  it("gives no attempt the folder of another, also of one that left none", async () => {
    const stage = new Stage({ a: ["refused", "met"] });
    const [a] = (await stage.run()).runs;
    expect(a?.attempts.map(({ folder }) => folder)).to.deep.equal(["a", "a.2"]);
  });

  it("never tries again what gave an answer, or left the question open", async () => {
    const stage = new Stage({ a: ["missed", "met"], b: ["open", "met"] });
    expect((await stage.run()).exitCode).to.equal(1);
    expect(stage.played).to.deep.equal(["a", "b"]);
  });
});

describe("a suite that was interrupted", () => {
  it("has its page, and goes on where it was", async () => {
    const stage = new Stage({ a: ["met"], b: ["interrupted", "met"], c: ["met"] });
    const cut = await stage.run();
    expect(verdicts(cut)).to.deep.equal(["met", "inconclusive", "not-run"]);
    expect(cut.exitCode).to.equal(3);
    expect(cut.sittings.map(({ interrupted }) => interrupted)).to.deep.equal([true]);
    expect(readFileSync(suitePaths(stage.dir).index, "utf8")).to.contain("Not begun.");

    const again = new Stage({ a: [], b: [], c: [] });
    Object.assign(again, { dir: stage.dir, folder: stage.folder });
    const done = await again.run(readSuite(stage.dir));
    expect(again.played).to.deep.equal(["b", "c"]);
    expect(verdicts(done)).to.deep.equal(["met", "met", "met"]);
    expect(done.exitCode).to.equal(0);
    expect(done.runs[1]?.attempts.map(({ folder }) => folder)).to.deep.equal(["b", "b.2"]);
    expect(done.sittings).to.have.length(2);
  });

  it("takes an answer that nobody wrote down from the run's folder, if it is of this experiment", async () => {
    const stage = new Stage({ a: ["met"], b: ["met"], c: ["met"] });
    const done = await stage.run();
    for (const run of done.runs) {
      for (const attempt of run.attempts) {
        attempt.outcome = "unfinished";
        attempt.exitCode = null;
      }
    }
    writeSuite(suitePaths(stage.dir), done);
    writeFileSync(join(stage.dir, "b", "result.json"), '{"schema":');
    stage.write("c", "seed: 7\n");
    expect((await stage.run(readSuite(stage.dir))).exitCode).to.equal(0);
    expect(stage.played).to.deep.equal(["a", "b", "c", "b", "c"]);
  });

  it("gives the same files from its folder alone", async () => {
    const stage = new Stage({ a: ["environment", "met"], b: ["missed"] });
    await stage.run();
    const paths = suitePaths(stage.dir);
    const read = () =>
      [paths.suite, paths.index, paths.junit].map((file) => readFileSync(file, "utf8"));
    const before = read();
    judgeSuiteFolder(stage.dir);
    expect(read()).to.deep.equal(before);
    expect(existsSync(join(stage.dir, "a.2"))).to.equal(true);
  });
});
