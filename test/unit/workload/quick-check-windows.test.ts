/**
 * Goal: what the quick check keeps in its memory is never mistaken for something else, and it answers
 * itself wherever it can: only the time that a drill takes would show that it did not.
 *
 * Method: the quick check alone, without the whole check that takes over where it says nothing.
 */
import { expect } from "chai";
import { type RecordStretch, walkBatches } from "../../../src/kafka/record-batch.ts";
import { crc32c } from "../../../src/kernel/crc32c.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import {
  bodyPlace,
  POOL_BYTES,
  type RecordIdentity,
} from "../../../src/workload/payload-format.ts";
import { QuickCheck } from "../../../src/workload/quick-check.ts";
import { KEY_BYTES_MAX, LENGTHS_MAX, WINDOW_BYTES } from "../../../src/workload/record-memory.ts";
import { batchOf, type Sent } from "./batches.ts";

const RUN = 0xfeedbeef;
const codec = new PayloadCodec(RUN);
const STREAM = { producer: 1, partition: 2 };
const nothing = () => ({ defect: -1, producer: 0, partition: 0, seq: 0, dueUs: 0, flags: 0 });

/** The run's pool, as a body that begins where it does shows it. */
function pool(): Buffer {
  let seq = 0;
  while (bodyPlace(RUN, 0, 0, seq) !== 0) seq += 1;
  const identity = { producer: 0, partition: 0, seq };
  const half = codec.encode(40 + POOL_BYTES, identity, 0, null).subarray(40);
  return Buffer.concat([half, half]);
}
const POOL = pool();

const encoded = (
  seq: number,
  { bytes = 100, key = null as Buffer | null, of = STREAM, dueUs = 0 } = {},
) => codec.encode(bytes, { ...of, seq }, dueUs, key);

/** One that has met these records. */
function quickAfter(...met: Buffer[]): QuickCheck {
  const quick = new QuickCheck(RUN, POOL);
  for (const value of met) learn(quick, value);
  return quick;
}

function learn(quick: QuickCheck, value: Buffer): void {
  const [producer, partition] = [value.readUInt16LE(8), value.readUInt16LE(10)];
  quick.learn(value, { ...nothing(), producer, partition, flags: value[3] as number });
}

const isSound = (quick: QuickCheck, value: Buffer, key: Buffer | null = null) =>
  quick.sound(value, key, nothing());

