/**
 * Order on the logs.
 *
 * Within a stream, seq must rise with the offset. Naive rule: every fall is a reorder.
 * Counter-example: seq 7 8 9 7 8 9 is a batch appended twice, and nothing is out of order. Real rule:
 * only the *first* appearance of a record is asked, and it is reordered when a later seq of its
 * stream appeared before it.
 *
 * Probes (canary, readiness) are sent side by side and promise no order among themselves.
 *
 * On a mirror the rule is the source's order, across streams: what the source holds later must not
 * come earlier. A mirror that copies a reordered source is faithful, and is not blamed again.
 */
import type { BitPlane } from "./bit-plane.ts";
import { type Book, finalAudits } from "./content.ts";
import { type AuditedPlace, planeIn } from "./ledger.ts";
import { madeAnew } from "./made-anew.ts";
import { holderOf, nameOf } from "./neighbourhood.ts";
import { SourceMap, type VisitSource } from "./source-offsets.ts";

const MIRROR_LANE = -1;

export function noteReorders(book: Book): void {
  const anew = madeAnew(book.ledger.world, book.chronicle);
  for (const audit of finalAudits(book.ledger)) {
    const walk = new OrderWalk(book, audit, anew);
    // Most logs are in order: asked first at one comparison a run, without planes.
    if (walk.inOrder()) continue;
    walk.note();
  }
}

/**
 * A run whose ranks (the seq within a stream, or the offset at the source) must rise within its
 * lane: a stream, or the one lane of a whole mirror.
 */
interface Step {
  stream: number;
  seq: number;
  count: number;
  offset: number;
  rank: number;
  lane: number;
}

type VisitStep = (
  stream: number,
  seq: number,
  count: number,
  offset: number,
  rank: number,
  lane: number,
) => void;

class OrderWalk {
  readonly #book: Book;
  readonly #audit: AuditedPlace;
  /** Where the records of a mirror lie at its source. */
  readonly #map: SourceMap | undefined;

  constructor(book: Book, audit: AuditedPlace, anew: ReadonlySet<number>) {
    this.#book = book;
    this.#audit = audit;
    const source = audit.place.log.mirrorOf;
    if (source === undefined || anew.has(source)) return;
    this.#map = new SourceMap(book.ledger, source, audit.place.partition);
  }

  inOrder(): boolean {
    const last = new Map<number, number>();
    let ordered = true;
    this.#walk((_stream, _seq, count, _offset, rank, lane) => {
      if (rank < (last.get(lane) ?? 0)) ordered = false;
      last.set(lane, rank + count - 1);
    });
    return ordered;
  }

  note(): void {
    const highest = new Map<number, { rank: number; step: Step }>();
    const seen = new Map<number, BitPlane>();
    this.#walk((stream, seq, count, offset, rank, lane) => {
      const step = { stream, seq, count, offset, rank, lane };
      const plane = planeIn(seen, stream);
      const held = highest.get(lane);
      const below = held ? Math.min(Math.max(held.rank - rank, 0), count) : 0;
      const late = below - plane.countIn(seq, below);
      if (held && late > 0) this.#add(step, late, held.step);
      plane.add(seq, count);
      const last = rank + count - 1;
      if (!held || last > held.rank) highest.set(lane, { rank: last, step });
    });
  }

  #add(step: Step, count: number, after: Step): void {
    const { ledger, anomalies } = this.#book;
    const { log, partition } = this.#audit.place;
    const mirror = step.lane < 0;
    anomalies.add(
      {
        class: "reordered",
        cause: mirror ? "mirror order differs from the source" : "within a stream",
        violation: true,
      },
      {
        count,
        stream: ledger.world.stream(step.stream),
        log,
        partition,
        seqFirst: step.seq,
        offset: step.offset,
        detail: () =>
          `${nameOf(ledger.world, step.stream, step.seq)} at offset ${step.offset} comes after ` +
          `${nameOf(ledger.world, after.stream, after.seq + after.count - 1)}; ` +
          holderOf(ledger.world, this.#audit.table, step.offset - 1),
      },
    );
  }

  /** Visits runs in order of offset, cut where their rank may jump. */
  #walk(visit: VisitStep): void {
    const { table, place } = this.#audit;
    const bySource: VisitSource = (stream, seq, count, offset, source) =>
      visit(stream, seq, count, offset, source, MIRROR_LANE);
    for (let row = 0; row < table.rows; row += 1) {
      const [stream, seq] = [table.stream.get(row), table.seq.get(row)];
      const [count, offset] = [table.count.get(row), table.offset.get(row)];
      const { log, application } = this.#book.ledger.world.stream(stream);
      if (this.#map !== undefined && place.log.mirrorOf === log.id) {
        this.#map.cut(stream, seq, count, offset, bySource);
      } else if (application) visit(stream, seq, count, offset, seq, stream);
    }
  }
}
