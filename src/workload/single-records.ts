/**
 * Records of another size than their producer's others: asked for one by one, sent alone, and told
 * of when their outcome is known. Their size is in their own header; their place in the schedule is
 * that of any record.
 */
import { OUTCOME } from "../history/journal-format.ts";
import type { Batch, Lane } from "./lanes.ts";
import type { Answer } from "./protocol.ts";

type Told = Answer<"producer.single">;

export class SingleRecords {
  readonly #waiting = new Map<object, (told: Told) => void>();

  /** The next record of a lane goes alone and is so large; resolves with what became of it. */
  ask(lane: Lane | undefined, bytes: number): Promise<Told> {
    if (lane === undefined || lane.single !== undefined) {
      return Promise.reject(new Error("no such partition, or one that has such a record to send"));
    }
    const single = { bytes };
    lane.single = single;
    return new Promise((resolve) => {
      this.#waiting.set(single, resolve);
    });
  }

  settled({ single, seqFirst: seq }: Batch, code: number, offset: number): void {
    if (single === undefined) return;
    this.#waiting.get(single)?.({ seq, offset, outcome: nameOf(code) });
    this.#waiting.delete(single);
  }
}

function nameOf(code: number): Told["outcome"] {
  if (code === OUTCOME.acked) return "acked";
  return code === OUTCOME.failed || code === OUTCOME.aborted ? "failed" : "indeterminate";
}
