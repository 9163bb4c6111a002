/**
 * What was acked and is not there any more: RPO in records, time and bytes, its shape and its split.
 *
 * Naive rule: lost = what the producer sent − what the log holds at the end. Three things are wrong
 * with it. Counts hide a loss behind a duplicate, so identities are subtracted, not counts. A record
 * that only the dead region's disks hold comes back with them, so *stranded* is no *lost*. And a log
 * that was not read to its end "misses" everything after the place where reading stopped, so a
 * partition without a complete audit has no number at all, and above all not 0.
 *
 * Where a stream survives is `World.survivingLog`. Only acked records count; what nobody knows the
 * outcome of (indeterminate, unanswered) is shown beside.
 *
 * A cluster that has lost a part of itself was read twice: before the heal what its living part holds,
 * after it the whole. What the first reading lacks is missing: the business would go on without it.
 * What of that the second one has is stranded; what neither has is lost. And what the living part had
 * and the healed log has not was overwritten by the heal.
 */
import { DEFECT } from "../history/journal-format.ts";
import type { LogRef } from "../history/judging.ts";
import type { Anomalies } from "./anomalies.ts";
import { BitPlane, type Selection, select, unionOf } from "./bit-plane.ts";
import type { Chronicle } from "./chronicle.ts";
import { allCutOff } from "./cut-back.ts";
import type { AuditedPlace, BadRecord, Ledger, StreamLedger } from "./ledger.ts";
import { aroundRun } from "./neighbourhood.ts";
import type { World } from "./world.ts";

/** What became of the acked records of one stream. */
export interface Fate {
  stream: StreamLedger;
  /** The log on which it survives; undefined when nothing copies it there. */
  survivor: LogRef | undefined;
  /** The readings of what the survivors hold of it; see `Ledger.survivorsOf`. */
  surviving: AuditedPlace[];
  /** False: they were not read to their end, so what is missing is not known. */
  known: boolean;
  /** False: some other log that may hold missing records was not read to its end. */
  splitKnown: boolean;
  /** Whether what is lost is known: that takes no reading of the survivors alone. */
  lostKnown: boolean;
  missing: number;
  lost: number;
  stranded: number;
  overwritten: number;
  /** Of those overwritten: what the survivors had held. */
  takenByHeal: number;
  /** Records that are there with their bytes hurt: a corruption, and no loss. */
  damaged: BitPlane;
  shape: "none" | "tail" | "hole";
  oldestMissingDueUs: number | null;
  /** Selects the missing records; for the loss map. */
  absent: Required<Selection>;
  unknown: number;
  unknownSurvived: number;
}

const NOTHING = new BitPlane();
/** Records of somebody else: nothing of ours lies there. */
const NOT_OURS = new Set<number>([DEFECT.foreign, DEFECT.alien]);

/** The fate of every stream that `judged` says has one, in the order of streams. */
export function fatesOf(ledger: Ledger, chronicle: Chronicle): Fate[] {
  return ledger.streams
    .filter(({ stream, sends }) => sends.rows > 0 && stream.application)
    .map((stream) => fateOf(ledger, chronicle, stream));
}

/** Sent with acks=0: no answer can come, and what happens to a record shows on the logs alone. */
export function isUnconfirmed({ stream }: Fate): boolean {
  return stream.stream.producer.acks === "0";
}

