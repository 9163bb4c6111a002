/**
 * Everything the journals said, in the form the checks read: bit planes for "was it?", tables of
 * runs for "when and where?". Filled by `ingest.ts`, read by everybody else.
 *
 * One rule keeps the checks honest: what producers said, what audits found and what groups were given
 * are kept apart, and only the checks bring them together: both sides of a balance are counted.
 */
import type { LogRef } from "../history/judging.ts";
import { BitPlane } from "./bit-plane.ts";
import { Column } from "./column.ts";
import { PlaceTable, SendTable, SightingTable } from "./columns.ts";
import type { Group, Place, Stream, World } from "./world.ts";

/** What the producer of a stream said. */
export class StreamLedger {
  readonly stream: Stream;
  readonly sends = new SendTable();
  readonly sent = new BitPlane();
  readonly acked = new BitPlane();
  readonly failed = new BitPlane();
  readonly aborted = new BitPlane(); // and failed, for that
  readonly indeterminate = new BitPlane();
  /** Records in intent rows and in unsent rows: the producer's own count. */
  intents = 0;
  unsent = 0;
  readonly unsentRuns: { dueFirstUs: number; dueLastUs: number; count: number }[] = [];
  /** Its journal was not closed: whoever wrote it was killed. */
  writerDied = false;
  /** Answers to sends that no intent announced. */
  strayAnswers = 0;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** Sent, and nobody knows what became of it: an indeterminate answer or none at all. */
  unknownPlanes(): { inAll: [BitPlane]; inNone: BitPlane[] } {
    return { inAll: [this.sent], inNone: [this.acked, this.failed] };
  }
}

/** One run of records found a second time on a log. */
export interface DuplicateRun {
  stream: number;
  seqFirst: number;
  count: number;
  offset: number;
}

/** One reading of one partition of a log, from its start to its end. */
export class AuditedPlace {
  readonly place: Place;
  readonly reader: number;
  readonly table = new PlaceTable();
  readonly seen = new Map<number, BitPlane>();
  /** Records whose bytes were hurt, by the identity they claim. */
  readonly damaged = new Map<number, BitPlane>();
  readonly duplicates: DuplicateRun[] = [];
  /** Appends beyond the first of a record; full count. */
  duplicateAppends = 0;
  /** Records that belong to no stream of this run, or to a partition other than this. */
  strays = 0;
  badRecords = 0;
  /** Records in `seen` rows. */
  records = 0;
  start = 0;
  end = 0;
  complete = false;
  /** Time of its `end` row; -1 before it. */
  endedUs = -1;
  lastUs = 0;
  #duplicated: Map<number, BitPlane> | undefined;

  constructor(place: Place, reader: number) {
    this.place = place;
    this.reader = reader;
  }

  plane(stream: number): BitPlane {
    return planeIn(this.seen, stream);
  }

  /** Which records of a stream lie more than once here. */
  duplicatePlane(stream: number): BitPlane | undefined {
    if (!this.#duplicated) {
      this.#duplicated = new Map();
      for (const run of this.duplicates) {
        planeIn(this.#duplicated, run.stream).add(run.seqFirst, run.count);
      }
    }
    return this.#duplicated.get(stream);
  }
}

/** Commits of one group on one place, in journal order. */
export class CommitTable {
  readonly tUs = new Column();
  readonly offset = new Column();
}

export interface Resume {
  reader: number;
  place: number;
  offset: number;
  tUs: number;
}

/** What a consumer group was given. */
export class GroupLedger {
  readonly group: Group;
  /** By stream: which records were handed over, on whichever log. */
  readonly delivered = new Map<number, BitPlane>();
  /** By place: which offsets were handed over. */
  readonly offsets = new Map<number, BitPlane>();
  /** By stream: when, for records delivered after the fault. */
  readonly sightings = new Map<number, SightingTable>();
  readonly commits = new Map<number, CommitTable>();
  readonly resumes: Resume[] = [];
  /** By "reader:place": the first record handed over. */
  readonly firstDelivered = new Map<string, { offset: number; tUs: number }>();
  /** Records in delivered rows. */
  records = 0;
  /** Offsets handed over more than once; full count. */
  redelivered = 0;
  /** Offsets handed over again with another record than before. */
  reused = 0;
  /** The rows that did; capped. */
  readonly redeliveries: { place: number; offset: number; count: number; tUs: number }[] = [];

