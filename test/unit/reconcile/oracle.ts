/**
 * The naive judge: one string per record, Sets and Maps, no planes, no runs. Slow, plain, and written
 * from the definitions of metrics.md without a look at the engine; the engine must agree with it.
 */
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import type { MemoryJournal, Row } from "./memory-journal.ts";
import { field, type Reading, type Rec, recordsOf } from "./oracle-rows.ts";

export interface OracleCounts {
  lost: number;
  stranded: number;
  overwritten: number;
  unread: number;
  "duplicate-append": number;
  redelivery: number;
  "failed-read": number;
  phantom: number;
  corrupt: number;
  reordered: number;
  "inconsistent-offset": number;
  "duplicate-acked-offset": number;
  holes: number;
}

export class Oracle {
  readonly #judging: Judging;
  readonly #sent = new Set<string>();
  readonly #acked = new Map<string, { rec: Rec; offset: number }>();
  readonly #failed = new Set<string>();
  /** place → readings in the order of their `end` rows. */
  readonly #readings = new Map<string, Reading[]>();
  readonly #delivered = new Map<string, Set<string>>();
  readonly #offsets = new Map<string, number>();
  readonly #bad = new Set<string>();
  /** place → what lies damaged there: offset and claimed identity. */
  readonly #damaged = new Map<string, { offset: number; claims: string }[]>();

  constructor(judging: Judging, journals: readonly MemoryJournal[]) {
    this.#judging = judging;
    for (const { role, rows } of journals) {
      const open = new Map<string, Reading>();
      for (const row of rows) this.#take(row, role, open);
    }
  }

