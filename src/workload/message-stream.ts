/**
 * Newline-delimited JSON, both ways.
 *
 * In: bytes come in any cut; lines are whole. Out: a pipe whose reader has stopped must not stop
 * the agent, so messages wait in memory, and events that are only worth something when fresh
 * (stats) are dropped while much is waiting.
 */
import net from "node:net";
import type { AgentMessage } from "./protocol.ts";

const LINE_BYTES_MAX = 16 * 1024 * 1024;
const WAITING_BYTES_MAX = 1024 * 1024;

/** Cuts a stream of chunks into lines. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** The lines that `chunk` completes, without their newline; empty lines are left out. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(10, from);
      if (end < 0) break;
      this.#rest.push(chunk.subarray(from, end));
      const line = Buffer.concat(this.#rest).toString("utf8").trim();
      this.#rest = [];
      this.#restBytes = 0;
      if (line !== "") lines.push(line);
      from = end + 1;
    }
    if (from < chunk.length) {
      this.#restBytes += chunk.length - from;
      if (this.#restBytes > LINE_BYTES_MAX) throw new RangeError("a request line is too long");
      this.#rest.push(chunk.subarray(from));
    }
    return lines;
  }
}

export interface MessageSink {
  send(message: AgentMessage): void;
  /** Calls back when everything was handed over, or could not be. */
  end(done: () => void): void;
}

/** Messages on a stream; `droppable` says which may be left out while the reader is behind. */
export class MessageWriter implements MessageSink {
  readonly #out: NodeJS.WritableStream & { writableLength: number };

  constructor(out: NodeJS.WritableStream & { writableLength: number }) {
    this.#out = out;
    // A harness that is gone closes the pipe; stdin tells us, not this error.
    out.on("error", () => {});
  }

  send(message: AgentMessage): void {
    const droppable = "event" in message && message.event === "stats";
    if (droppable && this.#out.writableLength > WAITING_BYTES_MAX) return;
    this.#out.write(`${JSON.stringify(message)}\n`);
  }

  end(done: () => void): void {
    this.#out.write("", () => done());
  }
}

/**
 * stdout, written without blocking. Node writes to a pipe synchronously otherwise, and a harness
 * that stops reading would stop the workload with it.
 */
export function openStdout(): NodeJS.WritableStream & { writableLength: number } {
  try {
    return new net.Socket({ fd: 1, readable: false, writable: true });
  } catch {
    return process.stdout; // a file or a terminal
  }
}
