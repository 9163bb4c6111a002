/**
 * Live progress on stderr. On a terminal the last line is the state of things now; elsewhere every
 * note is a line of its own, and the state is written every ten seconds.
 */
import type { Progress } from "../drill/progress.ts";
import { environmentVariable } from "../kernel/environment.ts";

const STATUS_EVERY_MS = 10_000;

export interface Terminal {
  write(text: string): void;
  isTerminal: boolean;
  columns: number;
  nowMs(): number;
}

export class TerminalProgress implements Progress {
  readonly #terminal: Terminal;
  readonly #startedMs: number;
  #lastStatusMs = 0;
  #hasStatus = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#startedMs = terminal.nowMs();
  }

  stage(number: number, total: number, name: string): void {
    this.#line(`${this.#clock()}  [${number}/${total}] ${name}`);
  }

  note(text: string): void {
    this.#line(`${this.#clock()}        ${text}`);
  }

  status(text: string): void {
    const nowMs = this.#terminal.nowMs();
    if (this.#terminal.isTerminal) {
      const line = `${this.#clock()}        ${text}`.slice(0, this.#terminal.columns - 1);
      this.#terminal.write(`\r\u001b[2K${line}`);
      this.#hasStatus = true;
    } else if (nowMs - this.#lastStatusMs >= STATUS_EVERY_MS) {
      this.#lastStatusMs = nowMs;
      this.note(text);
    }
  }

  /** Leaves the cursor on a fresh line. */
  end(): void {
    if (this.#hasStatus) this.#terminal.write("\r\u001b[2K");
    this.#hasStatus = false;
  }

  #line(text: string): void {
    this.end();
    this.#terminal.write(`${text}\n`);
  }

  #clock(): string {
    const seconds = Math.floor((this.#terminal.nowMs() - this.#startedMs) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

/** The process' stderr. `CI` and `NO_COLOR` ask for plain lines. */
export function standardError(): Terminal {
  const plain = environmentVariable("CI") !== undefined;
  return {
    write: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true && !plain,
    columns: process.stderr.columns ?? 100,
    nowMs: () => performance.now(),
  };
}
