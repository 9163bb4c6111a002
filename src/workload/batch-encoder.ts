/** Batches of a producer as Kafka records: keys and values that say which record they are. */
import type { OutgoingRecord } from "../kafka/send-client.ts";
import type { Batch } from "./lanes.ts";
import { PayloadCodec } from "./payload.ts";
import type { ProducerSpec } from "./protocol.ts";
import type { Schedule } from "./schedule.ts";

const BATCH_BYTES_MAX = 900_000;
/** Kafka's own bytes around a record, at most: lengths, deltas and our key. */
const RECORD_OVERHEAD_BYTES = 40;

/** How many records of this producer's size go into one batch. */
export function recordsFitting({ recordBytes, batchRecordsMax }: ProducerSpec): number {
  const fitting = Math.floor(BATCH_BYTES_MAX / (recordBytes + RECORD_OVERHEAD_BYTES));
  return Math.max(1, Math.min(batchRecordsMax, fitting));
}

export class BatchEncoder {
  readonly #spec: ProducerSpec;
  readonly #schedule: Schedule;
  readonly #codec: PayloadCodec;

  constructor(spec: ProducerSpec, schedule: Schedule) {
    this.#spec = spec;
    this.#schedule = schedule;
    this.#codec = new PayloadCodec(spec.runTag);
  }

  records({ partition, seqFirst, count, single }: Batch): OutgoingRecord[] {
    const { producer } = this.#spec;
    const bytes = single?.bytes ?? this.#spec.recordBytes;
    const values = Buffer.allocUnsafe(count * bytes);
    const identity = { producer, partition, seq: seqFirst };
    const records: OutgoingRecord[] = [];
    for (let n = 0; n < count; n += 1) {
      identity.seq = seqFirst + n;
      const key = this.#codec.key(partition, identity.seq);
      const at = n * bytes;
      const dueUs = this.#schedule.dueUs(partition, identity.seq);
      this.#codec.write(values, at, bytes, identity, dueUs, key);
      records.push({ key, value: values.subarray(at, at + bytes) });
    }
    return records;
  }
}
