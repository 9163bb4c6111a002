/** Goal: the small parts of an agent, each by its own rule. */
import { PassThrough } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { newestPartitions } from "../../../src/workload/admin.ts";
import { HealthMonitor, parseThrottledUs } from "../../../src/workload/health.ts";
import { LagHistogram } from "../../../src/workload/lag-histogram.ts";
import { LineSplitter, MessageWriter } from "../../../src/workload/message-stream.ts";
import { HealthCounter } from "../../../src/workload/watchdog.ts";

describe(LineSplitter.name, () => {
  it("gives the same lines however the bytes were cut", () => {
    const lines = ['{"id":1,"op":"hello"}', '{"x":"é€😀"}', '{"id":2}'];
    const bytes = Buffer.from(`${lines.join("\n")}\n\n`);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (cuts) => {
        const splitter = new LineSplitter();
        const got: string[] = [];
        for (let at = 0, n = 0; at < bytes.length; n += 1) {
          const size = cuts[n % cuts.length] ?? 1;
          got.push(...splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(got).to.deep.equal(lines);
      }),
    );
  });

  it("keeps an unfinished line for later", () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from('{"a":'))).to.deep.equal([]);
    expect(splitter.push(Buffer.from("1}\n"))).to.deep.equal(['{"a":1}']);
  });
});

describe(MessageWriter.name, () => {
  it("drops stats, and nothing else, while the reader is behind", () => {
    const out = new PassThrough({ highWaterMark: 16 });
    const writer = new MessageWriter(out);
    writer.send({ re: 1, ok: false, error: "x".repeat(3_000_000) });
    const before = out.writableLength;
    writer.send({ event: "stats" } as Parameters<MessageWriter["send"]>[0]);
    expect(out.writableLength).to.equal(before);
    writer.send({ re: 2, ok: true, value: null });
    expect(out.writableLength).to.be.greaterThan(before);
  });
});

describe(LagHistogram.name, () => {
  it("gives p99 within an eighth, the exact maximum, and starts again", () => {
    const histogram = new LagHistogram();
    for (let n = 1; n <= 1000; n += 1) histogram.add(n * 1000);
    const { p99Us, maxUs } = histogram.take();
    expect(maxUs).to.equal(1_000_000);
    expect(p99Us).to.be.within(990_000, 990_000 * 1.125);
    expect(histogram.take()).to.deep.equal({ p99Us: 0, maxUs: 0 });
  });
});

describe("any age", () => {
  it("comes back as a percentile within an eighth, never too small", () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 2 ** 40 }), (lagUs) => {
        const histogram = new LagHistogram();
        for (let n = 0; n < 99; n += 1) histogram.add(lagUs);
        histogram.add(2 ** 41);
        const { p99Us } = histogram.take();
        const known = Math.min(Math.max(lagUs, 0), 2 ** 32);
        expect(p99Us).to.be.within(known, Math.max(1, known * 1.125 + 1));
      }),
    );
  });
});

describe(HealthCounter.name, () => {
  it("needs so many failures in a row, and one answer to recover; tells changes only", () => {
    const counter = new HealthCounter(3);
    const told = [false, false, true, false, false, false, false, true, true].map((answered) =>
      counter.round(answered),
    );
    expect(told).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      false,
      undefined,
      true,
      undefined,
    ]);
  });
});

describe(parseThrottledUs.name, () => {
  it("reads both versions of cgroups", () => {
    expect(parseThrottledUs("usage_usec 5\nthrottled_usec 1234\n")).to.equal(1234);
    expect(parseThrottledUs("nr_throttled 2\nthrottled_time 5000000\n")).to.equal(5000);
    expect(parseThrottledUs("")).to.equal(0);
  });
});

describe(HealthMonitor.name, () => {
  it("sees a block of the event loop, even when asked before its own timer ran", async () => {
    const monitor = new HealthMonitor();
    await new Promise((resolve) => setTimeout(resolve, 30));
    monitor.take();
    const end = performance.now() + 80;
    while (performance.now() < end);
    expect(monitor.take().loopDelayMaxUs).to.be.within(60_000, 5_000_000);
    monitor.stop();
  });
});

describe(newestPartitions.name, () => {
  const view = (leaderEpoch: number, leaderId: number) => ({
    errorCode: 0,
    name: "t",
    topicId: "",
    isInternal: false,
    topicAuthorizedOperations: 0,
    partitions: [
      {
        errorCode: 0,
        partitionIndex: 0,
        leaderId,
        leaderEpoch,
        replicaNodes: [1, 2],
        isrNodes: [leaderId],
        offlineReplicas: [],
      },
    ],
  });

  it("takes the highest leader epoch, whoever answered first", () => {
    for (const views of [
      [view(4, 1), view(5, 2), null],
      [view(5, 2), null, view(4, 1)],
    ]) {
      expect(newestPartitions(views)).to.deep.equal([
        { partition: 0, leader: 2, leaderEpoch: 5, replicas: [1, 2], isr: [2] },
      ]);
    }
  });

  it("is null only when everybody says that the topic does not exist", () => {
    expect(newestPartitions([null, null])).to.equal(null);
  });
});
