/**
 * `npm run mutate -- [--near] [FILE…]`: runs Stryker over files and keeps the outcome in
 * docs/mutation.json.
 *
 * Twice: first every mutant with the tests that stand near the code, which takes milliseconds for
 * each; then what survived, with the tests that judge whole runs, which takes seconds for each.
 * `--near` stops after the first and shows what survived, without keeping it.
 *
 * Only a loop that was seen to loop counts as found: Stryker counts how often a mutant is passed and
 * ends it beyond a limit. A run that merely took long is a survivor, for the machine may be slow.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/environment.ts";
import { type FileMeasured, readMeasured, withReasons, writeMeasured } from "./measured.ts";

interface Mutant {
  status: string;
  statusReason?: string;
  replacement?: string;
  mutatorName: string;
  location: Record<"start" | "end", { line: number; column: number }>;
}

interface Report {
  files: Record<string, { source: string; mutants: Mutant[] }>;
}

interface Settings {
  mutate: string[];
  mochaTests: { near: string[]; whole: string[]; skip: string[] };
}

const root = packageRoot();
const folder = join(root, "reports/mutation");
const settings = JSON.parse(readFileSync(join(root, "stryker.config.json"), "utf8")) as Settings;

function stryker(name: string, mutate: readonly string[], tests: readonly string[]): Report {
  const { skip } = settings.mochaTests;
  const fileName = join(folder, `${name}.json`);
  const config = {
    ...settings,
    mutate,
    mochaTests: { near: tests, whole: [], skip },
    jsonReporter: { fileName },
  };
  const file = join(folder, `${name}.config.json`);
  writeFileSync(file, JSON.stringify(config));
  const bin = join(root, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const { status } = spawnSync(process.execPath, [bin, "run", file], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`Stryker ended with exit code ${status}`);
  return JSON.parse(readFileSync(fileName, "utf8")) as Report;
}

const survived = ({ status, statusReason }: Mutant) =>
  status === "Survived" ||
  status === "NoCoverage" ||
  (status === "Timeout" && !looped(statusReason));
const looped = (reason: string | undefined) => reason?.includes("Hit limit") ?? false;

const keyOf = ({ location: { start, end }, replacement }: Mutant) =>
  `${start.line}:${start.column}-${end.line}:${end.column} ${replacement ?? ""}`;

/** Stryker's ranges count columns from 0, its reports from 1. */
const rangeOf = (file: string, { location: { start, end } }: Mutant) =>
  `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;

/** A piece of source in one short line. */
function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 90 ? `${line.slice(0, 60)} … ${line.slice(-25)}` : line;
}

function textAt(source: string, { start, end }: Mutant["location"]): string {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = (lines.at(-1) ?? "").slice(0, end.column - 1);
  lines[0] = (lines[0] ?? "").slice(start.column - 1);
  return lines.join("\n");
}

function measuredOf(
  source: string,
  first: Mutant[],
  second: Mutant[],
  commit: string,
): FileMeasured {
  const tried = first.filter(({ status }) => !["Ignored", "CompileError"].includes(status));
  const later = new Map(second.map((mutant) => [keyOf(mutant), mutant]));
  const last = tried.map((mutant) =>
    survived(mutant) ? (later.get(keyOf(mutant)) ?? mutant) : mutant,
  );
  const count = (all: Mutant[], holds: (mutant: Mutant) => boolean) => all.filter(holds).length;
  const near = count(tried, ({ status }) => status === "Killed" || status === "RuntimeError");
  const found = count(last, ({ status }) => status === "Killed" || status === "RuntimeError");
  return {
    commit,
    mutants: tried.length,
    near,
    whole: found - near,
    endless: count(
      last,
      ({ status, statusReason }) => status === "Timeout" && looped(statusReason),
    ),
    survivors: last.filter(survived).map(({ location, replacement }) => ({
      line: location.start.line,
      was: short(textAt(source, location)),
      became: short(replacement ?? ""),
    })),
  };
}

function git(...args: string[]): string {
  return spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout.trim();
}

const args = process.argv.slice(2);
const files = args.filter((arg) => !arg.startsWith("-"));
mkdirSync(folder, { recursive: true });
const { near, whole } = settings.mochaTests;
const first = stryker("near", files.length > 0 ? files : settings.mutate, near);
if (!args.includes("--near")) {
  const rest = Object.entries(first.files).flatMap(([file, { mutants }]) =>
    mutants.filter(survived).map((mutant) => rangeOf(file, mutant)),
  );
  const second = rest.length > 0 ? stryker("whole", [...new Set(rest)], whole) : { files: {} };
  const commit = git("rev-parse", "--short", "HEAD");
  const all = readMeasured();
  for (const [file, { source, mutants }] of Object.entries(first.files)) {
    const again = (second as Report).files[file]?.mutants ?? [];
    all[file] = withReasons(measuredOf(source, mutants, again, commit), all[file]);
  }
  writeMeasured(all);
}
