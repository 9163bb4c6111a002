/** An agent without a process: its journals are lists of rows, its events a list. */
import type { JournalWriter } from "../../../src/history/journal-writer.ts";
import type { AgentContext } from "../../../src/workload/agent-context.ts";
import type { AgentEvent } from "../../../src/workload/protocol.ts";

/** A row as it was asked for: the writer's method, then its arguments. */
export type WrittenRow = [string, ...(number | boolean)[]];

export class FakeJournal {
  readonly header = { file: "fake.bin" };
  readonly rows: WrittenRow[] = [];
  /** How many rows were on disk; what is behind was not flushed. */
  flushed = 0;
  closed = false;

  get rowsSoFar(): number {
    return this.rows.length;
  }

  /** Records stay rows of their own, so that a test sees each. */
  lengthen(): boolean {
    return false;
  }

  flush(): void {
    this.flushed = this.rows.length;
  }

  close(): void {
    this.flush();
    this.closed = true;
  }

  of(kind: string): WrittenRow[] {
    return this.rows.filter(([written]) => written === kind);
  }
}

for (const kind of [
  "intent",
  "outcome",
  "unsent",
  "delivered",
  "seen",
  "commit",
  "resume",
  "bad",
  "end",
]) {
  Object.defineProperty(FakeJournal.prototype, kind, {
    value(this: FakeJournal, ...values: number[]) {
      this.rows.push([kind, ...values]);
    },
  });
}

export class FakeContext implements AgentContext {
  readonly producers: AgentContext["producers"] = new Map();
  readonly readers: AgentContext["readers"] = new Map();
  readonly crashed = new Set<(reason: string) => void>();
  readonly journal = new FakeJournal();
  readonly events: AgentEvent[] = [];

  openJournal(): JournalWriter {
    return this.journal as unknown as JournalWriter;
  }

  closeJournal(): void {
    this.journal.close();
  }

  emit(event: AgentEvent): void {
    this.events.push(event);
  }

  clientEvent(client: string, what: string, detail = ""): void {
    this.events.push({ event: "client", tUs: 0, client, what, detail });
  }

  /** What was told of clients, in order. */
  told(): string[] {
    return this.events.flatMap((event) => (event.event === "client" ? [event.what] : []));
  }
}

/** Waits until `done` says so; fails loudly when it never does. */
export async function until(done: () => boolean, withinMs = 1000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!done()) {
    if (performance.now() > end) throw new Error(`never came true: ${done}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
