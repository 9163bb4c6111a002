/**
 * Which broker holds which replica, said beforehand instead of left to Kafka.
 *
 * Kafka spreads replicas over racks and begins at a random broker, so two runs of one file differ,
 * and what a drill asks for ("three replicas here, one there") may never come up. A placement by
 * region is the same in every run:
 * ```
 *  { dc1: 3, dc2: 1 }   brokers 1 2 3 in dc1, 4 5 6 in dc2
 *   partition 0   1 4 2 3     the first is the preferred leader
 *   partition 1   4 1 2 3     leaders go round all brokers, one region after the other
 *   partition 2   2 5 3 1     and other replicas go where the fewest are
 * ```
 * A placement by node is taken as it is. Names and sums are expected to be checked before.
 */
import assert from "node:assert";

/** A broker that can hold replicas. */
export interface Seat {
  name: string;
  id: number;
  region: string;
}

/** Replicas by region; or, for each partition, node names with the preferred leader first. */
export type Placement = Record<string, number> | string[][];

export interface PlacementSpec {
  placement: Placement;
  partitions: number;
  /** Region that all preferred leaders are in; undefined: all regions of the placement in turn. */
  leaders?: string | undefined;
}

/** Broker ids for each partition, the preferred leader first: what CreateTopics wants. */
export function placeReplicas(spec: PlacementSpec, seats: readonly Seat[]): number[][] {
  const { placement } = spec;
  if (!Array.isArray(placement)) return spread(spec, placement, seats);
  return placement.map((names) =>
    names.map((name) => {
      const seat = seats.find((one) => one.name === name);
      assert(seat, `broker ${name} was checked`);
      return seat.id;
    }),
  );
}

interface Ring {
  region: string;
  ids: number[];
  replicas: number;
  /** Partitions so far that another region leads. */
  followed: number;
  /** Replicas so far, by broker. */
  held: Map<number, number>;
}

function spread(
  { partitions, leaders }: PlacementSpec,
  counts: Record<string, number>,
  seats: readonly Seat[],
): number[][] {
  const rings: Ring[] = Object.entries(counts).map(([region, replicas]) => {
    const ids = seats.filter((seat) => seat.region === region).map(({ id }) => id);
    assert(ids.length >= replicas, `${region} has ${replicas} brokers: that was checked`);
    return { region, ids, replicas, followed: 0, held: new Map() };
  });
  const order = leaderOrder(rings.filter(({ region }) => region === (leaders ?? region)));
  return Array.from({ length: partitions }, (_, partition) => {
    const leader = order[partition % order.length] as number;
    const home = rings.findIndex(({ ids }) => ids.includes(leader));
    const turned = [...rings.slice(home), ...rings.slice(0, home)];
    const chosen = turned.map((ring, at) => replicasOf(ring, at === 0 ? leader : undefined));
    return alternate(chosen);
  });
}

/** Brokers of all rings in turn: 1 4 2 5 3 6. */
function leaderOrder(rings: readonly Ring[]): number[] {
  return alternate(rings.map(({ ids }) => ids));
}

/** The leader, when it is of this ring; then those with the fewest replicas, in turn. */
function replicasOf(ring: Ring, leader: number | undefined): number[] {
  const { ids, replicas, held } = ring;
  // Shifted by one each time round, so that not the same two brokers always go together.
  const turn = ring.followed + Math.floor(ring.followed / ids.length);
  const first = leader === undefined ? turn : ids.indexOf(leader);
  if (leader === undefined) ring.followed += 1;
  const turned = ids.map((_, at) => ids[(first + at) % ids.length] as number);
  const load = (id: number) => (id === leader ? -1 : (held.get(id) ?? 0));
  const chosen = turned.sort((a, b) => load(a) - load(b)).slice(0, replicas);
  for (const id of chosen) held.set(id, (held.get(id) ?? 0) + 1);
  return chosen;
}

/** The first of each list, then the second of each, until all are taken. */
function alternate(lists: readonly number[][]): number[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => (list[at] === undefined ? [] : [list[at]])),
  ).flat();
}