describe("what the quick check has learned", () => {
  it("stays what it was when more streams and lengths are learned", () => {
    const [one, other] = [STREAM, { producer: 2, partition: 9 }];
    const quick = quickAfter(encoded(0), encoded(0, { of: other }));
    // Of both polynomials, and none in the slot of another.
    const lengths = [165, 1002, 40, 5000, 41, 6001];
    for (const bytes of lengths) learn(quick, encoded(0, { bytes, of: one }));
    for (const stream of [one, other]) {
      expect(isSound(quick, encoded(7, { of: stream }))).to.equal(true);
    }
    for (const bytes of lengths) {
      expect(isSound(quick, encoded(7, { bytes }))).to.equal(true);
    }
  });

  it("is forgotten when there are more lengths than room, and learned anew", () => {
    const quick = quickAfter();
    // None shares a slot with another.
    const bytes = (n: number) => 100 + n;
    for (let n = 0; n < LENGTHS_MAX; n += 1) learn(quick, encoded(0, { bytes: bytes(n) }));
    const known = (n: number) => isSound(quick, encoded(3, { bytes: bytes(n) }));
    const last = LENGTHS_MAX - 1;
    expect([known(0), known(last)]).to.deep.equal([true, true]);
    learn(quick, encoded(0, { bytes: bytes(LENGTHS_MAX) }));
    expect([known(0), known(last), known(LENGTHS_MAX)]).to.deep.equal([false, false, true]);
    learn(quick, encoded(0, { bytes: bytes(0) }));
    expect([known(0), known(LENGTHS_MAX)]).to.deep.equal([true, true]);
  });

  it("leaves the pool as it is, from end to end", () => {
    const bytes = 40 + POOL_BYTES;
    // Bodies that begin late in the pool's first copy end late in its second.
    const late = (of: typeof STREAM) => {
      let seq = 1;
      while (bodyPlace(RUN, of.producer, of.partition, seq) < POOL_BYTES - 64) seq += 1;
      return encoded(seq, { bytes, of });
    };
    const streams = Array.from({ length: 8 }, (_, n) => ({ producer: n, partition: 5 * n }));
    const quick = quickAfter(...streams.map((of) => encoded(0, { bytes, of })));
    for (const stream of streams) expect(isSound(quick, late(stream))).to.equal(true);
  });

  it("is not touched by a record that is too long, or of no seq it knows", () => {
    const quick = quickAfter(encoded(0));
    learn(quick, encoded(0, { bytes: 200_000 }));
    expect(isSound(quick, encoded(1))).to.equal(true);
    for (const at of [18, 19]) {
      const odd = encoded(0);
      odd[at] = 1;
      let sum = crc32c(odd, 0, 36);
      sum = crc32c(Buffer.alloc(4), 0, 4, sum);
      odd.writeUInt32LE(crc32c(odd, 40, odd.length, sum), 36);
      expect(new PayloadCodec(RUN).verify(odd, null).defect, "a sound record").to.equal(0);
      learn(quick, odd);
      expect(isSound(quick, odd)).to.equal(false);
      expect(isSound(quick, encoded(1))).to.equal(true);
    }
  });

  it("holds for any key there is room for", () => {
    const key = (bytes: number) => Buffer.alloc(bytes, "k");
    const sound = (bytes: number) => {
      const quick = quickAfter(encoded(0));
      return isSound(quick, encoded(1, { key: key(bytes) }), key(bytes));
    };
    expect([0, 1, KEY_BYTES_MAX, KEY_BYTES_MAX + 1].map(sound)).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe("the window of the quick check", () => {
  for (const bytes of [40, 100, 20_000, 60_000]) {
    it(`finds every record of ${bytes} bytes of a fetch, there and back`, () => {
      const quick = quickAfter(encoded(0, { bytes }));
      const count = bytes > 1000 ? 6 : 2500;
      const records = Array.from({ length: count }, (_, seq) => {
        const key = seq % 3 === 0 ? null : codec.key(2, seq);
        return { key, value: encoded(seq, { bytes, key, dueUs: 5 * seq }) };
      });
      const fetched = Buffer.concat(
        records.flatMap(({ key, value }) => [key ?? Buffer.alloc(0), value]),
      );
      let at = 0;
      const places = records.map(({ key }) => {
        const keyAt = at;
        const valueAt = keyAt + (key?.length ?? 0);
        at = valueAt + bytes;
        return { keyAt, keyBytes: key?.length ?? -1, valueAt };
      });
      expect(at).to.be.greaterThan(WINDOW_BYTES);
      const found = (n: number) => {
        const { keyAt, keyBytes, valueAt } = places[n] as (typeof places)[number];
        const told = nothing();
        const sound = quick.soundIn(fetched, keyAt, keyBytes, valueAt, bytes, told);
        return sound && told.seq === n && told.dueUs === 5 * n;
      };
      const numbers = records.map((_, n) => n);
      for (const order of [numbers, numbers.toReversed()]) {
        expect(order.filter((n) => !found(n))).to.deep.equal([]);
      }
    });
  }

  it("holds a record whose key lies just so far from its value, and none that lies farther", () => {
    const quick = quickAfter(encoded(0));
    const key = Buffer.from("far");
    const sound = (span: number) => {
      const fetched = Buffer.concat([key, Buffer.alloc(span - 103), encoded(1, { key }), key]);
      return quick.soundIn(fetched, 0, 3, span - 100, 100, nothing());
    };
    expect([103, WINDOW_BYTES, WINDOW_BYTES + 1].map(sound)).to.deep.equal([true, true, false]);
  });

  it("holds no record whose key lies behind it", () => {
    const quick = quickAfter(encoded(0));
    const key = Buffer.from("behind");
    const fetched = Buffer.concat([encoded(1, { key }), key]);
    expect(quick.soundIn(fetched, 100, key.length, 0, 100, nothing())).to.equal(false);
  });

  it("is filled anew once the bytes are said to be others", () => {
    const quick = quickAfter(encoded(0));
    const fetched = Buffer.from(encoded(1));
    const seq = () => {
      const told = nothing();
      return quick.soundIn(fetched, 0, -1, 0, 100, told) ? told.seq : -1;
    };
    expect(seq()).to.equal(1);
    encoded(2).copy(fetched);
    quick.newBytes();
    expect(seq()).to.equal(2);
  });

  it("tells a seq of more than 32 bits", () => {
    const quick = quickAfter(encoded(2 ** 40 + 5));
    const told = nothing();
    expect(quick.sound(encoded(2 ** 40 + 7), null, told)).to.equal(true);
    expect(told.seq).to.equal(2 ** 40 + 7);
  });
});

const records = (from: number, count: number, bytes = 100): Sent[] =>
  Array.from({ length: count }, (_, n) => {
    const seq = from + n;
    const key = codec.key(2, seq);
    return { key, value: encoded(seq, { bytes, key, dueUs: seq }) };
  });

/** What a reader is offered at the first record of each batch. */
function stretchesOf(fetched: Buffer): RecordStretch[] {
  const offered: RecordStretch[] = [];
  walkBatches(fetched, 0, {
    record: () => {},
    run: (stretch) => {
      if (offered.at(-1)?.base !== stretch.base) offered.push({ ...stretch });
      return 0;
    },
  });
  return offered;
}

const first = (fetched: Buffer) => stretchesOf(fetched)[0] as RecordStretch;
const at = (seq: number, of = STREAM): RecordIdentity => ({ ...of, seq });

describe("a run of the quick check", () => {
  it("takes what goes on from the record that was asked for, up to its end, and moves there", () => {
    const quick = quickAfter(encoded(0));
    const stretch = first(batchOf(50, records(7, 20)));
    expect(quick.run(stretch, at(7), 50)).to.equal(20);
    expect(stretch.at).to.equal(stretch.end);
    expect([...quick.dues.subarray(0, 20)]).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => 7 + n),
    );
  });

  it("takes nothing for another stream, seq or offset than those that are there", () => {
    const quick = quickAfter(encoded(0));
    const stretch = first(batchOf(50, records(7, 20)));
    const taken = (next: RecordIdentity, offset: number, more: Partial<RecordStretch> = {}) =>
      quick.run({ ...stretch, ...more }, next, offset);
    expect(taken(at(7, { producer: 9, partition: 2 }), 50)).to.equal(0);
    expect(taken(at(7, { producer: 1, partition: 9 }), 50)).to.equal(0);
    for (const seq of [6, 8, 7 + 2 ** 32]) expect(taken(at(seq), 50), `${seq}`).to.equal(0);
    for (const offset of [49, 51, 50 + 2 ** 32]) expect(taken(at(7), offset)).to.equal(0);
    for (const until of [3, 49, 50]) expect(taken(at(7), 50, { until })).to.equal(0);
    expect(taken(at(7), 50, { until: 54 })).to.equal(4);
    expect(taken(at(7), 50, { left: 3 })).to.equal(3);
    expect(new QuickCheck(RUN, POOL).run({ ...stretch }, at(7), 50)).to.equal(0);
  });

  it("goes on beyond 32 bits of seq, and ends where the word above changes", () => {
    const from = 2 ** 32 - 3;
    const stretch = () => first(batchOf(0, records(from, 10)));
    expect(quickAfter(encoded(0)).run(stretch(), at(from), 0)).to.equal(3);
    const beyond = first(batchOf(0, records(2 ** 40, 10)));
    expect(quickAfter(encoded(2 ** 40 + 99)).run(beyond, at(2 ** 40), 0)).to.equal(10);
  });

  it("reads the bytes that it is given, and not those of the fetch before", () => {
    const quick = quickAfter(encoded(0));
    const sound = batchOf(50, records(7, 20));
    const hurt = Buffer.from(sound);
    const value = (records(11, 1)[0] as Sent).value;
    const damaged = hurt.indexOf(value) + 60;
    hurt[damaged] = (hurt[damaged] as number) ^ 1;
    expect(quick.run(first(sound), at(7), 50)).to.equal(20);
    expect(quick.run(first(hurt), at(7), 50)).to.equal(4);
    expect(quick.run(first(sound), at(7), 50)).to.equal(20);
  });

  it("takes the batches of a fetch in any order, and long records as well", () => {
    for (const [bytes, count] of [
      [100, 400],
      [20_000, 12],
    ] as const) {
      const quick = quickAfter(encoded(0, { bytes }));
      const batches = [0, 1, 2].map((n) => batchOf(n * count, records(n * count, count, bytes)));
      const stretches = stretchesOf(Buffer.concat(batches));
      const taken = (n: number) => {
        const stretch = { ...(stretches[n] as RecordStretch) };
        let all = 0;
        for (let some = -1; some !== 0; all += some) {
          some = quick.run(stretch, at(n * count + all), n * count + all);
          stretch.left -= some;
        }
        return all;
      };
      expect([2, 2, 0, 1, 0].map(taken)).to.deep.equal(Array(5).fill(count));
    }
  });
});
