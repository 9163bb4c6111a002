/**
 * The shipped drills, for real: real brokers, MirrorMaker, Toxiproxy, faults. Counts must be exact
 * on any machine; times are asserted where they are Kafka's own and the instrument was healthy.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Result } from "../../src/reconcile/result.ts";
import {
  command,
  hasReport,
  leftovers,
  resultOf,
  runIn,
  shipped,
  unexpectedReasons,
  useOut,
} from "./command.ts";

const measured = (result: Result, metric: string) =>
  result.objectives.find((one) => one.metric === metric)?.measured;

async function drill(file: string, out: string): Promise<{ folder: string; result: Result }> {
  const { code, stdout, stderr } = await command("run", file, "--out", out);
  expect(code, `${stdout}\n${stderr}`).to.be.oneOf([0, 3]);
  const folder = runIn(out);
  const result = resultOf(folder);
  expect(result.exitCode).to.equal(code);
  expect(unexpectedReasons(result)).to.deep.equal([]);
  expect(result.run.outcome).to.equal("completed");
  expect(result.balances.length).to.be.greaterThan(2);
  expect(result.balances.filter(({ ties }) => !ties)).to.deep.equal([]);
  expect(result.faults.every(({ proof }) => proof !== null)).to.equal(true);
  expect(hasReport(folder)).to.equal(true);
  expectAllListed(folder, result);
  expect(await leftovers(result.run.id)).to.deep.equal([]);
  return { folder, result };
}

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
async function sameBytes(folder: string): Promise<void> {
  const read = () =>
    ["result.json", "findings.ndjson", "report.html"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
  const before = read();
  await command("judge", folder);
  await command("report", folder);
  expect(read()).to.deep.equal(before);
}

describe("shipped drills", () => {
  const out = useOut();

  it("active-passive-region-loss: a tail is missing, nothing is lost for good, none is skipped", async () => {
    const { folder, result } = await drill(shipped("active-passive-region-loss"), out());
    expect(result.rpo.shape).to.be.oneOf(["none", "tail"]);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    expect(measured(result, "offsets.skipped")?.value).to.equal(0);
    expect(result.offsets.length).to.equal(12);
    const produce = result.recoveries.find(({ viewpoint }) => viewpoint === "produce");
    // The decision alone takes 5 s, so an RTO below that would be a lie.
    expect(produce?.measure.value).to.be.greaterThan(5000);
    expect(produce?.measure.censored).to.equal(false);
    await sameBytes(folder);
  });

  it("broker-crash: nothing is lost, and the gap is the broker's session timeout", async () => {
    const { result } = await drill(shipped("broker-crash"), out());
    expect(measured(result, "rpo.records")?.value).to.equal(0);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    const cluster = result.recoveries.find(({ viewpoint }) => viewpoint === "cluster");
    // 9 s after its last heartbeat, which was up to 2 s ago; elections of a busy machine come on top.
    expect(cluster?.measure.value).to.be.within(5000, 25_000);
  });

  it("region-partition: everything crosses in the end, and the exposure is the cut", async () => {
    const { result } = await drill(shipped("region-partition"), out());
    expect(measured(result, "mirror.missing")?.value).to.equal(0);
    expect(measured(result, "lost.records")?.value).to.equal(0);
    expect(result.exposure.maxTimeMs.value).to.be.greaterThan(28_000);
  });
});
