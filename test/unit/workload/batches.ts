/** Batches of records as a broker hands them out. */
import { createRecordsBatch } from "@platformatic/kafka";

export interface Sent {
  key: Buffer | null;
  value: Buffer;
}

/** One whose first record lies at offset `base`. */
export function batchOf(base: number, records: Sent[], compression?: "gzip"): Buffer {
  const messages = records.map(({ key, value }) => ({
    topic: "orders",
    value,
    ...(key && { key }),
  }));
  const made = createRecordsBatch(messages, compression ? { compression } : {});
  const batch = Buffer.from(made.buffer);
  batch.writeBigInt64BE(BigInt(base), 0);
  return batch;
}
