/**
 * Follows logs live, outside every group, and journals when each record became visible. It waits
 * for topics that do not exist yet and for brokers that do not answer, as long as it takes.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import { LogFollower } from "../kafka/log-follower.ts";
import { monotonicUs } from "../kernel/clock.ts";
import type { AgentContext, ReaderFigures, ReaderSource, Role } from "./agent-context.ts";
import type { WatchSpec } from "./protocol.ts";
import { RecordLog } from "./record-log.ts";

const FLUSH_MS = 20;
const LIMITS = { maxWaitMs: 250, maxBytes: 4_194_304, partitionMaxBytes: 524_288 };

export class Watcher implements ReaderSource, Role {
  readonly #context: AgentContext;
  readonly #journal: JournalWriter;
  readonly #records: RecordLog;
  readonly #follower: LogFollower;
  readonly #reader: number;
  #flush: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(context: AgentContext, spec: WatchSpec) {
    this.#context = context;
    this.#reader = spec.reader;
    this.#journal = context.openJournal("watcher");
    const name = `watcher-${spec.reader}`;
    this.#records = new RecordLog({
      journal: this.#journal,
      reader: spec.reader,
      kind: ROW.seen,
      runTag: spec.runTag,
      logs: spec.logs,
    });
    this.#follower = new LogFollower(
      {
        bootstrap: spec.address.bootstrap,
        clientId: name,
        limits: LIMITS,
        visitor: ({ topic, partition }) => this.#records.fetched(topic, partition, monotonicUs()),
        moved: ({ topic, partition, next }, from) =>
          context.clientEvent(name, "log-moved", `${topic}-${partition}: ${from} to ${next}`),
      },
      spec.logs,
    );
  }

  get journal(): string {
    return this.#journal.header.file;
  }

  start(): void {
    this.#context.readers.set(this.#reader, this);
    this.#flush = setInterval(() => this.#journal.flush(), FLUSH_MS);
    this.#follower.start();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#follower.stop();
    clearInterval(this.#flush);
    this.#context.closeJournal(this.#journal);
  }

  takeFigures(): ReaderFigures {
    return this.#records.takeFigures();
  }
}
