/**
 * A file of JSON lines that appears whole or not at all, however long: it grows beside its place, a
 * chunk at a time, and is renamed when it is complete.
 */
import fs from "node:fs";
import { diskError, forceToDisk, writeToDisk, writeWhole } from "./disk.ts";

const CHUNK_BYTES = 256 * 1024;

export class AtomicLines {
  readonly #file: string;
  readonly #beside: string;
  readonly #fd: number;
  #pending: string[] = [];
  #pendingLength = 0;
  #position = 0;
  #open = true;

  /** Throws `E_DISK_FULL` naming the file, as the other methods do. */
  constructor(file: string) {
    this.#file = file;
    this.#beside = `${file}.${process.pid}.tmp`;
    try {
      this.#fd = fs.openSync(this.#beside, "w", 0o644);
    } catch (error) {
      throw diskError(error, file);
    }
  }

  add(value: object): void {
    const line = `${JSON.stringify(value)}\n`;
    this.#pending.push(line);
    this.#pendingLength += line.length;
    if (this.#pendingLength >= CHUNK_BYTES) this.#flush();
  }

  /** Puts the file in its place. */
  finish(): void {
    try {
      this.#flush();
      forceToDisk(this.#fd, this.#file);
      fs.closeSync(this.#fd);
      this.#open = false;
      fs.renameSync(this.#beside, this.#file);
    } catch (error) {
      this.discard();
      throw diskError(error, this.#file);
    }
  }

  /** Leaves no trace. An older file of the name stays. */
  discard(): void {
    if (this.#open) fs.closeSync(this.#fd);
    this.#open = false;
    fs.rmSync(this.#beside, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending.join(""));
    this.#pending = [];
    this.#pendingLength = 0;
    try {
      const target = { fd: this.#fd, file: this.#beside, write: writeToDisk };
      writeWhole(target, bytes, bytes.length, this.#position);
      this.#position += bytes.length;
    } catch (error) {
      this.discard();
      throw diskError(error, this.#file);
    }
  }
}
