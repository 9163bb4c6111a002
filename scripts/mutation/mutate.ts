/**
 * `npm run mutate -- [FILE…]`: runs Stryker over files and keeps the outcome in docs/mutation.json.
 *
 * Twice: first every mutant with the tests that stand near the code, which takes milliseconds for
 * each; then what survived, with the tests that judge whole runs, which takes seconds for each.
 * `--near` stops after the first. `--again` tries, with the near tests, what had survived in a file,
 * once tests were written for it; the file itself must be as it was. `--keep` runs nothing and keeps
 * what an earlier run, even one that was stopped, came to know. A part of a file never replaces the
 * whole of it.
 *
 * Only a loop that was seen to loop counts as found: Stryker counts how often a mutant is passed and
 * ends it beyond a limit. A run that merely took long is a survivor, for the machine may be slow.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/environment.ts";
import { type KeptLine, keptFile, type KeptMutant as Mutant } from "./kept-reporter.ts";
import {
  afterAgain,
  type FileMeasured,
  readMeasured,
  type Survivor,
  withReasons,
  writeMeasured,
} from "./measured.ts";

interface Settings {
  mutate: string[];
  mochaTests: { near: string[]; whole: string[]; skip: string[] };
}

const root = packageRoot();
const folder = join(root, "reports/mutation");
const settings = JSON.parse(readFileSync(join(root, "stryker.config.json"), "utf8")) as Settings;
const reportOf = (name: string) => join(folder, `${name}.json`);

function stryker(name: string, mutate: readonly string[], tests: readonly string[]): void {
  const config = join(folder, `${name}.config.json`);
  const mochaTests = { ...settings.mochaTests, near: tests, whole: [] };
  const jsonReporter = { fileName: reportOf(name) };
  writeFileSync(config, JSON.stringify({ ...settings, mutate, mochaTests, jsonReporter }));
  const bin = join(root, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const options = { cwd: root, stdio: "inherit" } as const;
  const { status } = spawnSync(process.execPath, [bin, "run", config], options);
  if (status !== 0) throw new Error(`Stryker ended with exit code ${status}`);
}

/** What a run knows of each file, and how many of the file's mutants it did not come to. */
function kept(name: string): Map<string, { mutants: Mutant[]; untried: number }> {
  const file = keptFile(reportOf(name));
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split("\n").filter((line) => line !== "");
  const counts = new Map<string, number>();
  const found = new Map<string, Mutant[]>();
  for (const line of lines.map((one) => JSON.parse(one) as KeptLine)) {
    if ("mutants" in line) counts.set(line.file, line.mutants);
    else found.set(line.file, [...(found.get(line.file) ?? []), line]);
  }
  return new Map(
    [...counts].map(([of, count]) => {
      const mutants = found.get(of) ?? [];
      return [of, { mutants, untried: count - mutants.length }];
    }),
  );
}

const looped = (reason: string | undefined) => reason?.includes("Hit limit") ?? false;
const killed = ({ status }: Mutant) => status === "Killed" || status === "RuntimeError";
const endless = ({ status, statusReason }: Mutant) => status === "Timeout" && looped(statusReason);
const tried = ({ status }: Mutant) => status !== "Ignored" && status !== "CompileError";
const survived = (mutant: Mutant) => tried(mutant) && !killed(mutant) && !endless(mutant);

const keyOf = ({ location: { start, end }, replacement }: Mutant) =>
  `${start.line}:${start.column}-${end.line}:${end.column} ${replacement ?? ""}`;

/** Stryker's ranges count columns from 0, its reports from 1. */
const rangeOf = ({ file, location: { start, end } }: Mutant) =>
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

function git(...args: string[]): string {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")} ended with exit code ${status}`);
  return stdout.trim();
}

const head = () => git("rev-parse", "--short", "HEAD");

/** Mutants as the page tells them. */
function changesOf(file: string, mutants: readonly Mutant[]): Survivor[] {
  const source = readFileSync(join(root, file), "utf8");
  return mutants.map(({ location, replacement }) => ({
    line: location.start.line,
    was: short(textAt(source, location)),
    became: short(replacement ?? ""),
  }));
}

function measuredOf(file: string, first: Mutant[], second: Mutant[]): FileMeasured {
  const later = new Map(second.map((mutant) => [keyOf(mutant), mutant]));
  const all = first.filter(tried);
  const last = all.map((one) => (survived(one) ? (later.get(keyOf(one)) ?? one) : one));
  const near = all.filter(killed).length;
  return {
    commit: head(),
    mutants: all.length,
    near,
    whole: last.filter(killed).length - near,
    endless: last.filter(endless).length,
    survivors: changesOf(file, last.filter(survived)),
  };
}

/** Ranges of lines on which something had survived, in files that are as they were then. */
function survivorLines(names: readonly string[]): string[] {
  return Object.entries(readMeasured())
    .filter(([file]) => names.length === 0 || names.includes(file))
    .flatMap(([file, { commit, survivors }]) => {
      if (git("diff", "--name-only", commit, "--", file) !== "") {
        throw new Error(`${file} was changed since ${commit}: measure it as a whole`);
      }
      return [...new Set(survivors.map(({ line }) => `${file}:${line}-${line}`))];
    });
}

function keepAgain(): void {
  const all = readMeasured();
  for (const [file, { mutants }] of kept("again")) {
    const before = all[file];
    if (!before) continue;
    all[file] = afterAgain(before, {
      commit: head(),
      survived: changesOf(file, mutants.filter(survived)),
      killed: changesOf(file, mutants.filter(killed)),
      endless: changesOf(file, mutants.filter(endless)),
    });
  }
  writeMeasured(all);
}

function keepAll(): void {
  const all = readMeasured();
  const again = kept("whole");
  for (const [file, { mutants, untried }] of kept("near")) {
    const before = all[file];
    const whole = before !== undefined && before.untried === undefined;
    if (untried > 0 && (whole || !mutants.some(killed))) continue;
    const now = measuredOf(file, mutants, again.get(file)?.mutants ?? []);
    all[file] = withReasons(untried > 0 ? { ...now, untried } : now, before);
  }
  writeMeasured(all);
}

const args = process.argv.slice(2);
const files = args.filter((arg) => !arg.startsWith("-"));
const { near, whole } = settings.mochaTests;
mkdirSync(folder, { recursive: true });
if (args.includes("--again")) {
  if (!args.includes("--keep")) stryker("again", survivorLines(files), near);
  keepAgain();
} else {
  if (!args.includes("--keep")) {
    stryker("near", files.length > 0 ? files : settings.mutate, near);
    const left = [...kept("near").values()].flatMap(({ mutants }) => mutants.filter(survived));
    if (left.length > 0 && !args.includes("--near")) {
      stryker("whole", [...new Set(left.map(rangeOf))], whole);
    }
  }
  keepAll();
}
