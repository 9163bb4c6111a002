/**
 * The smoke suite, for real: real brokers, MirrorMaker, Toxiproxy, faults; five drills on two
 * topologies in one command. Counts must be exact on any machine; times are asserted where they are
 * Kafka's own and the instrument was healthy.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lastAttempt, readSuite, type Suite } from "../../src/history/suite-folder.ts";
import type { Result } from "../../src/reconcile/result.ts";
import {
  command,
  type Finished,
  hasReport,
  leftovers,
  resultOf,
  unexpectedReasons,
} from "./command.ts";

const WITHIN_MS = 15 * 60_000;

const measured = (result: Result, metric: string) =>
  [...result.objectives, ...result.predictions].find((one) => one.metric === metric)?.measured;

/** findings.ndjson lists every finding that the result counts, class by class. */
function expectAllListed(folder: string, { anomalies }: Result): void {
  const text = readFileSync(join(folder, "findings.ndjson"), "utf8");
  const listed = new Map<string, number>();
  for (const line of text.split("\n").filter(Boolean)) {
    const { class: name, count } = JSON.parse(line) as { class: string; count: number };
    listed.set(name, (listed.get(name) ?? 0) + count);
  }
  const counted = new Map<string, number>();
  for (const one of anomalies) counted.set(one.class, (counted.get(one.class) ?? 0) + one.count);
  expect(listed).to.deep.equal(counted);
}

/** judge and report redo their stages, without Docker, to the same bytes. */
async function sameBytes(folder: string, ...names: string[]): Promise<void> {
  const read = () => names.map((name) => readFileSync(join(folder, name), "utf8"));
  const before = read();
  await command("judge", folder);
  await command("report", folder);
  expect(read()).to.deep.equal(before);
}

/** The suite that was run, and what it left. */
class Smoke {
  readonly dir: string;
  readonly finished: Finished;
  readonly suite: Suite;

  constructor(out: string, finished: Finished) {
    const [folder] = readdirSync(out);
    if (folder === undefined) throw new Error(`no folder of a suite: ${finished.stderr}`);
    this.dir = join(out, folder);
    this.finished = finished;
    this.suite = readSuite(this.dir);
  }

  /** A drill of it that came to its end, with every count sound. */
  drill(name: string): { folder: string; result: Result } {
    const run = this.suite.runs.find((one) => one.name === name);
    const attempt = run && lastAttempt(run);
    if (!attempt) throw new Error(`the suite has not run ${name}`);
    const folder = join(this.dir, attempt.folder);
    const result = resultOf(folder);
    expect(unexpectedReasons(result)).to.deep.equal([]);
    expect(result.run.outcome).to.equal("completed");
    expect(result.balances.length).to.be.greaterThan(1);
    expect(result.balances.filter(({ ties }) => !ties)).to.deep.equal([]);
    expect(result.faults.every(({ proof }) => proof !== null)).to.equal(true);
    expect(hasReport(folder)).to.equal(true);
    expectAllListed(folder, result);
    return { folder, result };
  }
}

describe("blackstart suite smoke", () => {
  let out = "";
  let smoke: Smoke;
  const get = () => smoke;

  before(async function () {
    this.timeout(WITHIN_MS);
    out = mkdtempSync(join(tmpdir(), "blackstart-smoke-"));
    smoke = new Smoke(out, await command("suite", "smoke", "--out", out, "--json"));
  });
  after(() => rmSync(out, { recursive: true, force: true }));

  describe("as a whole", () => whole(get));
  describe("in one region", () => inOneRegion(get));
  describe("between two regions", () => betweenRegions(get));
});

function whole(smoke: () => Smoke): void {
  it("ends with one exit code, one document and one page", () => {
    const { dir, finished, suite } = smoke();
    const { code, stdout, stderr } = finished;
    expect(code, `${stdout}\n${stderr}`).to.be.oneOf([0, 3]);
    expect(JSON.parse(stdout)).to.deep.equal(suite);
    expect(suite.exitCode).to.equal(code);
    expect(suite.runs).to.have.length(5);
    const page = readFileSync(join(dir, "index.html"), "utf8");
    for (const run of suite.runs) {
      expect(page).to.contain(`href="${lastAttempt(run)?.folder}/report.html"`);
    }
    expect(readFileSync(join(dir, "junit.xml"), "utf8").match(/<testsuite /g)).to.have.length(5);
  });

  it("boots two topologies, and runs the other three drills on nodes that are there", () => {
    const worlds = smoke().suite.runs.map((run) => lastAttempt(run)?.world);
    expect(worlds.map((world) => world?.warm)).to.deep.equal([false, true, true, false, true]);
    expect(new Set(worlds.map((world) => world?.id)).size).to.equal(2);
  });

  it("leaves nothing on the engine", async () => {
    const { runs } = smoke().suite;
    const worlds = new Set(runs.flatMap((run) => lastAttempt(run)?.world.id ?? []));
    expect(worlds.size).to.be.greaterThan(0);
    for (const world of worlds) expect(await leftovers(world)).to.deep.equal([]);
  });

  it("is made again from its folder, to the same bytes", async function () {
    this.timeout(120_000);
    await sameBytes(smoke().dir, "suite.json", "index.html", "junit.xml");
  });
}

function inOneRegion(smoke: () => Smoke): void {
  it("a01-leader-killed: nothing is lost, and the gap is the broker's session timeout", () => {
    const { result } = smoke().drill("a01-leader-killed");
    expect(measured(result, "rpo.records")?.value).to.equal(0);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    const cluster = result.recoveries.find(({ viewpoint }) => viewpoint === "cluster");
    // 9 s after its last heartbeat, which was up to 2 s ago; elections of a busy machine come on top.
    expect(cluster?.measure.value).to.be.within(5000, 25_000);
  });

  it("a01g-leader-stopped: nothing is lost, and no session has to run out", () => {
    const { result } = smoke().drill("a01g-leader-stopped");
    expect(measured(result, "rpo.records")?.value).to.equal(0);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    const cluster = result.recoveries.find(({ viewpoint }) => viewpoint === "cluster");
    expect(cluster?.measure.value).to.be.lessThan(7000);
  });

  it("isr-shrink-then-kill: the last replica in sync dies, and nothing is lost with it", () => {
    const { result } = smoke().drill("isr-shrink-then-kill");
    expect(measured(result, "rpo.records")?.value).to.equal(0);
    expect(measured(result, "lost.records")?.value).to.equal(0);
  });
}

function betweenRegions(smoke: () => Smoke): void {
  it("active-passive-region-loss: a tail is missing, nothing is lost for good, none is skipped", async function () {
    this.timeout(60_000);
    const { folder, result } = smoke().drill("active-passive-region-loss");
    expect(result.rpo.shape).to.be.oneOf(["none", "tail"]);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    expect(measured(result, "offsets.skipped")?.value).to.equal(0);
    expect(result.offsets.length).to.equal(6);
    const produce = result.recoveries.find(({ viewpoint }) => viewpoint === "produce");
    // The decision alone takes 5 s, so an RTO below that would be a lie.
    expect(produce?.measure.value).to.be.greaterThan(5000);
    expect(produce?.measure.censored).to.equal(false);
    await sameBytes(folder, "result.json", "findings.ndjson", "report.html");
  });

  it("region-partition: everything crosses in the end, and the exposure is the cut", () => {
    const { result } = smoke().drill("region-partition");
    expect(measured(result, "mirror.missing")?.value).to.equal(0);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    expect(result.exposure.maxTimeMs.value).to.be.greaterThan(28_000);
  });
}
