/**
 * Rows of journals into the ledger: one pass, in an order that does not depend on who calls.
 *
 * Journals are taken by role (producers, then audits, then readers) and by name. That makes the
 * result independent of the order of files, and it means that when a delivery is read, everything
 * sent is known, so a delivery's age and a seq's phantom nature are known on the spot.
 */
import { OUTCOME, ROW } from "../history/journal-format.ts";
import { Buckets } from "./buckets.ts";
import { AuditIntake } from "./ingest-audit.ts";
import { ReaderIntake } from "./ingest-readers.ts";
import { Ledger, type StreamLedger } from "./ledger.ts";
import type { Flow, IngestWindow, JournalFact, JournalInput, Rows } from "./rows.ts";
import type { World } from "./world.ts";

const ROLE_ORDER = ["readiness", "producer", "canary", "audit", "watcher", "consumer"];

function rank(role: string): number {
  const at = ROLE_ORDER.indexOf(role);
  return at < 0 ? ROLE_ORDER.length : at;
}

export interface Intake {
  ledger: Ledger;
  flow: Flow;
  journals: JournalFact[];
}

/** Reads every journal once. */
export function ingest(world: World, inputs: Iterable<JournalInput>, window: IngestWindow): Intake {
  const ledger = new Ledger(world);
  const { fromUs, toUs, buckets } = window;
  const flow = {
    delivered: new Buckets(fromUs, toUs, buckets, 0),
    deliveredAge: new Buckets(fromUs, toUs, buckets, Number.NaN),
    mirroredAge: new Buckets(fromUs, toUs, buckets, Number.NaN),
  };
  const ordered = [...inputs].sort(
    (a, b) => rank(a.role) - rank(b.role) || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0),
  );
  const journals: JournalFact[] = [];
  let sealed = false;
  for (const input of ordered) {
    if (!sealed && rank(input.role) > rank("audit")) {
      ledger.seal();
      sealed = true;
    }
    const intake = new JournalIntake(ledger, flow, window);
    const reading = input.read((block) => intake.take(block));
    intake.closed(reading.state === "closed");
    const { file, agent, role } = input;
    journals.push({ ...reading, file, agent, role });
  }
  ledger.seal();
  return { ledger, flow, journals };
}

/** One journal's rows, handed on by kind. */
class JournalIntake {
  readonly #ledger: Ledger;
  readonly #producers: ProducerIntake;
  readonly #audit: AuditIntake;
  readonly #readers: ReaderIntake;

  constructor(ledger: Ledger, flow: Flow, window: IngestWindow) {
    this.#ledger = ledger;
    this.#producers = new ProducerIntake(ledger);
    this.#audit = new AuditIntake(ledger);
    this.#readers = new ReaderIntake(ledger, flow, window.sightingsFromUs);
  }

  take(block: Rows): void {
    this.#ledger.rows += block.rows;
    for (let i = 0; i < block.rows; i += 1) this.#row(block, i);
  }

  /** To be called after the last row. */
  closed(inOrder: boolean): void {
    if (!inOrder) this.#producers.writerDied();
  }

  #row(block: Rows, i: number): void {
    const kind = block.kind(i);
    switch (kind) {
      case ROW.intent:
      case ROW.outcome:
      case ROW.unsent:
        this.#producers.row(block, i, kind);
        return;
      case ROW.end:
        this.#audit.end(block, i);
        return;
      case ROW.seen:
      case ROW.bad:
        if (this.#ledger.world.reader(block.actor(i))?.kind === "audit") {
          this.#audit.found(block, i, kind);
        } else if (kind === ROW.seen) this.#readers.watched(block, i);
        else this.#readers.bad(block, i);
        return;
      case ROW.delivered:
      case ROW.commit:
      case ROW.resume:
        this.#readers.row(block, i, kind);
        return;
      default:
        this.#ledger.odd(`a row has the unknown kind ${kind}`);
    }
  }
}

/** Sends and their answers. */
class ProducerIntake {
  readonly #ledger: Ledger;
  /** By stream: sends without an answer yet, by their first seq. */
  readonly #open = new Map<number, Map<number, number>>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  row(block: Rows, i: number, kind: number): void {
    const index = this.#ledger.world.streamIndex(block.actor(i), block.partition(i));
    if (index < 0) {
      const name = `producer ${block.actor(i)}, partition ${block.partition(i)}`;
      this.#ledger.odd(`a journal names ${name}, which the plan does not have`);
      return;
    }
    const stream = this.#ledger.stream(index);
    if (kind === ROW.intent) this.#intent(stream, block, i);
    else if (kind === ROW.unsent) {
      const [dueFirstUs, dueLastUs, count] = [block.aux1(i), block.aux2(i), block.count(i)];
      stream.unsent += count;
      stream.unsentRuns.push({ dueFirstUs, dueLastUs, count });
    } else this.#outcome(stream, block, i);
  }

  writerDied(): void {
    for (const stream of this.#open.keys()) this.#ledger.stream(stream).writerDied = true;
  }

  #intent(stream: StreamLedger, block: Rows, i: number): void {
    const [seqFirst, count] = [block.seqFirst(i), block.count(i)];
    const again = stream.sent.add(seqFirst, count);
    if (again > 0) {
      const { producer, partition } = stream.stream;
      this.#ledger.odd(`${producer.name} sent the same seq twice on partition ${partition}`);
      return;
    }
    stream.intents += count;
    const row = stream.sends.push({
      seqFirst,
      count,
      dueFirstUs: block.aux1(i),
      dueLastUs: block.aux2(i),
      sentUs: block.tUs(i),
    });
    this.#openOf(stream).set(seqFirst, row);
  }

  /**
   * An answer is for a whole send, or for its first records; then the rest stays open. An answer to
   * nothing that was sent is counted and makes the run inconclusive: the journal contradicts itself.
   */
  #outcome(stream: StreamLedger, block: Rows, i: number): void {
    const [seqFirst, count, code] = [block.seqFirst(i), block.count(i), block.code(i)];
    const open = this.#openOf(stream);
    const row = open.get(seqFirst);
    if (row === undefined || count > stream.sends.count.get(row)) {
      stream.strayAnswers += count;
      return;
    }
    open.delete(seqFirst);
    if (count < stream.sends.count.get(row)) {
      open.set(seqFirst + count, stream.sends.split(row, count));
    }
    const acked = code === OUTCOME.acked;
    stream.sends.answer(row, code, block.tUs(i), acked ? block.offset(i) : -1);
    if (acked) stream.acked.add(seqFirst, count);
    else if (code === OUTCOME.failed || code === OUTCOME.aborted) {
      stream.failed.add(seqFirst, count);
      if (code === OUTCOME.aborted) stream.aborted.add(seqFirst, count);
    } else stream.indeterminate.add(seqFirst, count);
  }

  #openOf(stream: StreamLedger): Map<number, number> {
    let open = this.#open.get(stream.stream.index);
    if (!open) {
      open = new Map();
      this.#open.set(stream.stream.index, open);
    }
    return open;
  }
}