function fateOf(ledger: Ledger, chronicle: Chronicle, stream: StreamLedger): Fate {
  const { world } = ledger;
  const { log, partition, index } = stream.stream;
  const survivor = world.survivingLog(log);
  const read = survivor ? ledger.survivorsOf(survivor, partition) : [];
  const surviving = read ?? [];
  const hurt = unionOf(surviving.map((audit) => damagedOf(ledger, stream, audit)));
  const present = [...seenIn(surviving, index), hurt];
  const absent = { inAll: [stream.acked], inNone: present } as const;
  const missing = select(absent);
  const parts = partsOf(ledger, stream, { present, hurt });
  const unknown = stream.unknownPlanes();
  const lostKnown = finalsOf(ledger, stream).every((audit) => audit?.complete);
  const wounded = survivor !== undefined && world.isWounded(survivor.cluster);
  return {
    stream,
    survivor,
    surviving,
    known: read?.every(({ complete }) => complete) ?? false,
    splitKnown: lostKnown || (missing === 0 && !wounded),
    lostKnown,
    missing,
    lost: select(parts.lost),
    overwritten: select(parts.overwritten),
    takenByHeal: wounded ? select(parts.taken) : 0,
    stranded: select(parts.stranded),
    damaged: hurt,
    ...shapeOf(stream, present, missing, (absentOnes) =>
      surviving.length === 1 && surviving[0] !== undefined
        ? allCutOff(ledger, chronicle, stream, surviving[0], absentOnes)
        : false,
    ),
    absent,
    unknown: select(unknown),
    unknownSurvived: select({
      inAll: [...unknown.inAll, unionOf(present)],
      inNone: unknown.inNone,
    }),
  };
}

function seenIn(audits: readonly (AuditedPlace | undefined)[], stream: number): BitPlane[] {
  return audits.flatMap((audit) => audit?.seen.get(stream) ?? []);
}

/** The readings that count of every log a stream's records may lie on; undefined where unread. */
function finalsOf(ledger: Ledger, { stream }: StreamLedger): (AuditedPlace | undefined)[] {
  return ledger.world.family(stream.log).map((one) => ledger.finalAudit(one.id, stream.partition));
}

/** What became of the acked records that are not where they should be: each is in one part. */
function partsOf(
  ledger: Ledger,
  stream: StreamLedger,
  { present, hurt }: { present: readonly BitPlane[]; hurt: BitPlane },
): Record<keyof typeof WHERE | "taken", Selection> {
  const { acked } = stream;
  const { log, partition, index } = stream.stream;
  const now = seenIn(finalsOf(ledger, stream), index);
  const family = ledger.world.family(log);
  const ever = seenIn(
    family.flatMap((one) => ledger.auditsOf(one.id, partition)),
    index,
  );
  return {
    stranded: { inAll: [acked, unionOf(now)], inNone: present },
    overwritten: { inAll: [acked, unionOf(ever)], inNone: [hurt, ...now] },
    lost: { inAll: [acked], inNone: [...present, ...ever] },
    taken: { inAll: [acked, unionOf(present)], inNone: [hurt, ...now] },
  };
}

function credible(ledger: Ledger, bad: BadRecord): boolean {
  const index = ledger.world.streamIndex(bad.producer, bad.partition);
  return index >= 0 && ledger.stream(index).sent.has(bad.seq);
}

/**
 * Records of a stream that lie damaged on a log: by what they claim to be; and where damage has hit
 * the claim itself (it names nothing that was sent), on the stream's own log, by what was acked at
 * that offset. A credible claim is never overruled: that would excuse a loss.
 */
function damagedOf(ledger: Ledger, stream: StreamLedger, audit: AuditedPlace): BitPlane {
  const { index, log } = stream.stream;
  const claimed = audit.damaged.get(index) ?? NOTHING;
  const here = ledger.bad.filter(
    (bad) => bad.place === audit.place.index && !NOT_OURS.has(bad.defect) && !credible(ledger, bad),
  );
  if (log !== audit.place.log || here.length === 0) return claimed;
  const byAck = new BitPlane();
  const offsets = new Set(here.map(({ offset }) => offset));
  const { sends } = stream;
  for (let row = 0; row < sends.rows; row += 1) {
    const base = sends.offset.get(row);
    if (base < 0) continue;
    for (let n = 0; n < sends.count.get(row); n += 1) {
      if (offsets.has(base + n)) byAck.add(sends.seq.get(row) + n, 1);
    }
  }
  return unionOf([claimed, byAck]);
}

