/**
 * Writing evidence to disk: whole or not at all, and a full disk has a name.
 *
 * A short write is finished or taken back, so a file never ends in half of what was written last.
 */
import fs from "node:fs";
import { DrillError } from "../kernel/errors.ts";

/** The write call, as a parameter so that a test can fill the disk. Gives the bytes written. */
export type WriteCall = (
  fd: number,
  bytes: Uint8Array,
  from: number,
  length: number,
  position: number,
) => number;

export const writeToDisk: WriteCall = (fd, bytes, from, length, position) =>
  fs.writeSync(fd, bytes, from, length, position);

const FULL_CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Names a full disk (`E_DISK_FULL`, with the file); gives every other error back unchanged. */
export function diskError(thrown: unknown, file: string): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (code === undefined || !FULL_CODES.has(code)) return thrown;
  return new DrillError("E_DISK_FULL", `no space left to write ${file} (${code})`, {
    cause: thrown,
  });
}

/**
 * Writes `bytes[0, length)` at `position`. When the disk fills half-way, cuts the file back to
 * `position` and throws `E_DISK_FULL`; other errors are thrown as they came, after the same cut.
 */
export function writeWhole(
  target: { fd: number; file: string; write: WriteCall },
  bytes: Uint8Array,
  length: number,
  position: number,
): void {
  let done = 0;
  try {
    while (done < length) {
      const wrote = target.write(target.fd, bytes, done, length - done, position + done);
      if (wrote <= 0) throw Object.assign(new Error("wrote nothing"), { code: "ENOSPC" });
      done += wrote;
    }
  } catch (error) {
    try {
      fs.ftruncateSync(target.fd, position);
    } catch {
      // The tail stays torn, and every reader knows how to stop before it.
    }
    throw diskError(error, target.file);
  }
}

/** Forces a file to the disk; a disk that only now says it is full is named as well. */
export function forceToDisk(fd: number, file: string): void {
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    throw diskError(error, file);
  }
}
