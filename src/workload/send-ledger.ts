/** The books of one producer: its journal rows, and the totals they add up to. */
import { OUTCOME } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import { monotonicUs } from "../kernel/clock.ts";
import type { ProducerFigures } from "./agent-context.ts";
import type { Batch, Lane } from "./lanes.ts";
import type { Schedule } from "./schedule.ts";

export class SendLedger {
  readonly journal: JournalWriter;
  readonly #producer: number;
  readonly #log: number;
  #acked = 0;
  #failed = 0;
  #indeterminate = 0;
  #lastAckUs = 0;

  constructor(journal: JournalWriter, producer: number, log: number) {
    this.journal = journal;
    this.#producer = producer;
    this.#log = log;
  }

  intent(batch: Batch, schedule: Schedule, nowUs: number): void {
    const { partition, pieces } = batch;
    for (const { seqFirst, count } of pieces) {
      const firstUs = schedule.dueUs(partition, seqFirst);
      const lastUs = schedule.dueUs(partition, seqFirst + count - 1);
      this.journal.intent(
        this.#producer,
        this.#log,
        partition,
        seqFirst,
        count,
        nowUs,
        firstUs,
        lastUs,
      );
    }
  }

  /** The outcome of a batch, once: what comes after the first is void. */
  settle(batch: Batch, code: number, offset: number): void {
    if (batch.settled) return;
    batch.settled = true;
    const nowUs = monotonicUs();
    const { partition, count } = batch;
    for (const piece of batch.pieces) {
      const at = code === OUTCOME.acked ? offset + piece.seqFirst - batch.seqFirst : offset;
      this.journal.outcome(
        this.#producer,
        this.#log,
        partition,
        piece.seqFirst,
        piece.count,
        code,
        at,
        nowUs,
      );
    }
    if (code === OUTCOME.acked) {
      this.#acked += count;
      this.#lastAckUs = nowUs;
    } else if (code === OUTCOME.failed || code === OUTCOME.aborted) {
      this.#failed += count;
    } else {
      this.#indeterminate += count;
    }
  }

  /** What of a lane was due until then and will never be sent. Gives how many records that are. */
  unsent(lane: Lane, schedule: Schedule, untilUs: number): number {
    const { partition, nextSeq } = lane;
    const count = schedule.dueCount(partition, untilUs) - nextSeq;
    if (count <= 0) return 0;
    const firstUs = schedule.dueUs(partition, nextSeq);
    const lastUs = schedule.dueUs(partition, nextSeq + count - 1);
    const nowUs = monotonicUs();
    this.journal.unsent(
      this.#producer,
      this.#log,
      partition,
      nextSeq,
      count,
      nowUs,
      firstUs,
      lastUs,
    );
    lane.nextSeq += count;
    return count;
  }

  figures(due: number, oldestUnackedDueUs: number): ProducerFigures {
    return {
      producer: this.#producer,
      due,
      acked: this.#acked,
      failed: this.#failed,
      indeterminate: this.#indeterminate,
      lastAckUs: this.#lastAckUs,
      oldestUnackedDueUs,
    };
  }
}
