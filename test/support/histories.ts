/** A history in a folder of its own, and what was written to it. */
import { join } from "node:path";
import type { EventType, HistoryEvent } from "../../src/history/events.ts";
import { History } from "../../src/history/history-writer.ts";
import { temporaryFolder } from "./temporary.ts";

export class WrittenHistory {
  readonly events: HistoryEvent[] = [];
  readonly folder = temporaryFolder("history");
  readonly history: History;

  constructor() {
    this.history = History.open(join(this.folder, "history.ndjson"), {
      onEvent: (event) => void this.events.push(event),
    });
  }

  of<T extends EventType>(type: T): Extract<HistoryEvent, { type: T }>[] {
    return this.events.filter(
      (event): event is Extract<HistoryEvent, { type: T }> => event.type === type,
    );
  }

  types(): EventType[] {
    return this.events.map(({ type }) => type);
  }
}
