/** What is cut when: outages of seeded lengths and modes, dealt to paths that run side by side. */
import { Random } from "../../src/kernel/random.ts";
import { MODES, type Mode } from "./path-cut.ts";

export interface PlannedOutage {
  id: number;
  path: number;
  mode: Mode;
  /** When it begins, after the start, ms. */
  atMs: number;
  lengthMs: number;
}

const SHORTEST_MS = 100;
const LONGEST_MS = 30_000;
/** Before a path's first outage, and between two: time for the client under retries to calm down. */
const CALM_MS = { least: 4000, most: 6000 };

/** `count` outages, lengths log-uniform, as many of each mode; ordered by path and time. */
export function scheduleOutages(seed: number, count: number, paths: number): PlannedOutage[] {
  const random = new Random(seed, "outages");
  const wanted = Array.from({ length: count }, (_, id) => ({
    id,
    mode: MODES[id % MODES.length] as Mode,
    lengthMs: SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** random.unit(),
  }));
  // The longest first, each to the path that is free first: all paths end at about one time.
  const lanes = Array.from({ length: paths }, () => ({ busyMs: 0, outages: [] as typeof wanted }));
  for (const outage of wanted.toSorted((a, b) => b.lengthMs - a.lengthMs)) {
    const lane = lanes.reduce((least, one) => (one.busyMs < least.busyMs ? one : least));
    lane.outages.push(outage);
    lane.busyMs += outage.lengthMs + (CALM_MS.least + CALM_MS.most) / 2;
  }
  return lanes.flatMap(({ outages }, path) => {
    let atMs = 0;
    return shuffled(outages, random).map((outage) => {
      atMs += CALM_MS.least + random.unit() * (CALM_MS.most - CALM_MS.least);
      const planned = { ...outage, path, atMs };
      atMs += outage.lengthMs;
      return planned;
    });
  });
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.unit() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
