/**
 * What an error says about a send: was the record refused before it reached the log, or does
 * nobody know?
 *
 * Only a broker's own refusal is definite, and only when it answers the *single* attempt that was
 * made: an attempt before it may have been appended although its answer got lost. Everything that
 * is not in the table is indeterminate, retries that ran out included.
 */
/** Broker error codes that refuse a produce request before anything is appended. */
export const REFUSALS: ReadonlyMap<number, string> = new Map([
  [3, "UNKNOWN_TOPIC_OR_PARTITION"],
  [10, "MESSAGE_TOO_LARGE"],
  [17, "INVALID_TOPIC_EXCEPTION"],
  [18, "RECORD_LIST_TOO_LARGE"],
  [21, "INVALID_REQUIRED_ACKS"],
  [29, "TOPIC_AUTHORIZATION_FAILED"],
  [31, "CLUSTER_AUTHORIZATION_FAILED"],
  [32, "INVALID_TIMESTAMP"],
  [43, "UNSUPPORTED_FOR_MESSAGE_FORMAT"],
  [44, "POLICY_VIOLATION"],
  [47, "INVALID_PRODUCER_EPOCH"],
  [53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"],
  [58, "SASL_AUTHENTICATION_FAILED"],
  [76, "UNSUPPORTED_COMPRESSION_TYPE"],
  [87, "INVALID_RECORD"],
  [90, "PRODUCER_FENCED"],
]);

/** Codes after which an idempotent producer's sequence can no longer be right (kafkajs#598). */
const DEAD_PRODUCER = new Set([45, 46, 47, 49, 59, 90]);

/** Broker codes that say the leader is elsewhere, or not known yet. */
const STALE_LEADER = new Set([3, 5, 6, 8, 9, 13, 56, 72, 74, 75, 100, 103]);

export function isStaleLeader(code: number): boolean {
  return STALE_LEADER.has(code);
}

export interface Verdict {
  /** Failed: certainly not appended. */
  outcome: "failed" | "indeterminate";
  reason: string;
  /** The idempotent producer that got this must not be used again. */
  producerDead: boolean;
}

/** A refusal by the code in a broker's answer, for a client that makes one attempt. */
export function classifyCode(code: number): Verdict {
  const refusal = REFUSALS.get(code);
  return {
    outcome: refusal === undefined ? "indeterminate" : "failed",
    reason: refusal ?? `broker error ${code}`,
    producerDead: DEAD_PRODUCER.has(code),
  };
}

/**
 * What a rejected kafkajs `send` means. `attempts`: how often kafkajs began to send it, 0 when it
 * never got so far as to choose a partition.
 */
export function classifyRejection(thrown: unknown, attempts: number): Verdict {
  const code = brokerCode(thrown);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === undefined) {
    return { outcome: "indeterminate", reason: `${name}: ${text}`, producerDead: false };
  }
  const verdict = classifyCode(code);
  if (verdict.outcome === "failed" && attempts > 1) {
    const reason = `${verdict.reason} after ${attempts} attempts`;
    return { ...verdict, outcome: "indeterminate", reason };
  }
  return { ...verdict, reason: verdict.outcome === "failed" ? verdict.reason : text };
}

/** The Kafka error code at the root of a kafkajs error, which wraps causes in causes. */
export function brokerCode(thrown: unknown): number | undefined {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const code = (at as { code?: unknown }).code;
    if (at.name === "KafkaJSProtocolError" && typeof code === "number") return code;
  }
  return undefined;
}
