/** The acks of one place, as several checks ask for them. */
import type { BitPlane } from "./bit-plane.ts";
import type { AuditedPlace, StreamLedger } from "./ledger.ts";
import type { Place } from "./world.ts";

/** All streams that write to one place, and its last reading. */
export interface Writers {
  place: Place;
  streams: StreamLedger[];
  audit: AuditedPlace | undefined;
  /** Offsets that more than one ack names. */
  twice: BitPlane;
}

/** Calls back for each acked send that named an offset. */
export function forEachAck(
  stream: StreamLedger,
  visit: (row: number, offset: number, seq: number, count: number) => void,
): void {
  const { sends } = stream;
  for (let row = 0; row < sends.rows; row += 1) {
    const offset = sends.offset.get(row);
    if (offset >= 0) visit(row, offset, sends.seq.get(row), sends.count.get(row));
  }
}
