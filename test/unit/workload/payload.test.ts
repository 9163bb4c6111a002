/** Goal: a record proves by itself which one it is, and every way it can be wrong has its name. */
import zlib from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { DEFECT } from "../../../src/history/journal-format.ts";
import { crc32c } from "../../../src/kernel/crc32c.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import {
  bodyPlace,
  FLAG,
  PAYLOAD_HEADER_BYTES,
  POOL_BYTES,
} from "../../../src/workload/payload-format.ts";

const RUN = 0xfeedbeef;
const codec = new PayloadCodec(RUN);
const identity = { producer: 3, partition: 11, seq: 2 ** 40 + 12_345 };
const key = codec.key(identity.partition, identity.seq);
/** Both polynomials, no body, and a body longer than the pool. */
const SIZES = [PAYLOAD_HEADER_BYTES, 41, 100, 255, 256, 512, 65_576, 200_000];

const encode = (bytes: number) => codec.encode(bytes, identity, 123_456.5, key);

/** Corrects the CRC of a changed record, as the sender of a wrong record would have made it. */
function resign(value: Buffer): Buffer {
  const signed = Buffer.from(value);
  signed.writeUInt32LE(0, 36);
  const head = signed.subarray(0, PAYLOAD_HEADER_BYTES);
  const all = Buffer.concat([head, key, signed.subarray(PAYLOAD_HEADER_BYTES)]);
  const ieee = ((signed[3] ?? 0) & FLAG.ieee) !== 0;
  signed.writeUInt32LE(ieee ? zlib.crc32(all) : crc32c(all), 36);
  return signed;
}

describe(PayloadCodec.name, () => {
  it("reads back what it wrote, for any identity and size", () => {
    const identities = fc.record({
      producer: fc.integer({ min: 0, max: 65_535 }),
      partition: fc.integer({ min: 0, max: 65_535 }),
      seq: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    });
    const keys = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
    const sizes = fc.oneof(fc.constantFrom(...SIZES), fc.integer({ min: 40, max: 2000 }));
    fc.assert(
      fc.property(identities, sizes, fc.double({ noNaN: true }), keys, (id, bytes, dueUs, k) => {
        const value = codec.encode(bytes, id, dueUs, k, FLAG.canary);
        expect(value.length).to.equal(bytes);
        const flags = bytes < 256 ? FLAG.canary : FLAG.canary | FLAG.ieee;
        expect({ ...codec.verify(value, k) }).to.deep.equal({ defect: 0, ...id, dueUs, flags });
        expect(codec.encode(bytes, id, dueUs, k, FLAG.canary).equals(value)).to.equal(true);
      }),
    );
  });

  it("signs header, key and body, in that order", () => {
    for (const bytes of SIZES) expect(resign(encode(bytes)).equals(encode(bytes))).to.equal(true);
  });

  it("writes many records into one buffer, each in its place", () => {
    const slab = Buffer.alloc(300, 0xaa);
    codec.write(slab, 100, 100, identity, 123_456.5, key);
    expect(slab.subarray(100, 200).equals(encode(100))).to.equal(true);
    expect(slab.subarray(0, 100).every((byte) => byte === 0xaa)).to.equal(true);
    expect(slab.subarray(200).every((byte) => byte === 0xaa)).to.equal(true);
  });
});

describe("bodies and keys of a run", () => {
  it("derives the body from the whole identity and the run", () => {
    const body = (of: PayloadCodec, id: typeof identity) =>
      of.encode(140, id, 0, key).subarray(PAYLOAD_HEADER_BYTES).toString("hex");
    const bodies = new Set([
      body(codec, identity),
      body(new PayloadCodec(RUN + 1), identity),
      body(codec, { ...identity, producer: 4 }),
      body(codec, { ...identity, partition: 12 }),
      body(codec, { ...identity, seq: identity.seq + 1 }),
      body(codec, { ...identity, seq: identity.seq - 2 ** 40 }),
    ]);
    expect(bodies.size).to.equal(6);
    // Places are 4096, and a hash that spreads 2000 records evenly over them meets 1580.
    const many = new Set<string>();
    for (let seq = 0; seq < 2000; seq += 1) many.add(body(codec, { ...identity, seq }));
    expect(many.size).to.be.within(1500, 1660);
  });

  it("gives keys that name a partition and come again, one buffer each", () => {
    const fresh = new PayloadCodec(RUN);
    expect(fresh.key(0, 0).toString()).to.equal("p0-0");
    expect(fresh.key(3, 1042).toString()).to.equal("p3-42");
    expect(fresh.key(3, 42)).to.equal(fresh.key(3, 2 ** 40 - (2 ** 40 % 1000) + 42));
  });

  it("takes bodies out of one pool of its run, which goes round", () => {
    const fresh = new PayloadCodec(RUN);
    const pools = [0, 1, 2].map((seq) => {
      const bytes = PAYLOAD_HEADER_BYTES + POOL_BYTES;
      const body = fresh.encode(bytes, { ...identity, seq }, 0, key).subarray(PAYLOAD_HEADER_BYTES);
      const place = bodyPlace(RUN, identity.producer, identity.partition, seq);
      return Buffer.concat([
        body.subarray(POOL_BYTES - place),
        body.subarray(0, POOL_BYTES - place),
      ]);
    });
    expect(pools.every((pool) => pool.equals(pools[0] as Buffer))).to.equal(true);
    expect(new Set(pools[0]).size).to.equal(256);
  });

  it("refuses what cannot be a record", () => {
    expect(() => encode(39)).to.throw("at least 40 bytes");
    expect(() => codec.write(Buffer.alloc(99), 0, 100, identity, 0, key)).to.throw("fit");
    expect(() => codec.encode(100, { ...identity, seq: 2 ** 48 }, 0, key)).to.throw("48 bits");
    expect(() => codec.encode(100, { ...identity, producer: 65_536 }, 0, key)).to.throw();
    expect(() => codec.encode(100, { ...identity, seq: -1 }, 0, key)).to.throw("48 bits");
    for (const runTag of [2 ** 32, -1, 0.5]) {
      expect(() => new PayloadCodec(runTag)).to.throw("32 bits");
    }
    for (const runTag of [0, 2 ** 32 - 1]) {
      const own = new PayloadCodec(runTag);
      expect(own.verify(own.encode(100, identity, 0, key), key).defect).to.equal(0);
    }
  });
});

