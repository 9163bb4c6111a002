import { expect } from "chai";
import { delay, monotonicUs, poll, wallTime } from "../../../src/kernel/clock.ts";

/** Timers count whole milliseconds, and may fire within the last of them. */
const EARLY_MS = 2;

async function tookMs(work: () => Promise<unknown>): Promise<number> {
  const startUs = monotonicUs();
  await work();
  return (monotonicUs() - startUs) / 1000;
}

describe(monotonicUs.name, () => {
  it("counts whole microseconds, and never backwards", () => {
    let last = monotonicUs();
    for (let n = 0; n < 1000; n += 1) {
      const now = monotonicUs();
      expect(Number.isSafeInteger(now)).to.equal(true);
      expect(now).to.be.at.least(last);
      last = now;
    }
  });

  it("is the clock that every process of the machine shares", () => {
    const nowUs = Number(process.hrtime.bigint() / 1000n);
    expect(monotonicUs() - nowUs).to.be.within(0, 4_000_000);
  });
});

describe(wallTime.name, () => {
  it("is a UTC time with milliseconds", () => {
    expect(wallTime()).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

describe(delay.name, () => {
  it("waits", async () => {
    expect(await tookMs(() => delay(20))).to.be.within(20 - EARLY_MS, 4000);
  });

  it("ends at once when its signal aborts, before or while it waits", async () => {
    const before = new AbortController();
    before.abort();
    expect(await tookMs(() => delay(5000, before.signal))).to.be.lessThan(4000);
    const during = new AbortController();
    setTimeout(() => during.abort(), 5);
    expect(await tookMs(() => delay(5000, during.signal))).to.be.lessThan(4000);
  });

  it("leaves nothing on the signal of a long run", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await delay(1, signal);
    expect(listeners).to.equal(0);
  });
});

describe(poll.name, () => {
  it("gives the first thing found, which may be false, 0 or null", async () => {
    const answers = [undefined, undefined, 0];
    const found = await poll(async () => answers.shift(), { everyMs: 1, withinMs: 1000 });
    expect(found).to.equal(0);
    expect(answers).to.deep.equal([]);
    expect(await poll(async () => null, { everyMs: 1, withinMs: 0 })).to.equal(null);
  });

  it("takes a probe that throws for 'not yet', and hands on why", async () => {
    const errors: string[] = [];
    let asked = 0;
    const probe = async () => {
      asked += 1;
      if (asked < 3) throw new Error(`no ${asked}`);
      return asked;
    };
    const onError = (error: unknown) => void errors.push((error as Error).message);
    expect(await poll(probe, { everyMs: 1, withinMs: 1000, onError })).to.equal(3);
    expect(errors).to.deep.equal(["no 1", "no 2"]);
  });

  it("asks a last time when its time is over, and not an interval later", async () => {
    let asked = 0;
    const probe = async () => {
      asked += 1;
      return undefined;
    };
    const ms = await tookMs(() => poll(probe, { everyMs: 5000, withinMs: 200 }));
    expect(ms).to.be.within(200 - EARLY_MS, 4000);
    expect(asked).to.be.within(2, 3);
    asked = 0;
    expect(await poll(probe, { everyMs: 5000, withinMs: 0 })).to.equal(undefined);
    expect(asked).to.equal(1);
  });

  it("asks nothing after an abort", async () => {
    const controller = new AbortController();
    let asked = 0;
    const probe = async () => {
      asked += 1;
      controller.abort();
      return undefined;
    };
    const { signal } = controller;
    expect(await poll(probe, { everyMs: 5000, withinMs: 10_000, signal })).to.equal(undefined);
    expect(await poll(probe, { everyMs: 1, withinMs: 1000, signal })).to.equal(undefined);
    expect(asked).to.equal(1);
  });
});
