/** Goal: a record is acked when its transaction was committed, and never for less. */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { SendClient } from "../../../src/kafka/send-client.ts";
import type { Batch } from "../../../src/workload/lanes.ts";
import { Transactions } from "../../../src/workload/transactions.ts";

const MS = 1000;

class Bench {
  readonly settled: [seqFirst: number, code: number, offset: number][] = [];
  readonly renewed: string[] = [];
  readonly ends: boolean[] = [];
  readonly transactions: Transactions;
  answer: () => Promise<void> = async () => {};
  readonly client = {
    end: async (commit: boolean) => {
      this.ends.push(commit);
      await this.answer();
    },
  } as SendClient;

  constructor(abortedShare = 0) {
    this.transactions = new Transactions(
      { id: "t", commitEveryMs: 100, abortedShare },
      {
        settle: ({ seqFirst }, code, offset) => void this.settled.push([seqFirst, code, offset]),
        renew: (_client, reason) => void this.renewed.push(reason),
        tell: () => {},
      },
    );
  }

  batch(seqFirst: number): Batch {
    return { seqFirst, count: 1, dueFirstUs: seqFirst } as Batch;
  }

  turn(atMs: number, inFlight = 0, now = false): Promise<void> {
    this.transactions.turn(atMs * MS, { inFlight, client: this.client, now });
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** A whole transaction with one record in it. */
  async once(seq: number, atMs: number): Promise<void> {
    this.transactions.sent(atMs * MS);
    this.transactions.answered(this.batch(seq), OUTCOME.acked, 10 * seq);
    await this.turn(atMs + 100);
  }
}

describe(Transactions.name, () => {
  it("holds acks until the commit was confirmed, with the offsets of their sends", async () => {
    const bench = new Bench();
    bench.transactions.sent(0);
    bench.transactions.answered(bench.batch(1), OUTCOME.acked, 40);
    await bench.turn(50);
    expect([bench.settled, bench.ends]).to.deep.equal([[], []]);
    expect([bench.transactions.waiting, bench.transactions.oldestDueUs]).to.deep.equal([1, 1]);
    bench.transactions.answered(bench.batch(2), OUTCOME.acked, 41);
    await bench.turn(100);
    expect(bench.ends).to.deep.equal([true]);
    expect(bench.settled).to.deep.equal([
      [1, OUTCOME.acked, 40],
      [2, OUTCOME.acked, 41],
    ]);
    expect(bench.transactions.waiting).to.equal(0);
    expect(bench.renewed).to.deep.equal([]);
  });

  it("takes nothing more while it closes, and ends only when nothing is in flight", async () => {
    const bench = new Bench();
    bench.transactions.sent(0);
    await bench.turn(100, 1);
    expect([bench.transactions.takes, bench.ends]).to.deep.equal([false, []]);
    bench.transactions.answered(bench.batch(1), OUTCOME.acked, 7);
    await bench.turn(110, 0);
    expect([bench.transactions.takes, bench.ends]).to.deep.equal([true, [true]]);
  });

  it("aborts its share, evenly, and calls what was in it aborted", async () => {
    const bench = new Bench(0.4);
    for (let n = 0; n < 10; n += 1) await bench.once(n, n * 200);
    expect(bench.ends.map((commit) => (commit ? "c" : "a")).join("")).to.equal("ccacaccaca");
    const aborted = bench.settled.filter(([, code]) => code === OUTCOME.aborted);
    expect(aborted.map(([seq]) => seq)).to.deep.equal([2, 4, 7, 9]);
    expect(bench.settled.filter(([, code]) => code === OUTCOME.acked)).to.have.length(6);
    expect(bench.renewed).to.deep.equal([]);
  });
});

describe("a transaction in trouble", () => {
  it("is not committed after a send that went wrong, whose own outcome stays unclear", async () => {
    const bench = new Bench();
    bench.transactions.sent(0);
    bench.transactions.answered(bench.batch(1), OUTCOME.acked, 40);
    bench.transactions.answered(bench.batch(2), OUTCOME.indeterminate, 0, "timed out");
    expect(bench.transactions.takes).to.equal(false);
    await bench.turn(10);
    expect(bench.ends).to.deep.equal([false]);
    expect(bench.settled.map(([seq, code]) => [seq, code])).to.deep.equal([
      [1, OUTCOME.aborted],
      [2, OUTCOME.indeterminate],
    ]);
    expect(bench.renewed).to.deep.equal(["timed out"]);
  });

  for (const share of [0, 0.9]) {
    it(`leaves nothing known when the end was not answered (${share} aborted)`, async () => {
      const bench = new Bench(share);
      await bench.once(0, 0);
      bench.answer = () => Promise.reject(new Error("no answer"));
      await bench.once(1, 200);
      expect(bench.settled.at(-1)).to.deep.equal([1, OUTCOME.indeterminate, 10]);
      expect(bench.renewed).to.deep.equal(["no answer"]);
    });
  }

  it("gives up what it held, and does not listen to an answer that comes later", async () => {
    const bench = new Bench();
    let answer = () => {};
    bench.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await bench.once(1, 0);
    expect(bench.transactions.ending).to.equal(true);
    expect(bench.transactions.abandon().map(({ seqFirst }) => seqFirst)).to.deep.equal([1]);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect([bench.settled, bench.transactions.takes]).to.deep.equal([[], true]);
  });

  it("ends at once when nothing more will come", async () => {
    const bench = new Bench();
    bench.transactions.sent(0);
    bench.transactions.answered(bench.batch(1), OUTCOME.acked, 40);
    await bench.turn(1, 0, true);
    expect(bench.settled).to.deep.equal([[1, OUTCOME.acked, 40]]);
  });
});
