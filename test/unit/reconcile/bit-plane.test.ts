/** Goal: a plane is a set of numbers, whatever runs it was made of, and costs nothing when whole. */
import { expect } from "chai";
import fc from "fast-check";
import { BitPlane, CHUNK_BITS, select, unionOf } from "../../../src/reconcile/bit-plane.ts";

const near = fc.oneof(
  fc.nat({ max: 300 }),
  fc.integer({ min: CHUNK_BITS - 40, max: CHUNK_BITS + 40 }),
);
const runs = fc.array(fc.tuple(near, fc.integer({ min: 1, max: 100 })), { maxLength: 12 });

function fill(pairs: readonly (readonly [number, number])[]): {
  plane: BitPlane;
  set: Set<number>;
} {
  const plane = new BitPlane();
  const set = new Set<number>();
  for (const [first, count] of pairs) {
    let already = 0;
    for (let n = first; n < first + count; n += 1) {
      if (set.has(n)) already += 1;
      set.add(n);
    }
    expect(plane.add(first, count)).to.equal(already);
  }
  return { plane, set };
}

function numbersOf(visit: (put: (first: number, count: number) => void) => void): number[] {
  const numbers: number[] = [];
  let end = -1;
  visit((first, count) => {
    expect(first, "runs are maximal and ascending").to.be.greaterThan(end);
    end = first + count;
    for (let n = first; n < end; n += 1) numbers.push(n);
  });
  return numbers;
}

const sorted = (set: Iterable<number>) => [...set].sort((a, b) => a - b);

type Runs = [first: number, count: number][];

function planeOf(...added: Runs): BitPlane {
  const plane = new BitPlane();
  for (const [first, count] of added) plane.add(first, count);
  return plane;
}

function selected(inAll: [BitPlane, ...BitPlane[]], inNone: BitPlane[] = []): Runs {
  const found: Runs = [];
  const total = select({ inAll, inNone }, (first, count) => found.push([first, count]));
  expect(total).to.equal(found.reduce((sum, [, count]) => sum + count, 0));
  expect(select({ inAll, inNone }), "without a visitor").to.equal(total);
  return found;
}

describe("the runs of a plane", () => {
  const runsIn = (plane: BitPlane, first: number, count: number) => {
    const found: Runs = [];
    plane.runsIn(first, count, (from, some) => found.push([from, some]));
    return found;
  };

  it("begin at the very first number, and end where the window does", () => {
    const plane = planeOf([0, 3], [5, 2], [40, 30]);
    expect(runsIn(plane, 0, 100)).to.deep.equal([
      [0, 3],
      [5, 2],
      [40, 30],
    ]);
    expect(runsIn(plane, 1, 5)).to.deep.equal([
      [1, 2],
      [5, 1],
    ]);
  });

  it("are selected from the first number or from any other, over words and chunks", () => {
    for (const run of [
      [0, 1],
      [1, 2],
      [31, 1],
      [31, 2],
      [32, 32],
      [0, 96],
      [CHUNK_BITS - 1, 2],
      [CHUNK_BITS - 40, 80],
    ] as Runs) {
      expect(selected([planeOf(run)])).to.deep.equal([run]);
      const [first, count] = run;
      const beside: Runs[number] = [first + count + 1, 3];
      expect(selected([planeOf(run, beside)])).to.deep.equal([run, beside]);
    }
    expect(selected([planeOf([0, 100])], [planeOf([1, 2], [64, 32])])).to.deep.equal([
      [0, 1],
      [3, 61],
      [96, 4],
    ]);
    expect(selected([planeOf([0, 10])], [planeOf([0, CHUNK_BITS])])).to.deep.equal([]);
    expect(selected([new BitPlane()])).to.deep.equal([]);
  });
});

describe("a chunk that is whole", () => {
  it("holds each of its numbers, and none of the next", () => {
    const plane = planeOf([0, CHUNK_BITS], [CHUNK_BITS + 2, 1]);
    expect(
      [0, 7, CHUNK_BITS - 1, CHUNK_BITS, CHUNK_BITS + 2].map((n) => plane.has(n)),
    ).to.deep.equal([true, true, true, false, true]);
    expect(plane.countIn(10, CHUNK_BITS)).to.equal(CHUNK_BITS - 10 + 1);
    expect(plane.add(CHUNK_BITS - 2, 5)).to.equal(3);
    expect(plane.size).to.equal(CHUNK_BITS + 5 - 2);
  });

  it("is not taken for whole because some numbers came twice", () => {
    const plane = planeOf([0, CHUNK_BITS - 2], [0, 1], [3, 5]);
    expect(plane.isFull(0)).to.equal(false);
    expect(plane.has(CHUNK_BITS - 1)).to.equal(false);
    expect(plane.size).to.equal(CHUNK_BITS - 2);
  });
});

describe(BitPlane.name, () => {
  it("holds what a Set holds", () => {
    fc.assert(
      fc.property(runs, near, fc.integer({ min: 1, max: 90 }), (pairs, first, count) => {
        const { plane, set } = fill(pairs);
        const within = sorted(set).filter((n) => n >= first && n < first + count);
        expect(plane.size).to.equal(set.size);
        expect(plane.has(first)).to.equal(set.has(first));
        expect(plane.countIn(first, count)).to.equal(within.length);
        expect(numbersOf((put) => plane.runsIn(first, count, put))).to.deep.equal(within);
      }),
    );
  });

  it("selects what is in all of some and in none of others", () => {
    fc.assert(
      fc.property(runs, runs, runs, (a, b, c) => {
        const [one, two, three] = [fill(a), fill(b), fill(c)];
        const selection = { inAll: [one.plane, two.plane], inNone: [three.plane] } as const;
        const expected = sorted(one.set).filter((n) => two.set.has(n) && !three.set.has(n));
        const found = numbersOf((put) => {
          expect(select(selection, put)).to.equal(expected.length);
        });
        expect(found).to.deep.equal(expected);
      }),
    );
  });

  it("joins planes", () => {
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        const [one, two] = [fill(a), fill(b)];
        const union = unionOf([one.plane, two.plane]);
        const found = numbersOf((put) => select({ inAll: [union] }, put));
        expect(found).to.deep.equal(sorted(new Set([...one.set, ...two.set])));
      }),
    );
  });

  it("gives the words of a whole chunk back", () => {
    const plane = new BitPlane();
    plane.add(0, CHUNK_BITS - 1);
    expect(plane.bytes).to.equal(CHUNK_BITS / 8);
    plane.add(CHUNK_BITS - 1, 1);
    expect(plane.bytes).to.equal(0);
    expect(plane.isFull(0)).to.equal(true);
    expect(plane.add(5, 10)).to.equal(10);
    // The next chunk gets cleared words, not those of the one before.
    plane.add(CHUNK_BITS + 7, 1);
    expect(plane.countIn(CHUNK_BITS, 100)).to.equal(1);
    expect(plane.has(CHUNK_BITS + 6)).to.equal(false);
  });
});
