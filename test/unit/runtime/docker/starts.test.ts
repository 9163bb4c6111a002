import { expect } from "chai";
import { Starts } from "../../../../src/runtime/docker/starts.ts";
import { refusal } from "../../../support/fault-world.ts";

describe(Starts.name, () => {
  it("gives what was started, or why it was not", async () => {
    const starts = new Starts();
    expect(await starts.track("b1", async () => 5)).to.equal(5);
    const failing = starts.track("b2", () => Promise.reject(new Error("no room")));
    expect(await refusal(failing)).to.equal("no room");
    await starts.settled();
  });

  it("starts nothing once it is over, and lets others stop waiting", async () => {
    const starts = new Starts();
    let begun = false;
    expect(starts.over.aborted).to.equal(false);
    starts.end();
    expect(starts.over.aborted).to.equal(true);
    const late = starts.track("b1", async () => {
      begun = true;
    });
    expect(await refusal(late)).to.equal("the run is over, b1 is not started");
    expect(begun).to.equal(false);
  });

  it("waits for what is under way, however it ends", async () => {
    const starts = new Starts();
    const slow = Promise.withResolvers<number>();
    const failing = Promise.withResolvers<number>();
    const started = Promise.allSettled([
      starts.track("slow", () => slow.promise),
      starts.track("failing", () => failing.promise),
    ]);
    let settled = false;
    const waiting = starts.settled().then(() => {
      settled = true;
    });
    slow.resolve(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).to.equal(false);
    failing.reject(new Error("no room"));
    await waiting;
    expect((await started).map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
  });
});
