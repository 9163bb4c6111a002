/** Goal: the quick check passes nothing that the whole check would not, and is used at all. */
import { expect } from "chai";
import fc from "fast-check";
import { DEFECT } from "../../../src/history/journal-format.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import {
  bodyPlace,
  FLAG,
  POOL_BYTES,
  type Verified,
} from "../../../src/workload/payload-format.ts";
import { QuickCheck } from "../../../src/workload/quick-check.ts";

const RUN = 0xfeedbeef;
const codec = new PayloadCodec(RUN);
const nothing = () => ({ defect: -1, producer: 0, partition: 0, seq: 0, dueUs: 0, flags: 0 });

const identities = fc.record({
  producer: fc.integer({ min: 0, max: 65_535 }),
  partition: fc.integer({ min: 0, max: 65_535 }),
  seq: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 ** 48 - 1 })),
});
const sizes = fc.oneof(
  fc.constantFrom(40, 41, 55, 56, 57, 255, 256, 512, 40 + POOL_BYTES, 41 + POOL_BYTES),
  fc.integer({ min: 40, max: 1500 }),
);
const times = fc.oneof(fc.integer({ min: 0, max: 2 ** 44 }), fc.double({ noNaN: true }));
const keys = fc.option(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)));
/** A record, and another of the same stream that the codec has met before. */
const records = fc.record({ identity: identities, bytes: sizes, dueUs: times, key: keys });

type Made = { value: Buffer; key: Buffer | null };

/** What fast-check makes of `records`, encoded, its forerunner checked already. */
function met(one: typeof records extends fc.Arbitrary<infer R> ? R : never): Made {
  const { identity, bytes, dueUs, key } = one;
  const before = { ...identity, seq: Math.max(0, identity.seq - 1) };
  expect(codec.verify(codec.encode(bytes, before, 7, key), key).defect).to.equal(0);
  return { value: codec.encode(bytes, identity, dueUs, key), key };
}

function flip(bytes: Buffer, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
  return flipped;
}

describe(QuickCheck.name, () => {
  /** The codec's pool is its own; the sound body of a record is a part of it. */
  const pool = Buffer.concat([body(POOL_BYTES), body(POOL_BYTES)]);

  function body(bytes: number): Buffer {
    // A record whose body begins where the pool does shows the pool.
    for (let seq = 0; ; seq += 1) {
      const one = { producer: 0, partition: 0, seq };
      if (placeOf(one) === 0) return codec.encode(40 + bytes, one, 0, null).subarray(40);
    }
  }

  function placeOf(one: { producer: number; partition: number; seq: number }): number {
    return bodyPlace(RUN, one.producer, one.partition, one.seq);
  }

  it("passes the records of a stream it has learned, and says which they are", () => {
    fc.assert(
      fc.property(records, fc.constantFrom(0, FLAG.canary), (one, flag) => {
        const { identity, bytes, dueUs, key } = one;
        const quick = new QuickCheck(RUN, pool);
        const value = codec.encode(bytes, identity, dueUs, key, flag);
        expect(quick.sound(value, key, nothing())).to.equal(false);
        quick.learn(value, { ...codec.verify(value, key) });
        const fits = bytes <= 40 + POOL_BYTES;
        const next = { ...identity, seq: Math.max(0, identity.seq - 1) };
        const wanted: Verified = { ...codec.verify(value, key), ...next, dueUs: dueUs + 1 };
        const found = nothing();
        const sound = quick.sound(codec.encode(bytes, next, dueUs + 1, key, flag), key, found);
        const sameHigh = Math.floor(next.seq / 2 ** 32) === Math.floor(identity.seq / 2 ** 32);
        expect(sound).to.equal(fits && sameHigh);
        if (sound) expect(found).to.deep.equal(wanted);
      }),
      { numRuns: 50 },
    );
  });

  it("leaves a record to the whole check that is longer than its memory, and is not hurt", () => {
    const quick = new QuickCheck(RUN, pool);
    const identity = { producer: 1, partition: 2, seq: 77 };
    const value = codec.encode(512, identity, 0, null);
    quick.learn(value, { ...codec.verify(value, null) });
    for (const bytes of [41 + POOL_BYTES, 200_000, 1_000_000]) {
      expect(quick.sound(Buffer.alloc(bytes, value), null, nothing())).to.equal(false);
      expect(quick.sound(value, null, nothing())).to.equal(true);
    }
  });

  it("tells streams apart that share a slot", () => {
    const quick = new QuickCheck(RUN, pool);
    const one = { producer: 1, partition: 2, seq: 0 };
    const other = { producer: 2, partition: 1, seq: 0 };
    const value = codec.encode(100, one, 0, null);
    quick.learn(value, { ...codec.verify(value, null) });
    expect(quick.sound(value, null, nothing())).to.equal(true);
    expect(quick.sound(codec.encode(100, other, 0, null), null, nothing())).to.equal(false);
    expect(quick.sound(codec.encode(164, one, 0, null), null, nothing())).to.equal(false);
  });
});

