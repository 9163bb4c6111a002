/**
 * The plan as the judge sees it: which streams exist, on which logs a record may be found, and
 * which of these logs count as "survived". Everything is looked up by number, because rows carry
 * numbers.
 *
 * A *family* is a record's own log and every mirror of it, mirrors of mirrors included. A record
 * found on a log outside its family was not put there by anything the plan knows.
 */
import type { Judging, LogRef, ProducerRef, ReaderRef } from "../history/judging.ts";

/** Records of one producer on one partition; seq is gapless within it. */
export interface Stream {
  index: number;
  producer: ProducerRef;
  partition: number;
  log: LogRef;
  /** Counts for the headline; canary and readiness streams are reconciled apart. */
  application: boolean;
}

/** A partition of a log. */
export interface Place {
  index: number;
  log: LogRef;
  partition: number;
}

/** A consumer group: its readers in the plan's order. */
export interface Group {
  index: number;
  name: string;
  readers: ReaderRef[];
}

const SLOTS = 65_536;

export class World {
  readonly judging: Judging;
  readonly streams: Stream[] = [];
  readonly places: Place[] = [];
  readonly groups: Group[] = [];
  readonly #logs = new Map<number, LogRef>();
  readonly #readers = new Map<number, ReaderRef>();
  readonly #groupByReader = new Map<number, Group>();
  /** First stream of a producer, and first place of a log; of one that is none, any. */
  readonly #streamBase = new Int32Array(SLOTS);
  readonly #placeBase = new Int32Array(SLOTS);
  readonly #familyByLog = new Map<number, LogRef[]>();
  readonly #failed: ReadonlySet<string>;
  /** Readers that read what a wounded cluster's living part holds, and the clusters they do it of. */
  readonly #beforeHeal = new Set<number>();
  readonly #wounded = new Set<string>();

  constructor(judging: Judging) {
    this.judging = judging;
    this.#failed = new Set(judging.failedClusters);
    for (const log of byId(judging.logs)) {
      this.#logs.set(log.id, log);
      this.#placeBase[log.id] = this.places.length;
      for (let partition = 0; partition < log.partitions; partition += 1) {
        this.places.push({ index: this.places.length, log, partition });
      }
    }
    for (const producer of byId(judging.producers)) this.#addStreams(producer);
    for (const reader of byId(judging.readers)) this.#addReader(reader);
  }

  log(id: number): LogRef | undefined {
    return this.#logs.get(id);
  }

  reader(id: number): ReaderRef | undefined {
    return this.#readers.get(id);
  }

  groupOf(reader: number): Group | undefined {
    return this.#groupByReader.get(reader);
  }

  /** Index of a stream, or -1 when the plan has no such producer or partition. */
  streamIndex(producer: number, partition: number): number {
    const index = (this.#streamBase[producer] ?? 0) + partition;
    return this.streams[index]?.producer.id === producer ? index : -1;
  }

  /** Index of a place, or -1. */
  placeIndex(log: number, partition: number): number {
    const index = (this.#placeBase[log] ?? 0) + partition;
    return this.places[index]?.log.id === log ? index : -1;
  }

  stream(index: number): Stream {
    return this.streams[index] as Stream;
  }

  place(index: number): Place {
    return this.places[index] as Place;
  }

  /** The log itself and all mirrors of it. */
  family(log: LogRef): LogRef[] {
    const known = this.#familyByLog.get(log.id);
    if (known) return known;
    const found = [log];
    for (let at = 0; at < found.length; at += 1) {
      const from = found[at] as LogRef;
      for (const mirror of this.#logs.values()) {
        if (mirror.mirrorOf === from.id && !found.includes(mirror)) found.push(mirror);
      }
    }
    this.#familyByLog.set(log.id, found);
    return found;
  }

  isFailed(cluster: string): boolean {
    return this.#failed.has(cluster);
  }

  /** A part of it, not the whole, was gone when the survivors were read. */
  isWounded(cluster: string): boolean {
    return this.#wounded.has(cluster);
  }

  /** Whether what this reader read is only what the living part held, before the heal. */
  readsBeforeHeal(reader: number): boolean {
    return this.#beforeHeal.has(reader);
  }

  /**
   * Where a record of `log` survives: on its own log when that lies on the surviving cluster, else
   * on the mirror there. Undefined when nothing copies it there: then all of it is missing.
   */
  survivingLog(log: LogRef): LogRef | undefined {
    return this.family(log).find((one) => one.cluster === this.judging.survivingCluster);
  }

  applicationStreams(): Stream[] {
    return this.streams.filter((stream) => stream.application);
  }

  /** `topic/3 on cluster`. */
  placeName(log: LogRef, partition: number): string {
    return `${log.topic}/${partition} on ${log.cluster}`;
  }

  #addStreams(producer: ProducerRef): void {
    const log = this.#logs.get(producer.log);
    if (!log) return;
    this.#streamBase[producer.id] = this.streams.length;
    for (let partition = 0; partition < log.partitions; partition += 1) {
      const index = this.streams.length;
      const application = producer.kind === "application";
      this.streams.push({ index, producer, partition, log, application });
    }
  }

  #addReader(reader: ReaderRef): void {
    this.#readers.set(reader.id, reader);
    if (reader.beforeHeal) {
      this.#beforeHeal.add(reader.id);
      for (const log of reader.logs.flatMap((id) => this.#logs.get(id) ?? [])) {
        this.#wounded.add(log.cluster);
      }
    }
    if (reader.kind !== "group") return;
    const name = reader.group ?? reader.name;
    let group = this.groups.find((one) => one.name === name);
    if (!group) {
      group = { index: this.groups.length, name, readers: [] };
      this.groups.push(group);
    }
    group.readers.push(reader);
    this.#groupByReader.set(reader.id, group);
  }
}

function byId<T extends { id: number }>(refs: readonly T[]): T[] {
  return [...refs].sort((a, b) => a.id - b.id);
}
