/**
 * Goal: a journal that is not what was written is never taken for one that is.
 * Method: sound journals, damaged in every way a disk, a kill or a hand can, each must be found.
 */
import fs from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { BLOCK_HEADER_BYTES, ROW_BYTES } from "../../src/history/journal-format.ts";
import { readJournal } from "../../src/history/journal-reader.ts";
import {
  arbitraryGroups,
  type BuiltJournal,
  blocksOf,
  buildJournal,
  readBytes,
  row,
  useTemporaryFolder,
} from "../unit/history/journal-builder.ts";

const small = (dir: string, closed: boolean) =>
  buildJournal(dir, [[row(1), row(2)], [row(3)]], { closed });

/** What is said of `bytes` in the place of a journal; by default with all that was known of it. */
const verdictOf = (built: BuiltJournal, bytes: Buffer, progress = built.progress) =>
  readBytes(built.dir, built.file, bytes, { progress }).verdict;

describe("a changed journal", () => {
  const folder = useTemporaryFolder();

  it("is sound before it is damaged", () => {
    for (const closed of [true, false]) {
      const built = small(folder.dir, closed);
      expect(verdictOf(built, built.bytes).state).to.equal(closed ? "closed" : "open-end");
    }
  });

  for (const closed of [true, false]) {
    it(`is found when any bit is flipped, ${closed ? "with" : "without"} an end`, () => {
      const built = small(folder.dir, closed);
      for (let bit = 0; bit < built.bytes.length * 8; bit += 1) {
        const bytes = Buffer.from(built.bytes);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // Without help from the history: the chain alone must find it.
        const verdict = verdictOf(built, bytes, []);
        expect(verdict.state, `bit ${bit & 7} of byte ${bit >> 3}`).to.equal("corrupt");
      }
    });

    it(`is found when it ends anywhere too early, ${closed ? "with" : "without"} an end`, () => {
      const built = small(folder.dir, closed);
      for (let length = 0; length < built.bytes.length; length += 1) {
        const verdict = verdictOf(built, built.bytes.subarray(0, length));
        expect(verdict.state, `${length} bytes`).to.equal("cut");
      }
    });
  }
});

describe("a cut journal", () => {
  const folder = useTemporaryFolder();

  it("cut mid-record is torn, and valid up to its last complete block", () => {
    const built = small(folder.dir, false);
    const bytes = built.bytes.subarray(0, built.bytes.length - ROW_BYTES / 2);
    const { verdict, rows } = readBytes(folder.dir, built.file, bytes);
    expect(verdict.state).to.equal("torn-end");
    expect(verdict.detail).to.contain("block 2 is incomplete");
    expect(rows).to.deep.equal([row(1), row(2)]);
  });

  it("torn after the last known progress is no more than torn", () => {
    const built = small(folder.dir, false);
    const bytes = built.bytes.subarray(0, built.bytes.length - 1);
    expect(verdictOf(built, bytes, built.progress.slice(0, -1)).state).to.equal("torn-end");
    expect(verdictOf(built, bytes, built.progress).state).to.equal("cut");
  });

  it("cut at a block boundary is found by what the history knew", () => {
    const built = small(folder.dir, true);
    const bytes = Buffer.concat(blocksOf(built.bytes).slice(0, 2));
    expect(verdictOf(built, bytes, []).state).to.equal("open-end");
    const verdict = verdictOf(built, bytes);
    expect(verdict.state).to.equal("cut");
    expect(verdict.detail).to.equal("2 blocks are left of at least 4");
  });
});

describe("a journal with moved blocks", () => {
  const folder = useTemporaryFolder();

  it("with two blocks swapped, one missing or one repeated is corrupt", () => {
    const built = buildJournal(folder.dir, [[row(1)], [row(2)], [row(3)]]);
    const blocks = blocksOf(built.bytes);
    const orders = [
      [0, 2, 1, 3, 4],
      [0, 2, 3, 4],
      [0, 1, 3, 4],
      [1, 2, 3, 4],
      [0, 1, 1, 2, 3, 4],
      [0, 1, 2, 3, 4, 4],
      [0, 1, 2, 3, 4, 1],
      [0, 1, 2, 4],
    ];
    for (const order of orders) {
      const bytes = Buffer.concat(order.map((n) => blocks[n] ?? Buffer.alloc(0)));
      expect(verdictOf(built, bytes, []).state, order.join()).to.equal("corrupt");
    }
  });

  it("with a block of another journal in its place is corrupt", () => {
    const one = buildJournal(folder.dir, [[row(1)], [row(2)]]);
    const other = buildJournal(folder.dir, [[row(7)], [row(8)]]);
    const blocks = blocksOf(one.bytes);
    blocks[2] = blocksOf(other.bytes)[2] ?? Buffer.alloc(0);
    expect(verdictOf(one, Buffer.concat(blocks), []).state).to.equal("corrupt");
  });
});

