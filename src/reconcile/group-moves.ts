/** Where groups went on after the fault: on another cluster, or where they had been. */
import type { Chronicle } from "./chronicle.ts";
import type { GroupLedger, Ledger } from "./ledger.ts";

/** A group's step from one place to another; both are the same when it resumed where it was. */
export interface Move {
  group: GroupLedger;
  from: { log: number; topic: string; place: number };
  to: { log: number; place: number };
  partition: number;
  /** The last commit counts only when it was confirmed before this. */
  resumedUs: number;
  /** -1: no committed offset. Undefined: no resume row; the first delivery says where. */
  resumed: number | undefined;
  firstDelivered: number | undefined;
}

export function movesOf(ledger: Ledger, chronicle: Chronicle): Move[] {
  return ledger.groups.flatMap((group) => [
    ...takeovers(ledger, group),
    ...resumptions(ledger, chronicle, group),
  ]);
}

/**
 * Moves to another cluster or region: one for each partition of each log the elders read. A group
 * may have several members on either side, so the first of them to be handed a record counts.
 */
function takeovers(ledger: Ledger, group: GroupLedger): Move[] {
  const { world } = ledger;
  const heirs = group.group.readers.filter(({ takesOverFrom }) => takesOverFrom !== undefined);
  const elders = heirs.flatMap(({ takesOverFrom }) => world.reader(takesOverFrom ?? -1) ?? []);
  const read = new Set(heirs.flatMap(({ logs }) => logs));
  const moves: Move[] = [];
  for (const logId of new Set(elders.flatMap(({ logs }) => logs))) {
    const log = world.log(logId);
    const mirror = [...read].map((id) => world.log(id)).find((one) => one?.mirrorOf === logId);
    const to = read.has(logId) ? log : mirror;
    if (!log || !to) continue;
    for (let partition = 0; partition < log.partitions; partition += 1) {
      const place = world.placeIndex(to.id, partition);
      const delivered = heirs
        .flatMap(({ id }) => group.firstDelivered.get(`${id}:${place}`) ?? [])
        .sort((a, b) => a.tUs - b.tUs)[0];
      const ids = new Set(heirs.map(({ id }) => id));
      const resume = resumeBefore(group, ids, place, delivered?.tUs ?? Infinity);
      moves.push({
        group,
        from: { log: log.id, topic: log.topic, place: world.placeIndex(log.id, partition) },
        to: { log: to.id, place },
        partition,
        resumedUs: resume?.tUs ?? delivered?.tUs ?? Infinity,
        resumed: resume?.offset,
        firstDelivered: delivered?.offset,
      });
    }
  }
  return moves;
}

/**
 * Where a group started from: the last answer a member got before the first delivery. It asks
 * before it joins and again when it has, and synced offsets may arrive in between.
 */
function resumeBefore(
  group: GroupLedger,
  readers: ReadonlySet<number>,
  place: number,
  untilUs: number,
) {
  const all = group.resumes.filter((one) => readers.has(one.reader) && one.place === place);
  return all.findLast((one) => one.tUs <= untilUs) ?? all[0];
}

/** The first time after the fault that a group's own reader resumed on a log it had been reading. */
function resumptions(ledger: Ledger, chronicle: Chronicle, group: GroupLedger): Move[] {
  const t0 = chronicle.t0;
  if (!t0) return [];
  const moves: Move[] = [];
  const done = new Set<number>();
  for (const resume of group.resumes) {
    const reader = ledger.world.reader(resume.reader);
    const early = resume.tUs <= t0.highUs;
    if (early || reader?.takesOverFrom !== undefined || done.has(resume.place)) continue;
    done.add(resume.place);
    const { log, partition } = ledger.world.place(resume.place);
    moves.push({
      group,
      from: { log: log.id, topic: log.topic, place: resume.place },
      to: { log: log.id, place: resume.place },
      partition,
      resumedUs: resume.tUs,
      resumed: resume.offset,
      firstDelivered: group.firstDelivered.get(`${resume.reader}:${resume.place}`)?.offset,
    });
  }
  return moves;
}
