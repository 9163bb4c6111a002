/**
 * The suite file: which experiments are run together, and with which variables. Read by the same
 * machinery as experiments: every mistake at once, each with its place.
 *
 * Names of files may hold `*`; what they match is put in the order of its names, so that a suite is
 * the same on every machine. A file that is named twice with the same variables is run once.
 */
import { globSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { z } from "zod";
import { findingsOf } from "./issues.ts";
import { ExperimentError, type Path, type Problem } from "./problems.ts";
import { readKept, textOf } from "./read-text.ts";
import { nameSchema } from "./schema-topology.ts";
import { Source, throwProblems } from "./source.ts";

const filesSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: "expected the path of a file, relative to this one, or a list of them",
});

const entrySchema = z.strictObject({
  files: filesSchema.describe(
    "Experiment files, relative to this one; `*` stands for any letters.",
  ),
  except: filesSchema.optional().describe("Files that are left out of what a `*` matches."),
  vars: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Variables of these experiments, as `--var` sets them."),
});

export const suiteFileSchema = z.strictObject({
  version: z.literal(1, { error: "expected version: 1" }).describe("Version of this format."),
  name: nameSchema.describe("Short name: what `blackstart suite` calls it."),
  title: z.string().min(1, { error: "expected a title" }).describe("Headline of its page."),
  description: z.string().default("").describe("What it is for."),
  experiments: z
    .array(entrySchema)
    .min(1, { error: "expected at least one entry" })
    .describe("What is run. Drills that can share a topology are run one after another."),
});

export interface SuiteEntry {
  file: string;
  /** As `--var` gives them. */
  vars: Record<string, string>;
}

export interface LoadedSuite {
  name: string;
  title: string;
  description: string;
  file: string;
  /** Of the file's bytes. */
  sha256: string;
  entries: SuiteEntry[];
}

/** Throws ExperimentError with every problem of the suite file; its experiments are not read. */
export function loadSuite(file: string): LoadedSuite {
  const { bytes, sha256 } = readKept(file);
  return { ...parseSuite(textOf(bytes, file), file), file, sha256 };
}

export function parseSuite(text: string, file: string): Omit<LoadedSuite, "file" | "sha256"> {
  try {
    return parsed(text, file);
  } catch (error) {
    // Parsing recurses: the stack is the limit of nesting.
    if (!(error instanceof RangeError)) throw error;
    const message = "nested too deeply, or an alias (*name) refers to itself";
    throw new ExperimentError([{ file, line: 1, column: 1, message }], { cause: error });
  }
}

function parsed(text: string, file: string): Omit<LoadedSuite, "file" | "sha256"> {
  const problems: Problem[] = [];
  const source = new Source(text, file, problems, "a suite");
  source.substituteAll(new Map());
  const value = source.value();
  for (const finding of findingsOf(suiteFileSchema, value)) source.find(finding);
  throwProblems(problems);
  const { experiments, name, title, description } = suiteFileSchema.parse(value);
  const entries = experiments.flatMap(({ files, except, vars }, index) => {
    const path: Path = ["experiments", index];
    const match = (key: "files" | "except", wanted: string | string[]) =>
      matchesOf(key, wanted, dirname(file), (at, pattern) => {
        const message = `no file matches ${pattern}`;
        source.find({ path: [...path, key, ...(at === null ? [] : [at])], message });
      });
    const out = new Set(except === undefined ? [] : match("except", except));
    const texts = Object.entries(vars ?? {}).map(([key, one]) => [key, String(one)]);
    return match("files", files)
      .filter((one) => !out.has(one))
      .map((one): SuiteEntry => ({ file: one, vars: Object.fromEntries(texts) }));
  });
  throwProblems(problems);
  return { name, title, description, entries: withoutTwins(entries) };
}

/**
 * Files by name, those of each pattern in the order of their names. Every name must match something,
 * but for a pattern of what is to be left out.
 */
function matchesOf(
  key: "files" | "except",
  wanted: string | string[],
  folder: string,
  nothing: (at: number | null, pattern: string) => void,
): string[] {
  const patterns = Array.isArray(wanted) ? wanted : [wanted];
  return patterns.flatMap((pattern, at) => {
    const found = globSync(pattern, { cwd: folder === "" ? "." : folder })
      .filter((name) => name.endsWith(".yaml") || name === pattern)
      .sort();
    const mayBeNone = key === "except" && /[*?[{]/.test(pattern);
    if (found.length === 0 && !mayBeNone) nothing(Array.isArray(wanted) ? at : null, pattern);
    return found.map((name) => normalize(isAbsolute(name) ? name : join(folder, name)));
  });
}

function withoutTwins(entries: SuiteEntry[]): SuiteEntry[] {
  const keyOf = ({ file, vars }: SuiteEntry) =>
    JSON.stringify([file, Object.entries(vars).sort(([a], [b]) => (a < b ? -1 : 1))]);
  const keys = entries.map(keyOf);
  return entries.filter((_, at) => keys.indexOf(keys[at] as string) === at);
}
