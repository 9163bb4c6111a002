/**
 * How long partitions were without a leader that could serve them: from T0 to the instant at which a
 * broker told of another leader, or of any leader where there had been none.
 *
 * This is the cluster's own part of an outage: no client has yet learned of it. A look at the leaders
 * takes a moment and comes every so often, so the truth lies between the last look that still showed
 * the old state and the first that showed the new one. A partition whose leader the fault does not
 * touch changes nothing and is left out; when none changes, there is no number.
 */
import type { EventOf } from "../history/events.ts";
import type { Chronicle, Interval } from "./chronicle.ts";
import type { Measure } from "./result.ts";

type State = EventOf<"partition.state">;

interface Change {
  atUs: number;
  /** The last look before it that showed the old state; unknown in an old history. */
  lookedUs: number | undefined;
}

const unknown = (inconclusive: string): Measure => ({
  value: null,
  low: null,
  high: null,
  censored: false,
  inconclusive,
});

/** The slowest partition, in ms. */
export function leaderMeasure(chronicle: Chronicle): Measure {
  const { t0 } = chronicle;
  if (!t0) return unknown("nothing was broken, so there is nothing to recover from");
  const states = Map.groupBy(chronicle.of("partition.state"), ({ log, partition }) =>
    [log, partition].join("/"),
  );
  if (states.size === 0) return unknown("nobody looked at the leaders");
  const changes: Change[] = [];
  for (const all of states.values()) {
    const change = changeOf(all, t0, chronicle.attributionEndUs);
    if (change === "none yet") return leaderless(chronicle, t0);
    if (change) changes.push(change);
  }
  if (changes.length === 0) return unknown("no partition changed its leader");
  const slowest = changes.reduce((a, b) => (b.atUs > a.atUs ? b : a));
  const ms = (us: number) => Math.round(Math.max(us, 0)) / 1000;
  const earliestUs = Math.max(...changes.map(({ lookedUs }) => lookedUs ?? t0.highUs));
  return {
    value: ms(slowest.atUs - (t0.lowUs + t0.highUs) / 2),
    low: ms(earliestUs - t0.highUs),
    high: ms(slowest.atUs - t0.lowUs),
    censored: false,
  };
}

/**
 * Another leader, as long as the fault is what changed it; or any leader, whenever it came, after
 * there was none. Undefined: this partition kept its leader.
 */
function changeOf(
  all: readonly State[],
  t0: Interval,
  attributionEndUs: number,
): Change | "none yet" | undefined {
  const before = all.findLast(({ tUs }) => tUs <= t0.lowUs);
  if (!before) return undefined;
  const after = all.filter(({ tUs }) => tUs > t0.lowUs);
  const left = after.find(({ leader, tUs }) => leader !== before.leader && tUs <= attributionEndUs);
  if (!left) return undefined;
  const served = after.find(({ tUs, leader }) => tUs >= left.tUs && leader >= 0);
  return served ? { atUs: served.tUs, lookedUs: served.lookedUs } : "none yet";
}

function leaderless({ workloadEndUs }: Chronicle, { highUs }: Interval): Measure {
  const value = Math.round(Math.max(workloadEndUs - highUs, 0)) / 1000;
  return { value, low: value, high: null, censored: true };
}