describe("a journal in a wrong place", () => {
  const folder = useTemporaryFolder();

  it("that lies under the name of another agent's is corrupt", () => {
    const east = buildJournal(folder.dir, [[row(1)]]);
    const west = buildJournal(folder.dir, [[row(2)]], { agent: "west-agent" });
    const { verdict, rows } = readBytes(folder.dir, east.file, west.bytes);
    expect(verdict.state).to.equal("corrupt");
    expect(verdict.detail).to.contain("it was written as west-agent.producer.1.bin");
    expect(rows).to.deep.equal([]);
  });

  it("of another run, agent or role is corrupt", () => {
    const built = small(folder.dir, true);
    for (const wrong of [{ run: "run-2" }, { agent: "west-agent" }, { role: "audit" }]) {
      expect(readBytes(folder.dir, built.file, built.bytes, wrong).verdict.state).to.equal(
        "corrupt",
      );
    }
  });

  it("that was made again with other rows is found by what the history knew", () => {
    const built = buildJournal(folder.dir, [[row(1)], [row(2)]]);
    fs.rmSync(`${folder.dir}/${built.file}`);
    const forged = buildJournal(folder.dir, [[row(1)], [row(9)]]);
    expect(verdictOf(forged, forged.bytes, []).state).to.equal("closed");
    expect(verdictOf(forged, forged.bytes, built.progress).state).to.equal("corrupt");
  });

  it("is found when the history contradicts itself about it", () => {
    const built = small(folder.dir, true);
    const progress = [...built.progress, { file: built.file, blocks: 2, crc: 1 }];
    expect(verdictOf(built, built.bytes, progress).state).to.equal("corrupt");
  });
});

describe("a journal with little left", () => {
  const folder = useTemporaryFolder();

  it("that is empty is torn, and cut when it was known to have blocks", () => {
    const built = small(folder.dir, true);
    expect(verdictOf(built, Buffer.alloc(0), []).state).to.equal("torn-end");
    expect(verdictOf(built, Buffer.alloc(0)).state).to.equal("cut");
  });

  it("whose length was changed is not taken for a torn one, even when the rest is torn", () => {
    const built = buildJournal(folder.dir, [[row(1)], [row(2)]], { closed: false });
    const [header, first] = blocksOf(built.bytes);
    const at = (header?.length ?? 0) + 8;
    const longer = Buffer.from(built.bytes);
    longer.writeUInt32LE(100 * ROW_BYTES, at);
    const nextAt = (header?.length ?? 0) + (first?.length ?? 0);
    for (let length = nextAt + 4; length <= longer.length; length += 1) {
      const verdict = verdictOf(built, longer.subarray(0, length), []);
      expect(verdict.state, `${length - nextAt} bytes of the next block`).to.equal("corrupt");
    }
    expect(nextAt - at).to.equal(BLOCK_HEADER_BYTES - 8 + ROW_BYTES);
  });

  it("is never silently accepted, whatever the damage", () => {
    const damage = fc.oneof(
      fc.record({ how: fc.constant("flip"), at: fc.nat(), size: fc.integer({ min: 1, max: 255 }) }),
      fc.record({
        how: fc.constantFrom("remove", "zero", "repeat", "cut"),
        at: fc.nat(),
        size: fc.nat(200),
      }),
      fc.record({ how: fc.constant("swap"), at: fc.nat(), size: fc.nat() }),
    );
    const damages = fc.array(damage, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(arbitraryGroups, fc.boolean(), damages, (groups, closed, list) => {
        const built = buildJournal(folder.dir, groups, { closed });
        const bytes = list.reduce(applyDamage, built.bytes);
        const { verdict, rows } = readBytes(folder.dir, built.file, bytes, {
          progress: built.progress,
        });
        // Whatever was given is a true beginning; and all of it, when nothing was reported.
        expect(rows).to.deep.equal(built.rows.slice(0, rows.length));
        if (verdict.state === "cut" || verdict.state === "corrupt") return;
        expect(rows.length).to.equal(built.rows.length);
        if (verdict.state === "closed") expect(bytes.equals(built.bytes)).to.equal(true);
      }),
      { numRuns: 400 },
    );
  });
});

function applyDamage(bytes: Buffer, { how, at, size }: { how: string; at: number; size: number }) {
  if (bytes.length === 0) return bytes;
  const from = at % bytes.length;
  const to = Math.min(bytes.length, from + size);
  const changed = Buffer.from(bytes);
  switch (how) {
    case "flip":
      changed[from] = (changed[from] ?? 0) ^ size;
      return changed;
    case "zero":
      return changed.fill(0, from, to);
    case "remove":
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    case "repeat":
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    case "cut":
      return changed.subarray(0, from);
    default: {
      const other = size % bytes.length;
      changed[from] = bytes[other] ?? 0;
      changed[other] = bytes[from] ?? 0;
      return changed;
    }
  }
}

describe("a journal that is not there", () => {
  it("throws as the file system does", () => {
    expect(() => readJournal("/nonexistent/a.producer.1.bin")).to.throw("ENOENT");
  });
});
