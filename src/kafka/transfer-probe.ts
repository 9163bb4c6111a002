/**
 * How long some bytes take to a broker and back: one Metadata request for topics that do not exist,
 * whose names make up the bytes. The answer repeats the names, so both ways carry about as much, one
 * after the other. It creates nothing and leaves no line in a broker's log.
 */
import { monotonicUs } from "../kernel/clock.ts";
import { BrokerConnection } from "./broker-connection.ts";
import { fetchMetadata } from "./cluster-requests.ts";

/** The longest topic name Kafka allows. */
const NAME_BYTES = 249;
const CONNECT_MS = 10_000;

/** `tookMs`: from the request's first byte to the answer's last; connecting is not counted. */
export async function probeTransfer(ask: {
  host: string;
  port: number;
  bytes: number;
  timeoutMs: number;
}): Promise<{ bytesEachWay: number; tookMs: number }> {
  const names = transferNames(ask.bytes);
  const connection = await BrokerConnection.open(
    { host: ask.host, port: ask.port },
    { clientId: "blackstart-transfer", connectMs: CONNECT_MS, requestMs: ask.timeoutMs },
  );
  try {
    const startUs = monotonicUs();
    await fetchMetadata(connection, names);
    const tookMs = (monotonicUs() - startUs) / 1000;
    return { bytesEachWay: names.length * NAME_BYTES, tookMs };
  } finally {
    connection.close();
  }
}

/** Topic names, each of its own, of at least so many bytes together. */
export function transferNames(bytes: number): string[] {
  const count = Math.max(1, Math.ceil(bytes / NAME_BYTES));
  return Array.from({ length: count }, (_, n) =>
    `blackstart-transfer-${n}.`.padEnd(NAME_BYTES, "x"),
  );
}