  constructor(group: Group) {
    this.group = group;
  }
}

/** A record that is not what was sent, at one place; each offset counts once. */
export interface BadRecord {
  place: number;
  offset: number;
  defect: number;
  producer: number;
  partition: number;
  seq: number;
  tUs: number;
}

/** A reader met records of `stream` from `seq` on where the audit met others. */
export interface Conflict {
  place: number;
  offset: number;
  count: number;
  stream: number;
  seq: number;
  tUs: number;
}

export class Ledger {
  readonly world: World;
  readonly streams: StreamLedger[];
  /** By place: every reading of it, in the order they ended. */
  readonly audits: AuditedPlace[][];
  readonly groups: GroupLedger[];
  /** By log id, then stream: when the watcher saw it. */
  readonly watched = new Map<number, Map<number, SightingTable>>();
  /** By place: offsets of bad records. */
  readonly badOffsets = new Map<number, BitPlane>();
  readonly bad: BadRecord[] = [];
  /** By defect: bad records beyond those that are kept. */
  readonly badBeyond = new Map<number, number>();
  /** Rows that name what the plan does not have; each sentence once, with its count. */
  readonly oddities = new Map<string, number>();
  /** Offsets at which a reader met another record than the audit; each offset once. */
  readonly conflicts: Conflict[] = [];
  readonly #conflictOffsets = new Map<number, BitPlane>();
  rows = 0;

  constructor(world: World) {
    this.world = world;
    this.streams = world.streams.map((stream) => new StreamLedger(stream));
    this.audits = world.places.map(() => []);
    this.groups = world.groups.map((group) => new GroupLedger(group));
  }

  stream(index: number): StreamLedger {
    return this.streams[index] as StreamLedger;
  }

  group(index: number): GroupLedger {
    return this.groups[index] as GroupLedger;
  }

  /** Every reading of a place, in the order they ended. */
  auditsOf(logId: number, partition: number): AuditedPlace[] {
    const index = this.world.placeIndex(logId, partition);
    return index < 0 ? [] : (this.audits[index] as AuditedPlace[]);
  }

  /** The reading that counts: the last, of the log itself and not of what survivors held of it. */
  finalAudit(logId: number, partition: number): AuditedPlace | undefined {
    return this.finalOf(this.world.placeIndex(logId, partition));
  }

  /** The same by the index of a place. */
  finalOf(place: number): AuditedPlace | undefined {
    return this.audits[place]?.findLast(({ reader }) => !this.world.readsBeforeHeal(reader));
  }

  /**
   * What the survivors hold of a partition: the last reading; of a wounded cluster those before the
   * heal; of one that is gone altogether none, and that is known. Undefined: nobody has read it.
   */
  survivorsOf({ id, cluster }: LogRef, partition: number): AuditedPlace[] | undefined {
    if (this.world.isFailed(cluster)) return [];
    if (!this.world.isWounded(cluster)) {
      const last = this.finalAudit(id, partition);
      return last && [last];
    }
    const before = this.auditsOf(id, partition).filter(({ reader }) =>
      this.world.readsBeforeHeal(reader),
    );
    return before.length === 0 ? undefined : before;
  }

  /** Rows of two readers may overlap in part: only what no conflict has told yet is another one. */
  noteConflict(conflict: Conflict): void {
    const plane = planeIn(this.#conflictOffsets, conflict.place);
    const { offset, count, seq } = conflict;
    const keep = (from: number, upTo: number) => {
      if (upTo === from) return;
      const part = { offset: from, count: upTo - from, seq: seq + from - offset };
      this.conflicts.push({ ...conflict, ...part });
    };
    let at = offset;
    plane.runsIn(offset, count, (told, some) => {
      keep(at, told);
      at = told + some;
    });
    keep(at, offset + count);
    plane.add(offset, count);
  }

  odd(sentence: string): void {
    this.oddities.set(sentence, (this.oddities.get(sentence) ?? 0) + 1);
  }

  /**
   * Puts every table into order; called when producers and audits are in, and at the end. Readings
   * that ended at one instant stay in the order of their journals.
   */
  seal(): void {
    for (const stream of this.streams) stream.sends.seal();
    for (const readings of this.audits) {
      readings.sort((a, b) => ended(a) - ended(b));
      for (const audit of readings) audit.table.seal();
    }
    for (const group of this.groups) {
      for (const table of group.sightings.values()) table.seal();
      group.resumes.sort((a, b) => a.tUs - b.tUs || a.place - b.place || a.reader - b.reader);
    }
    for (const byStream of this.watched.values()) {
      for (const table of byStream.values()) table.seal();
    }
  }
}

function ended(audit: AuditedPlace): number {
  return audit.endedUs >= 0 ? audit.endedUs : audit.lastUs;
}

/** The plane under a key, made when it is not there. */
export function planeIn(planes: Map<number, BitPlane>, key: number): BitPlane {
  let plane = planes.get(key);
  if (!plane) {
    plane = new BitPlane();
    planes.set(key, plane);
  }
  return plane;
}

/** The table under a key, made when it is not there. */
export function sightingsIn(tables: Map<number, SightingTable>, key: number): SightingTable {
  let table = tables.get(key);
  if (!table) {
    table = new SightingTable();
    tables.set(key, table);
  }
  return table;
}
