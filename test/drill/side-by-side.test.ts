/**
 * Two runs at once on one engine: neither meets the other's networks, names, ports or clean-up. And
 * one of them is ended by Ctrl-C while its faults act on and on: they stop at once.
 */
import { join } from "node:path";
import { expect } from "chai";
import { readHistory } from "../../src/history/history-reader.ts";
import { monotonicUs, poll } from "../../src/kernel/clock.ts";
import {
  Command,
  experiment,
  leftovers,
  resultOf,
  runIn,
  tinyFile,
  unexpectedReasons,
  useOut,
} from "./command.ts";

const READY_MS = 180_000;
/** From Ctrl-C to the last act of a fault, and to the beginning of its heal. */
const AT_ONCE_US = 1_000_000;

describe("two runs at once", () => {
  const out = useOut();

  it("do not disturb each other, and Ctrl-C stops what acts on and on at once", async () => {
    const restless = new Command(["run", experiment("restless"), "--out", join(out(), "restless")]);
    const calm = new Command(["run", tinyFile, "--out", join(out(), "calm")]);
    await restless.says(/flap: in effect/, READY_MS);
    const folder = runIn(join(out(), "restless"));
    const eventsOf = () => readHistory(join(folder, "history.ndjson")).events;
    const turns = () => eventsOf().filter(({ type }) => type === "fault.note");
    const before = turns().length;
    const flapping = await poll(async () => turns().length >= before + 3 || undefined, {
      everyMs: 100,
      withinMs: 30_000,
    });
    expect(flapping).to.equal(true);
    const interruptUs = monotonicUs();
    restless.child.kill("SIGINT");
    expect((await restless.finished).code).to.equal(130);

    const lastTurn = turns().at(-1);
    expect(lastTurn?.tUs).to.be.below(interruptUs + AT_ONCE_US);
    const healing = eventsOf().filter(({ type }) => type === "fault.healing");
    expect(healing).to.have.length(2);
    for (const { tUs } of healing) {
      expect(tUs).to.be.within(interruptUs, interruptUs + 2 * AT_ONCE_US);
    }
    expect(resultOf(folder).healFailures).to.equal(undefined);

    const { code, stderr } = await calm.finished;
    const calmFolder = runIn(join(out(), "calm"));
    const result = resultOf(calmFolder);
    expect(code, stderr).to.be.oneOf([0, 3]);
    expect(result.run.outcome).to.equal("completed");
    expect(result.rpo.records.value).to.equal(0);
    expect(unexpectedReasons(result)).to.deep.equal([]);
    for (const one of [folder, calmFolder]) {
      expect(await leftovers(one.slice(one.lastIndexOf("/") + 1))).to.deep.equal([]);
    }
  });
});
