/**
 * The server's side of the three requests that a canary makes: ApiVersions v3, Metadata v12 and
 * Produce v9. For a broker that stores nothing: it only counts what it was sent.
 *
 * Layouts: Kafka's message definitions (ApiVersions, Metadata, Produce, `clients/…/message/*.json`).
 * A request it does not know is left without an answer.
 */
import { Writer } from "@platformatic/kafka";

export const API = { produce: 0, metadata: 3, apiVersions: 18 } as const;

/** What a cluster of such brokers says of itself. */
export interface EchoCluster {
  topic: string;
  brokers: readonly { id: number; host: string; port: number }[];
  /** By partition. */
  partitions: readonly { leader: number; epoch: number; replicas?: number[] }[];
}

/** A produce request's partition; the requests of `produce.ts` name one topic and one partition. */
export function producePartition(request: Buffer, topic: string): number {
  const clientBytes = Math.max(0, request.readInt16BE(8));
  // Behind the header: no transactional id, acks, timeout, one topic of one partition.
  return request.readInt32BE(10 + clientBytes + 1 + 7 + 1 + 1 + Buffer.byteLength(topic) + 1);
}

/** Behind a request's first 4 bytes (key and version): the correlation id an answer begins with. */
export function answerHead(request: Buffer): Writer {
  return Writer.create().appendInt32(request.readInt32BE(4));
}

/** ApiVersions v3: no error, nothing listed. Its header alone carries no tagged fields (KIP-511). */
export function apiVersionsAnswer(request: Buffer): Writer {
  return answerHead(request)
    .appendInt16(0)
    .appendArray([], () => {})
    .appendInt32(0)
    .appendTaggedFields();
}

export function producedAnswer(
  request: Buffer,
  answer: { topic: string; partition: number; errorCode: number; offset: number },
): Writer {
  const { topic, partition, errorCode, offset } = answer;
  return answerHead(request)
    .appendTaggedFields()
    .appendArray([topic], (w, name) => {
      w.appendString(name).appendArray([partition], (w2) => {
        w2.appendInt32(partition).appendInt16(errorCode);
        w2.appendInt64(BigInt(offset)).appendInt64(-1n).appendInt64(0n);
        w2.appendArray([], () => {}).appendString(null);
      });
    })
    .appendInt32(0)
    .appendTaggedFields();
}

export function metadataAnswer(request: Buffer, cluster: EchoCluster): Writer {
  const { brokers, topic, partitions } = cluster;
  return answerHead(request)
    .appendTaggedFields()
    .appendInt32(0)
    .appendArray([...brokers], (w, { id, host, port }) => {
      w.appendInt32(id).appendString(host).appendInt32(port).appendString(null);
    })
    .appendString("echo")
    .appendInt32(0)
    .appendArray([topic], (w, name) => {
      w.appendInt16(0).appendString(name).appendUUID("00000000-0000-4000-8000-000000000001");
      w.appendBoolean(false);
      w.appendArray([...partitions], (w2, { leader, epoch, replicas = [leader] }, index) => {
        w2.appendInt16(0).appendInt32(index).appendInt32(leader).appendInt32(epoch);
        for (const nodes of [replicas, [leader], []]) {
          w2.appendArray(nodes, (w3, node) => w3.appendInt32(node), true, false);
        }
      }).appendInt32(0);
    })
    .appendTaggedFields();
}

/** Cuts a socket's bytes into requests; each is given without its length. */
export class RequestSplitter {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer, request: (bytes: Buffer) => void): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      request(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
    this.#rest = Buffer.from(rest);
  }
}
