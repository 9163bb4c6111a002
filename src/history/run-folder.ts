/**
 * The folder that one run leaves: what lies where, and how files get there.
 *
 * Stages meet only in this folder (design.md §1), so every name is here and nowhere else. A file
 * that a stage makes appears whole or not at all: it is written beside its place and then renamed.
 */
import assert from "node:assert";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { diskError, forceToDisk, writeToDisk, writeWhole } from "./disk.ts";
import { makeEmptyFolder } from "./new-folder.ts";

/** Names in a run folder. `journals` and `logs` are folders. */
export const RUN_FILES = {
  experiment: "experiment.yaml",
  includes: "included",
  plan: "plan.json",
  history: "history.ndjson",
  journals: "journals",
  logs: "logs",
  result: "result.json",
  findings: "findings.ndjson",
  report: "report.html",
  junit: "junit.xml",
  summary: "summary.md",
  metrics: "metrics.prom",
  sums: "SHA256SUMS",
  attestation: "attestation.json",
} as const;

/** Absolute paths of everything in a run folder, and the folder itself as `dir`. */
export type RunPaths = { readonly [F in keyof typeof RUN_FILES | "dir"]: string };

export function runPaths(dir: string): RunPaths {
  const root = path.resolve(dir);
  const entries = Object.entries(RUN_FILES).map(([key, name]) => [key, path.join(root, name)]);
  return { dir: root, ...Object.fromEntries(entries) } as RunPaths;
}

/**
 * Makes a new run folder with its empty `journals/` and `logs/`. Throws as `makeEmptyFolder` does.
 */
export function createRunFolder(dir: string): RunPaths {
  const paths = runPaths(dir);
  for (const made of [paths.dir, paths.journals, paths.logs]) makeEmptyFolder(made);
  return paths;
}

/** Where an included file of the experiment is kept, by its place in plan.json. */
export function includedFile(paths: RunPaths, index: number, file: string): string {
  return path.join(paths.includes, `${index + 1}-${path.basename(file)}`);
}

/** SHA-256 of a file's bytes, hex. A file that cannot be read throws as `node:fs` does. */
export function sha256Of(file: string): string {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

/** Throws `E_RUN_FOLDER`, in plain words, when there is no such folder. */
export function requireFolder(dir: string): void {
  const stat = fs.statSync(dir, { throwIfNoEntry: false });
  if (!stat) throw new DrillError("E_RUN_FOLDER", `${dir}: there is no such folder`);
  if (!stat.isDirectory()) {
    throw new DrillError("E_RUN_FOLDER", `${dir}: expected a folder, found a file`);
  }
}

/** The paths of a run that was made before; `E_RUN_FOLDER` names everything that is missing. */
export function openRunFolder(dir: string): RunPaths {
  const paths = runPaths(dir);
  requireFolder(dir);
  const missing = [RUN_FILES.plan, RUN_FILES.history, RUN_FILES.journals].filter(
    (name) => !fs.existsSync(path.join(paths.dir, name)),
  );
  if (missing.length > 0) {
    throw new DrillError("E_RUN_FOLDER", `${dir} is not a run folder: no ${missing.join(", no ")}`);
  }
  return paths;
}

/** Names of the journals of a run, in the order of their bytes; the same list on every machine. */
export function listJournals(paths: RunPaths): string[] {
  return fs
    .readdirSync(paths.journals)
    .filter((name) => name.endsWith(".bin"))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Reads a JSON file of a run folder; `E_RUN_FOLDER` when it is absent or not JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new DrillError("E_RUN_FOLDER", `cannot read ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * JSON whose bytes depend on the value alone: keys in the order they were put in, two spaces, LF at
 * the end. A number that JSON has no word for is a programmer error, not a `null`.
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (key, member) => {
      const lost = typeof member === "number" && !Number.isFinite(member);
      assert(!lost, `${key || "the value"} is ${member}, which JSON cannot say`);
      return member;
    },
    2,
  );
  assert(text !== undefined, "there is nothing to write");
  return `${text}\n`;
}

/** Writes a file so that it appears whole or not at all. Throws `E_DISK_FULL` naming the file. */
export function writeAtomic(file: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const beside = `${file}.${process.pid}.tmp`;
  try {
    const fd = fs.openSync(beside, "w", 0o644);
    try {
      writeWhole({ fd, file, write: writeToDisk }, bytes, bytes.length, 0);
      forceToDisk(fd, file);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(beside, file);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw diskError(error, file);
  }
}

/** Writes a value as canonical JSON, whole or not at all. */
export function writeJson(file: string, value: unknown): void {
  writeAtomic(file, canonicalJson(value));
}
