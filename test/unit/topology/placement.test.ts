import { expect } from "chai";
import fc from "fast-check";
import { placeReplicas, type Seat } from "../../../src/topology/placement.ts";

function seatsOf(counts: Record<string, number>): Seat[] {
  const seats: Seat[] = [];
  for (const [region, count] of Object.entries(counts)) {
    for (let n = 1; n <= count; n += 1) {
      seats.push({ name: `main-${region}-${n}`, id: seats.length + 1, region });
    }
  }
  return seats;
}

const SIX = seatsOf({ dc1: 3, dc2: 3 });

/** How often each broker comes up. */
function tally(ids: number[]): number[] {
  const seen = new Map<number, number>();
  for (const id of ids) seen.set(id, (seen.get(id) ?? 0) + 1);
  return [...seen.values()];
}

const REGIONS = ["a", "b", "c"];
const cases = fc
  .record({
    brokers: fc.tuple(...REGIONS.map(() => fc.integer({ min: 1, max: 5 }))),
    replicas: fc.tuple(...REGIONS.map(() => fc.nat(5))),
    partitions: fc.integer({ min: 1, max: 60 }),
    leaders: fc.option(fc.nat(2), { nil: undefined }),
  })
  .map(({ brokers, replicas, partitions, leaders }) => {
    const counts = REGIONS.map((region, at) => [
      region,
      Math.min(replicas[at] as number, brokers[at] as number),
    ]);
    const placement = Object.fromEntries(counts.filter(([, count]) => count !== 0));
    const regions = Object.keys(placement);
    return {
      seats: seatsOf(Object.fromEntries(REGIONS.map((region, at) => [region, brokers[at] ?? 0]))),
      spec: {
        placement: placement as Record<string, number>,
        partitions,
        leaders: leaders === undefined ? undefined : regions[leaders % regions.length],
      },
    };
  })
  .filter(({ spec }) => Object.keys(spec.placement).length > 0);

describe(placeReplicas.name, () => {
  it("puts three here and one there, led by all six in turn", () => {
    const spec = { placement: { dc1: 3, dc2: 1 }, partitions: 6 };
    expect(placeReplicas(spec, SIX)).to.deep.equal([
      [1, 4, 2, 3],
      [4, 1, 2, 3],
      [2, 5, 3, 1],
      [5, 2, 3, 1],
      [3, 6, 1, 2],
      [6, 3, 1, 2],
    ]);
  });

  it("puts two and two, led from one side when that is asked for", () => {
    const spec = { placement: { dc1: 2, dc2: 2 }, partitions: 4, leaders: "dc2" };
    expect(placeReplicas(spec, SIX)).to.deep.equal([
      [4, 1, 5, 2],
      [5, 3, 6, 2],
      [6, 3, 4, 1],
      [4, 2, 5, 3],
    ]);
  });

  it("takes lists of nodes as they are", () => {
    const placement = [
      ["main-dc2-3", "main-dc1-1"],
      ["main-dc1-2", "main-dc2-1"],
    ];
    expect(placeReplicas({ placement, partitions: 2 }, SIX)).to.deep.equal([
      [6, 1],
      [2, 4],
    ]);
  });

  it("gives every region its number, no broker two replicas, and all a fair share", () => {
    fc.assert(
      fc.property(cases, ({ seats, spec }) => {
        const placed = placeReplicas(spec, seats);
        expect(placed).to.have.length(spec.partitions);
        const regionOf = (id: number) => seats.find((seat) => seat.id === id)?.region ?? "";
        for (const ids of placed) {
          expect(new Set(ids).size).to.equal(ids.length);
          for (const region of REGIONS) {
            const here = ids.filter((id) => regionOf(id) === region);
            expect(here).to.have.length(spec.placement[region] ?? 0);
          }
        }
        const leaders = placed.map(([leader]) => leader as number);
        const able = seats.filter(
          ({ region }) => region in spec.placement && region === (spec.leaders ?? region),
        );
        const share = Math.floor(spec.partitions / able.length);
        for (const count of tally(leaders)) expect(count).to.be.within(share, share + 1);
        if (spec.leaders) expect(leaders.map(regionOf)).to.satisfy(all(spec.leaders));
      }),
    );
  });

  it("spreads the replicas of a region over its brokers, within two of each other", () => {
    fc.assert(
      fc.property(cases, ({ seats, spec }) => {
        const placed = placeReplicas(spec, seats).flat();
        for (const region of Object.keys(spec.placement)) {
          const ids = seats.filter((seat) => seat.region === region).map(({ id }) => id);
          const counts = ids.map((id) => placed.filter((one) => one === id).length);
          expect(Math.max(...counts) - Math.min(...counts)).to.be.at.most(2);
        }
      }),
    );
  });
});

const all = (wanted: string) => (found: string[]) => found.every((one) => one === wanted);
