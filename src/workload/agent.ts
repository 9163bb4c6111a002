/**
 * The agent: the program that runs inside a region and does there what the harness asks. It reads
 * requests from stdin and answers on stdout, one JSON line each (protocol.ts); nothing else is ever
 * printed on stdout. What it did and saw goes to journals on disk.
 *
 * It survives what its clients throw: an error outside every promise is an event, not an end. Two
 * things end it: a full disk under its journals, because evidence would be missing, and the end of
 * stdin, because then the harness is gone.
 */
import type { JournalWriter } from "../history/journal-writer.ts";
import { monotonicUs } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { AgentContext, ProducerSource, ReaderSource } from "./agent-context.ts";
import { HealthMonitor } from "./health.ts";
import { JournalShelf } from "./journal-shelf.ts";
import { LineSplitter, type MessageSink, MessageWriter, openStdout } from "./message-stream.ts";
import { Operations } from "./operations.ts";
import type {
  AgentEvent,
  AgentMessage,
  AgentRequest,
  AgentStats,
  Answer,
  Ask,
} from "./protocol.ts";

const STATS_MS = 200;
const EXIT_DISK_FULL = 3;
const EXIT_MS = 1000;

class Agent implements AgentContext {
  readonly producers = new Map<number, ProducerSource>();
  readonly readers = new Map<number, ReaderSource>();
  readonly crashed = new Set<(reason: string) => void>();
  readonly #out: MessageSink;
  readonly #operations: Operations;
  readonly #health = new HealthMonitor();
  #shelf: JournalShelf | undefined;
  #ending = false;

  constructor(out: MessageSink) {
    this.#out = out;
    this.#operations = new Operations(this);
    setInterval(() => this.#guard(() => this.#stats()), STATS_MS).unref();
  }

  emit(event: AgentEvent): void {
    this.#out.send(event);
  }

  clientEvent(client: string, what: string, detail?: string): void {
    const event = { event: "client", tUs: monotonicUs(), client, what } as const;
    this.emit(detail === undefined ? event : { ...event, detail });
  }

  openJournal(role: string): JournalWriter {
    if (this.#shelf === undefined) throw new Error("say hello first: there is no journal folder");
    const journal = this.#shelf.open(role);
    this.emit({ event: "journal", tUs: monotonicUs(), file: journal.header.file, role });
    return journal;
  }

  closeJournal(journal: JournalWriter): void {
    this.#shelf?.close(journal);
  }

  async answer(request: AgentRequest): Promise<void> {
    try {
      const value = await this.#run(request);
      if (request.op === "bye") {
        this.end(0, { re: request.id, ok: true, value });
        return;
      }
      // Its last moments, before the harness goes on: the next report may be one too late.
      if (request.op.endsWith(".stop")) this.#guard(() => this.#stats());
      this.#out.send({ re: request.id, ok: true, value });
    } catch (error) {
      if (isDiskFull(error)) this.fatal(error);
      this.#out.send({ re: request.id, ok: false, error: messageOf(error) });
    }
  }

  async #run(request: AgentRequest): Promise<unknown> {
    const { op, ask } = request;
    if (op === "hello") return this.#hello(ask);
    if (op === "bye") return {};
    if (op === "health.begin") {
      this.#health.begin();
      return {};
    }
    const handler = this.#operations.handlers[op] as
      | ((ask: AgentRequest["ask"]) => unknown)
      | undefined;
    if (handler === undefined) throw new Error(`there is no operation ${String(op)}`);
    return await handler(ask);
  }

  #hello({ run, agent, journalDir }: Ask<"hello">): Answer<"hello"> {
    this.#shelf = new JournalShelf({ run, agent, journalDir });
    this.#health.begin();
    return { monotonicUs: monotonicUs(), pid: process.pid, node: process.version };
  }

  #stats(): void {
    const nowUs = monotonicUs();
    let lateSendMaxUs = 0;
    for (const source of this.producers.values())
      lateSendMaxUs = Math.max(lateSendMaxUs, source.takeLateUs());
    const journalWriteMaxUs = this.#shelf?.takeWriteMaxUs() ?? 0;
    const stats: AgentStats = {
      event: "stats",
      tUs: nowUs,
      producers: [...this.producers.values()].map((source) => source.figures(nowUs)),
      readers: [...this.readers.values()].map((source) => source.takeFigures()),
      health: { ...this.#health.take(), lateSendMaxUs, journalWriteMaxUs },
      journals: this.#shelf?.progress() ?? [],
    };
    this.emit(stats);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.stray("stats", error);
    }
  }

  /** Something was thrown where nobody waited for it. */
  stray(kind: string, error: unknown): void {
    if (this.#ending) return;
    if (isDiskFull(error)) {
      this.fatal(error);
      return;
    }
    const reason = messageOf(error);
    process.stderr.write(`${JSON.stringify({ kind, error: stackOf(error) })}\n`);
    this.clientEvent("agent", kind, reason);
    // In an application a throw ends the process, and its supervisor starts new clients. A rejected
    // promise nobody waits for leaves kafkajs' clients as they were, so they are kept.
    if (kind === "uncaught-exception") for (const restart of this.crashed) restart(reason);
  }

  fatal(error: unknown): void {
    if (this.#ending) return;
    const message = messageOf(error);
    this.emit({ event: "fatal", tUs: monotonicUs(), code: "E_DISK_FULL", message });
    this.end(EXIT_DISK_FULL);
  }

  /** Closes every journal and ends the process, whatever is still running; says `farewell` last. */
  end(status: number, farewell?: AgentMessage): void {
    if (this.#ending) return;
    this.#ending = true;
    const failure = this.#shelf?.closeAll();
    if (failure !== undefined && status === 0) {
      const message = messageOf(failure);
      const code = isDiskFull(failure) ? "E_DISK_FULL" : "E_INTERNAL";
      this.emit({ event: "fatal", tUs: monotonicUs(), code, message });
    }
    this.#guard(() => this.#stats()); // how far the journals are, now that they are closed
    if (farewell !== undefined) this.#out.send(farewell);
    const exit = () => process.exit(status);
    setTimeout(exit, EXIT_MS);
    this.#out.end(exit);
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof DrillError && error.code === "E_DISK_FULL";
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function main(): void {
  const agent = new Agent(new MessageWriter(openStdout()));
  process.on("uncaughtException", (error) => agent.stray("uncaught-exception", error));
  process.on("unhandledRejection", (reason) => agent.stray("unhandled-rejection", reason));
  process.on("SIGTERM", () => agent.end(0));
  process.on("SIGINT", () => agent.end(0));
  // kafkajs computes negative timeouts on Node 24 (kafkajs#1751): harmless, but it fills the log.
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name === "TimeoutNegativeWarning") return;
    process.stderr.write(`${JSON.stringify({ kind: "warning", error: stackOf(warning) })}\n`);
  });
  const lines = new LineSplitter();
  process.stdin.on("data", (chunk: Buffer) => {
    for (const line of lines.push(chunk)) {
      try {
        void agent.answer(JSON.parse(line) as AgentRequest);
      } catch (error) {
        agent.stray("unreadable-request", error);
      }
    }
  });
  process.stdin.on("end", () => agent.end(0));
  process.stdin.on("error", () => agent.end(0));
}

main();