describe("a record in what a fetch brought", () => {
  it("is judged as it is alone", () => {
    const change = fc.record({ bit: fc.nat(), hurt: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.tuple(records, change), { maxLength: 12 }), fc.nat(9), (all, gap) => {
        const alone = new PayloadCodec(RUN);
        const fetching = new PayloadCodec(RUN);
        const places: { key: Buffer | null; value: Buffer; keyAt: number; valueAt: number }[] = [];
        const parts: Buffer[] = [Buffer.alloc(gap)];
        let at = gap;
        for (const [one, { bit, hurt }] of all) {
          const whole = codec.encode(one.bytes, one.identity, one.dueUs, one.key);
          const value = hurt ? flip(whole, bit % (8 * whole.length)) : whole;
          const keyAt = at;
          const valueAt = keyAt + (one.key?.length ?? 0) + 1;
          places.push({ key: one.key, value, keyAt, valueAt });
          parts.push(one.key ?? Buffer.alloc(0), Buffer.from([2]), value);
          at = valueAt + value.length;
        }
        const bytes = Buffer.concat(parts);
        // Twice: what was learned in the first round is used in the second, from other windows.
        for (const { key, value, keyAt, valueAt } of [...places, ...places]) {
          const wanted = { ...alone.verify(value, key) };
          const found = fetching.verifyIn(bytes, keyAt, key?.length ?? -1, valueAt, value.length);
          expect({ ...found }).to.deep.equal(wanted);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("may be cut, empty or no value at all", () => {
    const fetching = new PayloadCodec(RUN);
    const bytes = codec.encode(100, { producer: 1, partition: 2, seq: 5 }, 0, null);
    const defect = (valueBytes: number) => fetching.verifyIn(bytes, 0, -1, 0, valueBytes).defect;
    expect(defect(100)).to.equal(0);
    expect([99, 40, 39, 3].map(defect)).to.deep.equal(Array(4).fill(DEFECT.length));
    expect([2, 0, -1].map(defect)).to.deep.equal(Array(3).fill(DEFECT.alien));
  });

  it("is checked whole where its key lies far from it, or behind it", () => {
    const fetching = new PayloadCodec(RUN);
    const key = Buffer.from("p2-5");
    const value = codec.encode(100, { producer: 1, partition: 2, seq: 5 }, 0, key);
    expect(fetching.verify(value, key).defect).to.equal(0);
    const far = Buffer.concat([key, Buffer.alloc(100_000), value, key]);
    const valueAt = key.length + 100_000;
    for (const keyAt of [0, valueAt + value.length]) {
      const defect = () => fetching.verifyIn(far, keyAt, key.length, valueAt, 100).defect;
      expect(defect()).to.equal(0);
      far[valueAt + 60] = (far[valueAt + 60] as number) ^ 1;
      fetching.newBytes();
      expect(defect()).to.equal(DEFECT.crc);
      far[valueAt + 60] = (far[valueAt + 60] as number) ^ 1;
      fetching.newBytes();
    }
  });

  it("is looked at anew once the buffer is said to have new bytes", () => {
    const known = new PayloadCodec(RUN);
    const identity = { producer: 1, partition: 2, seq: 5 };
    const bytes = Buffer.from(codec.encode(100, identity, 0, null));
    const verify = () => ({ ...known.verifyIn(bytes, 0, -1, 0, 100) });
    known.newBytes();
    for (let n = 0; n < 3; n += 1) expect(verify()).to.include({ defect: 0, seq: 5 });
    codec.encode(100, { ...identity, seq: 6 }, 0, null).copy(bytes);
    known.newBytes();
    expect(verify()).to.include({ defect: 0, seq: 6 });
    bytes[60] = (bytes[60] as number) ^ 1;
    known.newBytes();
    expect(verify().defect).to.not.equal(0);
  });
});

describe("a record of a stream that is known", () => {
  it("is checked whole once for its stream and length, and never when it is hurt", () => {
    const { learn } = QuickCheck.prototype;
    let learned = 0;
    QuickCheck.prototype.learn = function (value, verified) {
      learned += 1;
      learn.call(this, value, verified);
    };
    try {
      const fresh = new PayloadCodec(RUN);
      const record = (seq: number, bytes = 100) =>
        codec.encode(bytes, { producer: 1, partition: 2, seq }, 0, null);
      fresh.verify(flip(record(0), 500), null);
      expect(learned).to.equal(0);
      for (let seq = 0; seq < 5; seq += 1) {
        fresh.verify(record(seq), null);
        fresh.verifyIn(record(seq), 0, -1, 0, 100);
      }
      expect(learned).to.equal(1);
      fresh.verify(record(5, 120), null);
      expect(learned).to.equal(2);
    } finally {
      QuickCheck.prototype.learn = learn;
    }
  });

  it("is sound as it was sent", () => {
    fc.assert(
      fc.property(records, (one) => {
        const { value, key } = met(one);
        const { producer, partition, seq } = one.identity;
        const found = codec.verify(value, key);
        expect(found).to.include({ defect: 0, producer, partition, seq, dueUs: one.dueUs });
      }),
    );
  });

  it("has a defect when any one bit of header, key or body is flipped", () => {
    fc.assert(
      fc.property(records, fc.nat(), (one, chosen) => {
        const { value, key } = met(one);
        const keyBits = (key?.length ?? 0) * 8;
        const bit = chosen % (value.length * 8 + keyBits);
        const [hurt, hurtKey] =
          bit < keyBits && key !== null
            ? [value, flip(key, bit)]
            : [flip(value, bit - keyBits), key];
        expect(codec.verify(hurt, hurtKey).defect, `bit ${bit}`).to.not.equal(0);
        expect(codec.verify(value, key).defect).to.equal(0);
      }),
      { numRuns: 500 },
    );
  });

  it("is judged as by a codec that knows no stream yet, whatever was done to it", () => {
    const changes = fc.array(fc.record({ at: fc.nat(120), byte: fc.nat(255), cut: fc.nat(3) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(records, changes, keys, fc.boolean(), (one, changed, otherKey, swap) => {
        const made = met({ ...one, bytes: Math.min(one.bytes, 1500) });
        let { value } = made;
        for (const { at, byte, cut } of changed) {
          value = value.subarray(0, value.length - cut);
          if (at < value.length) value[at] = byte;
        }
        const key = swap ? otherKey : made.key;
        const fresh = { ...new PayloadCodec(RUN).verify(value, key) };
        expect({ ...codec.verify(value, key) }).to.deep.equal(fresh);
      }),
      { numRuns: 150 },
    );
  });

  it("has the body of another record, or a header of another, under a sum that fits neither", () => {
    fc.assert(
      fc.property(records, (one) => {
        const { value } = met(one);
        const seq = one.identity.seq === 0 ? 1 : one.identity.seq - 1;
        const other = codec.encode(one.bytes, { ...one.identity, seq }, one.dueUs, one.key);
        const mixed = Buffer.concat([value.subarray(0, 40), other.subarray(40)]);
        fc.pre(!mixed.equals(value));
        expect(codec.verify(mixed, one.key).defect).to.not.equal(0);
      }),
    );
  });
});
