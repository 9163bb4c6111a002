/**
 * Writes the history of a run: events as lines of JSON, each linked to the line before it by hash
 * (format: `events.ts`).
 *
 * A line is on its way to the disk before `record` returns. Lines about faults and about the run
 * itself are forced to the disk as well, because they say what may have to be healed after a crash
 * of the machine.
 */
import assert from "node:assert";
import crypto from "node:crypto";
import fs from "node:fs";
import { z } from "zod";
import { monotonicUs } from "../kernel/clock.ts";
import { forceToDisk, type WriteCall, writeToDisk, writeWhole } from "./disk.ts";
import { type HistoryEvent, historyEventSchema, type NewEvent } from "./events.ts";

/** `prev` of the first line. */
export const NO_LINE = "0".repeat(16);

/** The link from one line to the next: the first 16 hex digits of the SHA-256 of its bytes. */
export function lineHash(line: Uint8Array | string): string {
  return crypto.createHash("sha256").update(line).digest("hex").slice(0, 16);
}

export interface HistoryOptions {
  /** Called with every event after it was written. */
  onEvent?: (event: HistoryEvent) => void;
  /** The write call; a test puts its own here. */
  write?: WriteCall;
}

export class History implements Disposable {
  readonly path: string;
  readonly #fd: number;
  readonly #write: WriteCall;
  readonly #listeners = new Set<(event: HistoryEvent) => void>();
  #position = 0;
  #seq = 0;
  #prev = NO_LINE;
  #closed = false;

  private constructor(file: string, options: HistoryOptions) {
    this.path = file;
    this.#write = options.write ?? writeToDisk;
    if (options.onEvent) this.#listeners.add(options.onEvent);
    this.#fd = fs.openSync(file, "wx", 0o644);
  }

  /** Starts a new history; throws EEXIST when the file is there: no run goes on with another's. */
  static open(file: string, options: HistoryOptions = {}): History {
    return new History(file, options);
  }

  /**
   * Writes an event, with its place in the chain and the time now unless it has its own (µs,
   * CLOCK_MONOTONIC), and tells the listeners. Throws `E_DISK_FULL` naming the file; the history
   * then still ends in a whole line, and a later event may be tried again. An event that its own
   * schema refuses (a NaN, say) is a programmer error.
   */
  record(event: NewEvent): HistoryEvent {
    assert(!this.#closed, "the history is closed");
    const { type, tUs = monotonicUs(), ...fields } = event;
    const candidate = { seq: this.#seq, tUs, type, ...fields, prev: this.#prev };
    const checked = historyEventSchema.safeParse(candidate);
    assert(checked.success, `event ${type}: ${checked.error && z.prettifyError(checked.error)}`);
    const line = Buffer.from(`${JSON.stringify(candidate)}\n`);
    const target = { fd: this.#fd, file: this.path, write: this.#write };
    writeWhole(target, line, line.length, this.#position);
    this.#position += line.length;
    this.#seq += 1;
    this.#prev = lineHash(line.subarray(0, -1));
    if (type.startsWith("fault.") || type.startsWith("run.")) forceToDisk(this.#fd, this.path);
    const recorded = candidate as HistoryEvent;
    for (const listener of this.#listeners) listener(recorded);
    return recorded;
  }

  /** Calls `listener` with every event from now on; the returned function ends that. */
  onEvent(listener: (event: HistoryEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events written. */
  get events(): number {
    return this.#seq;
  }

  /** Forces the disk and closes the file. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      forceToDisk(this.#fd, this.path);
    } finally {
      fs.closeSync(this.#fd);
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
