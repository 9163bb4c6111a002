/** Goal: a column gives back what was put in, in whatever width it happens to keep it. */
import { expect } from "chai";
import fc from "fast-check";
import { Column, Cursor, lastAtMost, sortBy } from "../../../src/reconcile/column.ts";
import { PlaceTable, SendTable } from "../../../src/reconcile/columns.ts";

const value = fc.oneof(
  fc.integer({ min: -1, max: 200 }),
  fc.integer({ min: 60_000, max: 70_000 }),
  fc.integer({ min: 4_294_900_000, max: 4_295_000_000 }),
  fc.maxSafeNat(),
);

/** Rows of a page. */
const PAGE_ROWS = 2048;

function columnOf(values: readonly number[]): Column {
  const column = new Column();
  for (const one of values) column.push(one);
  return column;
}

const valuesOf = (column: Column) =>
  Array.from({ length: column.length }, (_, row) => column.get(row));

describe(Column.name, () => {
  it("gives back what was pushed and set", () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        value,
        (all, at, one) => {
          const column = columnOf(all);
          expect(valuesOf(column)).to.deep.equal(all);
          const row = at % all.length;
          column.set(row, one);
          expect(valuesOf(column)).to.deep.equal(all.with(row, one));
        },
      ),
    );
  });

  it("keeps two bytes a number while they are close, over many pages", () => {
    const column = columnOf(Array.from({ length: 10_000 }, (_, n) => 7_000_000_000 + (n % 60_000)));
    expect(column.get(9_999)).to.equal(7_000_009_999);
    expect(column.bytes).to.be.at.most(2.5 * 10_000);
  });

  it("keeps four and eight bytes a number over many pages, too", () => {
    const pages = 3;
    for (const [step, width] of [
      [100, 4],
      [1e9, 8],
    ] as const) {
      const all = Array.from({ length: 5000 }, (_, n) => 7_000_000_000 + n * step);
      const column = columnOf(all);
      expect(valuesOf(column)).to.deep.equal(all);
      expect(column.bytes).to.equal(pages * PAGE_ROWS * width);
    }
    expect(new Column().bytes).to.equal(0);
  });

  it("is as wide as its numbers ask for, to the edge", () => {
    const first = 7_000_000_000;
    const width = (...others: number[]) => {
      const all = [first, ...others];
      const column = columnOf(all);
      expect(valuesOf(column)).to.deep.equal(all);
      return column.bytes / PAGE_ROWS;
    };
    // Two bytes from 16 below the first on, four from 2^27 below it on.
    const [narrow, wide] = [first - 16, first - 2 ** 27];
    expect(width(narrow, narrow + 0xffff)).to.equal(2);
    expect([width(narrow - 1), width(narrow + 0x10000)]).to.deep.equal([4, 4]);
    expect(width(wide, wide + 0xffffffff)).to.equal(4);
    expect([width(wide - 1), width(wide + 2 ** 32)]).to.deep.equal([8, 8]);
    // The same when it was four bytes wide already.
    const is = first + 100_000;
    expect([width(is, wide), width(is, wide + 0xffffffff)]).to.deep.equal([4, 4]);
    expect([width(is, wide - 1), width(is, wide + 2 ** 32)]).to.deep.equal([8, 8]);
  });

  it("sorts columns together, and leaves sorted ones alone", () => {
    const [key, other] = [columnOf([3, 1, 2, 1]), columnOf([30, 10, 20, 11])];
    sortBy(key, [key, other]);
    expect(valuesOf(key)).to.deep.equal([1, 1, 2, 3]);
    expect(valuesOf(other)).to.deep.equal([10, 11, 20, 30]);
  });

  it("finds the last row at or below a value, by search and by cursor", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 50 }), { maxLength: 20 }),
        fc.array(fc.nat({ max: 60 })),
        (all, asked) => {
          const key = columnOf([...all].sort((a, b) => a - b));
          const cursor = new Cursor(key);
          for (const one of asked) {
            const expected = valuesOf(key).findLastIndex((held) => held <= one);
            expect(lastAtMost(key, one)).to.equal(expected);
            expect(cursor.lastAtMost(one)).to.equal(expected);
          }
        },
      ),
    );
  });
});

describe(SendTable.name, () => {
  const sends = () => {
    const table = new SendTable();
    table.push({ seqFirst: 0, count: 5, dueFirstUs: 1000, dueLastUs: 1400, sentUs: 1500 });
    table.push({ seqFirst: 10, count: 2, dueFirstUs: 2000, dueLastUs: 2100, sentUs: 2100 });
    return table;
  };

  it("knows which send a record was in, and when it was due", () => {
    const table = sends();
    expect([0, 4, 5, 9, 10, 11, 12].map((seq) => table.rowOf(seq))).to.deep.equal([
      0, 0, -1, -1, 1, 1, -1,
    ]);
    expect(table.dueOf(0, 3)).to.equal(1300);
    expect(table.answeredUs(0)).to.equal(Infinity);
    table.answer(0, 1, 1900, 70);
    expect(table.answeredUs(0)).to.equal(1900);
    expect(table.offset.get(0)).to.equal(70);
  });

  it("cuts a send of which only the first records were answered", () => {
    const table = sends();
    const rest = table.split(0, 2);
    table.seal();
    expect(rest).to.equal(2);
    expect(table.rows).to.equal(3);
    expect(table.rowOf(2)).to.equal(1);
    expect(table.dueUs.get(1)).to.equal(1200);
    expect(table.sentUs(1)).to.equal(1500);
    expect(table.dueLastUs(0)).to.equal(1100);
  });
});

describe(PlaceTable.name, () => {
  it("makes one row of runs that go on from each other", () => {
    const table = new PlaceTable();
    table.push(0, 3, 10, 5);
    table.push(5, 3, 15, 5);
    table.push(10, 4, 0, 1);
    table.push(12, 4, 1, 1);
    expect(table.rows).to.equal(3);
    expect([0, 9, 10, 11, 12].map((offset) => table.rowAt(offset))).to.deep.equal([0, 0, 1, -1, 2]);
  });
});