describe("a record that is not what was sent", () => {
  it("has a defect when any bit of it is flipped", () => {
    for (const bytes of [40, 100, 512]) {
      const value = encode(bytes);
      for (let bit = 0; bit < bytes * 8; bit += 1) {
        const at = bit >> 3;
        const changed = Buffer.from(value);
        changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
        const wanted = at >= 20 && at < 24 ? DEFECT.length : DEFECT.crc;
        expect(codec.verify(changed, key).defect, `bit ${bit} of ${bytes} bytes`).to.equal(wanted);
      }
    }
  });

  it("is cut, or too long", () => {
    for (const bytes of SIZES.slice(1)) {
      const longer = Buffer.concat([encode(bytes), Buffer.alloc(1)]);
      expect(codec.verify(longer, key).defect).to.equal(DEFECT.length);
      const shorter = encode(bytes).subarray(0, bytes - 1);
      expect(codec.verify(shorter, key).defect).to.equal(DEFECT.length);
    }
    expect(codec.verify(encode(100).subarray(0, 39), key).defect).to.equal(DEFECT.length);
    expect(codec.verify(encode(100).subarray(0, 3), key).defect).to.equal(DEFECT.length);
  });

  it("has another key, or none", () => {
    expect(codec.verify(encode(100), Buffer.from("other")).defect).to.equal(DEFECT.crc);
    expect(codec.verify(encode(100), null).defect).to.equal(DEFECT.crc);
    const keyless = codec.encode(100, identity, 0, null);
    expect(codec.verify(keyless, key).defect).to.equal(DEFECT.crc);
    expect(codec.verify(keyless, null).defect).to.equal(0);
  });

  it("has a body that is not its own, though its CRC is right", () => {
    for (const bytes of SIZES.slice(1)) {
      for (const at of [PAYLOAD_HEADER_BYTES, bytes - 1]) {
        const value = encode(bytes);
        value[at] = (value[at] ?? 0) ^ 1;
        expect(codec.verify(resign(value), key).defect).to.equal(DEFECT.body);
      }
    }
    const moved = encode(100);
    moved.writeUInt16LE(identity.partition + 1, 10);
    const verified = codec.verify(resign(moved), key);
    expect(verified).to.include({ defect: DEFECT.body, partition: identity.partition + 1 });
  });

  it("is of another run", () => {
    const value = new PayloadCodec(7).encode(100, identity, 0, key);
    expect(codec.verify(value, key)).to.include({ ...identity, defect: DEFECT.foreign });
    value[50] = (value[50] ?? 0) ^ 1;
    expect(codec.verify(value, key).defect).to.equal(DEFECT.crc);
  });

  it("is none of ours when neither its beginning nor its run and length are", () => {
    const other = new PayloadCodec(7).encode(100, identity, 0, key);
    const hurt = (value: Buffer, at: number) => {
      const copy = Buffer.from(value);
      copy[at] = 0x7f;
      return codec.verify(copy, key).defect;
    };
    // Magic, then version: of another run, of this run but cut, and of this run and whole.
    for (const at of [0, 2]) {
      expect(hurt(other, at)).to.equal(DEFECT.alien);
      expect(hurt(encode(100).subarray(0, 99), at)).to.equal(DEFECT.alien);
      expect(hurt(encode(100).subarray(0, 30), at)).to.equal(DEFECT.alien);
      expect(hurt(encode(100), at)).to.equal(DEFECT.crc);
    }
  });

  it("is none of ours, whatever it is", () => {
    const alien = { defect: DEFECT.alien, producer: 0, partition: 0, seq: 0, dueUs: 0, flags: 0 };
    const noise = Buffer.alloc(500, 0xab);
    for (const value of [null, Buffer.alloc(0), Buffer.alloc(2), Buffer.alloc(500), noise]) {
      expect(codec.verify(value, null)).to.deep.equal(alien);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(codec.verify(Buffer.from(bytes), key).defect).to.equal(DEFECT.alien);
      }),
    );
  });
});