  #take(row: Row, role: string, open: Map<string, Reading>): void {
    const place = `${field(row, "log")}/${field(row, "partition")}`;
    const reading = () => {
      const held = open.get(place) ?? new Map<number, Rec>();
      open.set(place, held);
      return held;
    };
    switch (row.kind) {
      case ROW.intent:
      case ROW.outcome:
        this.#takeSend(row);
        return;
      case ROW.seen:
        if (role !== "audit") return;
        for (const { offset, rec } of recordsOf(row)) reading().set(offset, rec);
        return;
      case ROW.bad: {
        this.#bad.add(`${place}@${field(row, "offset")}`);
        const claims = recordsOf(row)[0]?.rec.id ?? "";
        const here = this.#damaged.get(place) ?? [];
        this.#damaged.set(place, [...here, { offset: field(row, "offset"), claims }]);
        return;
      }
      case ROW.end:
        this.#readings.set(place, [...(this.#readings.get(place) ?? []), reading()]);
        open.delete(place);
        return;
      case ROW.delivered:
        this.#takeDelivery(row, place);
        return;
      default:
        return;
    }
  }

  #takeSend(row: Row): void {
    const partition = field(row, "partition");
    const stream = `${field(row, "actor")}/${partition}`;
    for (let n = 0; n < field(row, "count"); n += 1) {
      const seq = field(row, "seqFirst") + n;
      const id = `${stream}/${seq}`;
      if (row.kind === ROW.intent) this.#sent.add(id);
      else if (row.code === OUTCOME.failed) this.#failed.add(id);
      else if (row.code === OUTCOME.acked) {
        const rec = { id, stream, producer: field(row, "actor"), partition, seq };
        const base = field(row, "offset");
        this.#acked.set(id, { rec, offset: base < 0 ? -1 : base + n });
      }
    }
  }

  #takeDelivery(row: Row, place: string): void {
    const reader = this.#judging.readers.find(({ id }) => id === row.actor);
    const group = reader?.group ?? "";
    const got = this.#delivered.get(group) ?? new Set();
    this.#delivered.set(group, got);
    for (const { offset, rec } of recordsOf(row)) {
      got.add(rec.id);
      const key = `${group}@${place}@${offset}`;
      this.#offsets.set(key, (this.#offsets.get(key) ?? 0) + 1);
    }
  }

  #final(log: number, partition: number): Reading {
    return this.#readings.get(`${log}/${partition}`)?.at(-1) ?? new Map();
  }

  #ids(log: number, partition: number): Set<string> {
    return new Set([...this.#final(log, partition).values()].map(({ id }) => id));
  }

  #logOf(producer: number): number {
    return this.#judging.producers.find(({ id }) => id === producer)?.log ?? -1;
  }

  #family(log: number): number[] {
    return this.#judging.logs
      .filter((one) => one.id === log || one.mirrorOf === log)
      .map(({ id }) => id);
  }

  #survivor(log: number): number | undefined {
    const { logs, survivingCluster } = this.#judging;
    return this.#family(log).find(
      (id) => logs.find((one) => one.id === id)?.cluster === survivingCluster,
    );
  }

  /** Damaged there: it says so itself, or says nonsense at the offset that was acked. */
  #isHurt(rec: Rec, log: number): boolean {
    const here = this.#damaged.get(`${log}/${rec.partition}`) ?? [];
    if (here.some(({ claims }) => claims === rec.id)) return true;
    if (log !== this.#logOf(rec.producer)) return false;
    const named = this.#acked.get(rec.id)?.offset ?? -1;
    return here.some(({ offset, claims }) => offset === named && !this.#sent.has(claims));
  }

  counts(): OracleCounts {
    return {
      ...this.#losses(),
      ...this.#impossible(),
      ...this.#acks(),
      unread: this.#unread(),
      "duplicate-append": this.#duplicates(),
      redelivery: [...this.#offsets.values()].reduce((sum, times) => sum + times - 1, 0),
      corrupt: this.#bad.size,
      reordered: this.#reordered(),
    };
  }

  #losses() {
    const counts = { lost: 0, stranded: 0, overwritten: 0, holes: 0 };
    const lastPresent = new Map<string, number>();
    const missing: Rec[] = [];
    for (const { rec } of this.#acked.values()) {
      const own = this.#logOf(rec.producer);
      const survivor = this.#survivor(own);
      const hurt = survivor !== undefined && this.#isHurt(rec, survivor);
      const there = survivor !== undefined && this.#ids(survivor, rec.partition).has(rec.id);
      if (there || hurt) {
        lastPresent.set(rec.stream, Math.max(lastPresent.get(rec.stream) ?? -1, rec.seq));
        continue;
      }
      missing.push(rec);
      const others = this.#family(own).filter((id) => id !== survivor);
      const everRead = this.#family(own).some((id) =>
        (this.#readings.get(`${id}/${rec.partition}`) ?? [])
          .slice(0, -1)
          .some((reading) => [...reading.values()].some(({ id: other }) => other === rec.id)),
      );
      if (others.some((id) => this.#ids(id, rec.partition).has(rec.id))) counts.stranded += 1;
      else if (everRead) counts.overwritten += 1;
      else counts.lost += 1;
    }
    const holed = missing.filter(({ stream, seq }) => seq < (lastPresent.get(stream) ?? -1));
    return { ...counts, holes: new Set(holed.map(({ stream }) => stream)).size };
  }

  #impossible() {
    const found = new Set<string>();
    for (const readings of this.#readings.values()) {
      for (const reading of readings) for (const { id } of reading.values()) found.add(id);
    }
    for (const got of this.#delivered.values()) for (const id of got) found.add(id);
    return {
      phantom: [...found].filter((id) => !this.#sent.has(id)).length,
      "failed-read": [...found].filter((id) => this.#failed.has(id)).length,
    };
  }

  #duplicates(): number {
    let count = 0;
    for (const [place] of this.#readings) {
      const [log = 0, partition = 0] = place.split("/").map(Number);
      const reading = this.#final(log, partition);
      count += reading.size - new Set([...reading.values()].map(({ id }) => id)).size;
    }
    return count;
  }

  #unread(): number {
    let count = 0;
    const groups = new Set(this.#judging.readers.flatMap(({ group }) => group ?? []));
    for (const group of groups) {
      const got = this.#delivered.get(group) ?? new Set();
      const reads = this.#judging.readers
        .filter((reader) => reader.group === group)
        .flatMap(({ logs }) => logs);
      for (const { id: producer, log } of this.#judging.producers) {
        const survivor = this.#survivor(log);
        if (survivor === undefined || !reads.includes(survivor)) continue;
        for (const partition of [0, 1]) {
          const ids = new Set(
            [...this.#final(survivor, partition).values()]
              .filter((rec) => rec.producer === producer)
              .map(({ id }) => id),
          );
          const owed = (id: string) => this.#sent.has(id) && !this.#failed.has(id);
          count += [...ids].filter((id) => owed(id) && !got.has(id)).length;
        }
      }
    }
    return count;
  }

  #reordered(): number {
    let count = 0;
    for (const [place] of this.#readings) {
      const [log = 0, partition = 0] = place.split("/").map(Number);
      const mirror = this.#judging.logs.find(({ id }) => id === log)?.mirrorOf !== undefined;
      const highest = new Map<string, number>();
      const met = new Set<string>();
      const inOrder = [...this.#final(log, partition)].sort(([a], [b]) => a - b);
      for (const [, rec] of inOrder) {
        if (met.has(rec.id)) continue;
        met.add(rec.id);
        const named = this.#sourceOffset(rec);
        if (mirror && named < 0) continue;
        const rank = mirror ? named : rec.seq;
        const lane = mirror ? "mirror" : rec.stream;
        const before = highest.get(lane) ?? -1;
        if (rank < before) count += 1;
        else highest.set(lane, rank);
      }
    }
    return count;
  }

  /** Where a record first lies at its source, else where its ack says. */
  #sourceOffset(rec: Rec): number {
    const own = this.#final(this.#logOf(rec.producer), rec.partition);
    const offsets = [...own].filter(([, { id }]) => id === rec.id).map(([offset]) => offset);
    return offsets.length > 0 ? Math.min(...offsets) : (this.#acked.get(rec.id)?.offset ?? -1);
  }

  #acks() {
    const named = new Map<string, number>();
    for (const { rec, offset } of this.#acked.values()) {
      const key = `${this.#logOf(rec.producer)}/${rec.partition}@${offset}`;
      if (offset >= 0) named.set(key, (named.get(key) ?? 0) + 1);
    }
    let inconsistent = 0;
    for (const { rec, offset } of this.#acked.values()) {
      const own = this.#logOf(rec.producer);
      const place = `${own}/${rec.partition}`;
      const reading = this.#final(own, rec.partition);
      const hurt = this.#isHurt(rec, own);
      if (offset < 0 || (named.get(`${place}@${offset}`) ?? 0) > 1) continue;
      if (reading.get(offset)?.id === rec.id) continue;
      const lies = [...reading.values()].some(({ id }) => id === rec.id);
      if (lies || (!hurt && reading.has(offset))) inconsistent += 1;
    }
    const twice = [...named.values()].reduce((sum, times) => sum + times - 1, 0);
    return { "inconsistent-offset": inconsistent, "duplicate-acked-offset": twice };
  }
}