/**
 * A *tail* is a suffix: asynchronous replication was behind. A *hole* has a later acked record
 * present: no lag explains it, and no objective on the number of records excuses it. What a log lost
 * when it was cut back is a tail, though the stream went on after it.
 */
function shapeOf(
  stream: StreamLedger,
  present: readonly BitPlane[],
  missing: number,
  cutOff: (missing: Selection) => boolean,
): Pick<Fate, "shape" | "oldestMissingDueUs"> {
  if (missing === 0) return { shape: "none", oldestMissingDueUs: null };
  let first = -1;
  let lastPresent = -1;
  const absent: Selection = { inAll: [stream.acked], inNone: present };
  select(absent, (seq) => {
    if (first < 0) first = seq;
  });
  select({ inAll: [stream.acked, unionOf(present)] }, (seq, count) => {
    lastPresent = seq + count - 1;
  });
  return {
    shape: first < lastPresent && !cutOff(absent) ? "hole" : "tail",
    oldestMissingDueUs: dueOf(stream, first),
  };
}

/** When an acked record was due. It was in a send: an answer to none is a stray, and no promise. */
function dueOf({ sends }: StreamLedger, seq: number): number {
  return sends.dueOf(sends.rowOf(seq), seq);
}

/** Lost, stranded and overwritten runs into the book. */
export function noteLosses(
  ledger: Ledger,
  chronicle: Chronicle,
  fates: readonly Fate[],
  anomalies: Anomalies,
): void {
  const context = { ledger, chronicle, anomalies };
  for (const fate of fates) {
    const told = fate.known && fate.splitKnown ? SPLIT : fate.lostKnown ? LOST : [];
    const parts = partsOf(ledger, fate.stream, { present: fate.absent.inNone, hurt: fate.damaged });
    for (const kind of told) {
      select(parts[kind], (seqFirst, count) => noteRun(kind, fate, { seqFirst, count }, context));
    }
  }
}

const SPLIT = ["stranded", "overwritten", "lost"] as const;
const LOST = ["lost"] as const;

const WHERE = {
  lost: "on no audited log",
  stranded: "only on a log that did not survive",
  overwritten: "seen by an earlier audit, on no log any more",
} as const;

function noteRun(
  kind: keyof typeof WHERE,
  fate: Fate,
  run: { seqFirst: number; count: number },
  { ledger, chronicle, anomalies }: { ledger: Ledger; chronicle: Chronicle; anomalies: Anomalies },
): void {
  const { stream, sends } = fate.stream;
  const { world } = ledger;
  const row = sends.rowOf(run.seqFirst);
  const base = sends.offset.get(row);
  anomalies.add(
    { class: kind, violation: kind !== "stranded" },
    {
      count: run.count,
      stream,
      log: stream.log,
      partition: stream.partition,
      seqFirst: run.seqFirst,
      ...(base < 0 ? {} : { offset: base + run.seqFirst - sends.seq.get(row) }),
      atMs: chronicle.ms(dueOf(fate.stream, run.seqFirst)),
      detail: () => {
        return `acked by ${stream.log.cluster}, ${where(world, fate, kind)}; ${around(world, fate, run)}`;
      },
    },
  );
}

function where(world: World, { survivor }: Fate, kind: keyof typeof WHERE): string {
  const wounded = survivor !== undefined && world.isWounded(survivor.cluster);
  return wounded && kind === "stranded"
    ? "only on replicas that were gone until the heal"
    : WHERE[kind];
}

function around(world: World, fate: Fate, run: { seqFirst: number; count: number }): string {
  const { log, partition, index } = fate.stream.stream;
  const [read] = fate.surviving;
  if (!fate.survivor) return `nothing copies ${log.topic} to ${world.judging.survivingCluster}`;
  if (!read) return `nothing of ${fate.survivor.cluster} lived that could hold it`;
  const place = world.placeName(read.place.log, partition);
  return `${place}: ${aroundRun(read, { ...run, stream: index })}`;
}
