/**
 * Makes kafkajs clients: the application under test. Its defaults are kept on purpose, because what
 * they do in a disaster is part of the answer; an experiment may override any of them.
 *
 * kafkajs must never print on stdout, which belongs to the protocol with the harness: its log goes
 * to the given sink.
 */
import { Kafka, type KafkaConfig, logLevel, type RetryOptions } from "kafkajs";

/** Settings that belong to the client as a whole; all others go to its producer or consumer. */
const CLIENT_KEYS = new Set([
  "connectionTimeout",
  "authenticationTimeout",
  "reauthenticationThreshold",
  "requestTimeout",
  "enforceRequestTimeout",
  "retry",
]);

/** kafkajs' own ladder (retry/defaults.js), for bounds that depend on it. */
const RETRY_TIME_MAX_MS = 30_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface SplitSettings {
  client: Partial<KafkaConfig>;
  /** Options of the producer or consumer. */
  role: Record<string, unknown>;
}

export function splitSettings(settings: Record<string, unknown>): SplitSettings {
  const client: Record<string, unknown> = {};
  const role: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (CLIENT_KEYS.has(key)) client[key] = value;
    else role[key] = value;
  }
  return { client: client as Partial<KafkaConfig>, role };
}

/** The longest silence of a live kafkajs request: a timeout, then the longest back-off. */
export function silenceMaxMs(settings: Record<string, unknown>): number {
  const { client } = splitSettings(settings);
  const retry: RetryOptions | undefined = client.retry;
  const backoff = (retry?.maxRetryTime ?? RETRY_TIME_MAX_MS) * (1 + (retry?.factor ?? 0.2));
  return (client.requestTimeout ?? REQUEST_TIMEOUT_MS) + backoff;
}

/** One line of kafkajs' log. */
export type LogSink = (line: Record<string, unknown>) => void;

/** One JSON line each on stderr, which the engine keeps. */
export const stderrLog: LogSink = (line) => {
  process.stderr.write(`${JSON.stringify(line)}\n`);
};

export function kafkaClient(options: {
  clientId: string;
  bootstrap: string[];
  settings: Record<string, unknown>;
  log?: LogSink;
}): Kafka {
  const sink = options.log ?? stderrLog;
  return new Kafka({
    ...splitSettings(options.settings).client,
    clientId: options.clientId,
    brokers: options.bootstrap,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, label, log }) => {
        const { message, timestamp, error, broker, retryCount, retryTime } = log;
        sink({
          timestamp,
          label,
          namespace,
          message,
          error: textOf(error),
          broker,
          retryCount,
          retryTime,
        });
      },
  });
}

function textOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? error.message : String(error);
}
