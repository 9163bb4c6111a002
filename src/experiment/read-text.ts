/** A file as text, or why it cannot be one. Size and kind are looked at before anything is read. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { DrillError, messageOf } from "../kernel/errors.ts";

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "reading it is not permitted",
  EPERM: "reading it is not permitted",
};

const BYTES_MAX = 1024 * 1024;

export function readBytes(file: string): Buffer {
  const unreadable = (reason: string, cause?: unknown) =>
    new DrillError("E_EXPERIMENT_UNREADABLE", `${file}: ${reason}`, { cause });
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw unreadable("expected a file, found a directory");
    if (!stat.isFile() && !stat.isFIFO()) throw unreadable("expected a file, found a device");
    if (stat.size > BYTES_MAX) {
      throw unreadable(`expected at most 1 MiB, found ${stat.size} bytes`);
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof DrillError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw unreadable(REASONS[code ?? ""] ?? messageOf(error), error);
  }
}

const kept = new Map<string, Buffer>();

/**
 * Reads a file that runs will be planned from, and keeps its bytes: between the plan of a suite and its
 * last run lie hours, in which the file may become another.
 */
export function readKept(file: string): { bytes: Buffer; sha256: string } {
  const bytes = readBytes(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  kept.set(sha256, bytes);
  return { bytes, sha256 };
}

/** The bytes of a file that was read by `readKept` in this process. */
export function keptBytes(sha256: string): Buffer {
  const bytes = kept.get(sha256);
  if (bytes === undefined) throw new DrillError("E_INTERNAL", `nobody read a file of ${sha256}`);
  return bytes;
}

export function textOf(bytes: Buffer, file: string): string {
  try {
    if (!bytes.includes(0)) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: the same as a NUL byte, below.
  }
  throw new DrillError(
    "E_EXPERIMENT_UNREADABLE",
    `${file}: expected a text in UTF-8, found binary`,
  );
}

const DEPTH_MAX = 200;

/**
 * Whether brackets or dashes nest deeper than any experiment does. The YAML parser recurses: it
 * would give up at last, but only after seconds. Brackets in quotes count, too; nobody has so many.
 */
export function isNestedTooDeeply(text: string): boolean {
  if (/(?:[-?] ){100}/.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
