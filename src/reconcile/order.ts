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
import { BitPlane } from "./bit-plane.ts";
import { type Book, finalAudits } from "./content.ts";
import type { AuditedPlace } from "./ledger.ts";
import { holderOf, nameOf } from "./neighbourhood.ts";
import { SourceMap } from "./source-offsets.ts";

const MIRROR_LANE = -1;

export function noteReorders(book: Book): void {
  for (const audit of finalAudits(book.ledger)) {
    const walk = new OrderWalk(book, audit);
    // Most logs are in order: asked first at one comparison a run, without planes.
    if (walk.inOrder()) continue;
    walk.note();
  }
}

interface Step {
  stream: number;
  seq: number;
  count: number;
  offset: number;
  /** What must rise: the seq within a stream, or the offset at the source. */
  rank: number;
  /** Ranks of one lane must rise; lanes are streams, or one for the whole mirror. */
  lane: number;
}

class OrderWalk {
  readonly #book: Book;
  readonly #audit: AuditedPlace;
  /** Where the records of a mirror lie at its source. */
  readonly #map: SourceMap | undefined;

  constructor(book: Book, audit: AuditedPlace) {
    this.#book = book;
    this.#audit = audit;
    const source = audit.place.log.mirrorOf;
    if (source === undefined) return;
    this.#map = new SourceMap(book.ledger, source, audit.place.partition);
  }

  inOrder(): boolean {
    const last = new Map<number, number>();
    let ordered = true;
    this.#walk((step) => {
      if (step.rank < (last.get(step.lane) ?? 0)) ordered = false;
      last.set(step.lane, step.rank + step.count - 1);
    });
    return ordered;
  }

  note(): void {
    const highest = new Map<number, { rank: number; step: Step }>();
    const seen = new Map<number, BitPlane>();
    this.#walk((step) => {
      let plane = seen.get(step.stream);
      if (!plane) {
        plane = new BitPlane();
        seen.set(step.stream, plane);
      }
      const held = highest.get(step.lane);
      const below = held ? Math.min(Math.max(held.rank - step.rank, 0), step.count) : 0;
      const late = below - plane.countIn(step.seq, below);
      if (held && late > 0) this.#add(step, late, held.step);
      plane.add(step.seq, step.count);
      const rank = step.rank + step.count - 1;
      if (!held || rank > held.rank) highest.set(step.lane, { rank, step });
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
  #walk(visit: (step: Step) => void): void {
    const { table, place } = this.#audit;
    for (let row = 0; row < table.rows; row += 1) {
      const [stream, seq] = [table.stream.get(row), table.seq.get(row)];
      const run = { stream, seq, count: table.count.get(row), offset: table.offset.get(row) };
      const { log, application } = this.#book.ledger.world.stream(stream);
      if (this.#map === undefined || place.log.mirrorOf !== log.id) {
        if (application) visit({ ...run, rank: seq, lane: stream });
        continue;
      }
      this.#map.cut(run, ({ source, ...part }) =>
        visit({ ...part, rank: source, lane: MIRROR_LANE }),
      );
    }
  }
}
