/**
 * zod's issues as sentences for people: what was expected, what came, what may have been meant.
 *
 * zod tells of unknown keys in one issue without the known ones, and of unions by the issues of
 * every branch; here the first becomes one finding per key, and of the second the branch is told
 * that was meant.
 */
import type { z } from "zod";
import type { Finding, Path } from "./problems.ts";
import { FAULT_KINDS, RUNBOOKS, STEP_KINDS } from "./schema-steps.ts";
import { nearest, suggestion } from "./spelling.ts";

type Issue = z.core.$ZodIssue;

/** Findings of a value that a schema refused; none when it is accepted. */
export function findingsOf(schema: z.ZodType, value: unknown): Finding[] {
  const parsed = schema.safeParse(value, { error: nameKnownKeys });
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => told(issue, value, []));
}

/** zod shows the schema to its error map only, so the known keys travel in the message. */
function nameKnownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const shape = (issue.inst as { _zod?: { def?: { shape?: object } } })._zod?.def?.shape;
  return Object.keys(shape ?? {}).join(",");
}

/** `base`: where `root` stands in the file; the issue's path begins there. */
function told(issue: Issue, root: unknown, base: Path): Finding[] {
  const inner = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const path = [...base, ...inner];
  const input = valueAt(root, inner);
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(",").filter((key) => !(key in Object(input)));
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"${suggestion(key, known, "other keys here")}`,
      at: "key",
    }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ path, message, at: "key" }));
  }
  if (issue.code === "invalid_union" && input !== undefined) return toldUnion(issue, input, path);
  return [{ path, message: sentence(issue, input, path) }];
}

function toldUnion(issue: z.core.$ZodIssueInvalidUnion, input: unknown, path: Path): Finding[] {
  const at = path.at(-1);
  if (at === "fault") return [{ path, message: unknownName("fault", input, FAULT_KINDS, "kinds") }];
  if (at === "check") {
    const options = (issue as { options?: unknown[] }).options?.map(String) ?? [];
    return [{ path, message: unknownName("check", input, options, "checks") }];
  }
  if (isStep(path)) {
    const branch = stepBranch(input);
    if (typeof branch === "string") return [{ path, message: branch }];
    return (issue.errors[branch] ?? []).flatMap((nested) => told(nested, input, path));
  }
  return [{ path, message: `${issue.message}, found ${describeValue(input)}` }];
}

function unknownName(what: string, input: unknown, known: readonly string[], plural: string) {
  const name = typeof input === "string" ? input : describeValue(input);
  const near = nearest(name, known);
  const meant = near === undefined ? "; the" : `; did you mean "${near}"? The`;
  return `unknown ${what} "${name}"${meant} ${plural} are ${known.join(", ")}`;
}

/** Whether a path leads to a step: one of the timeline, or of a block in it. */
function isStep(path: Path): boolean {
  if (path[0] !== "steps" || path.length % 2 !== 0) return false;
  return path.every((part, at) =>
    at % 2 === 0 ? part === "steps" || part === "parallel" : typeof part === "number",
  );
}

/** The branch of `entrySchema` a step is meant to be, or why that cannot be told. */
function stepBranch(step: unknown): number | string {
  const plain = STEP_KINDS.slice(2);
  const ways =
    `fault (${FAULT_KINDS.join(", ")}), runbook (${RUNBOOKS.join(", ")}), ` +
    `${plain.slice(0, -1).join(", ")} or ${plain.at(-1)}`;
  if (step === null || typeof step !== "object" || Array.isArray(step)) {
    return `expected a step: a mapping with \`id\` and one of ${ways}, found ${describeValue(step)}`;
  }
  const kinds = STEP_KINDS;
  const [first, second] = kinds.filter((kind) => kind in step);
  if (first !== undefined && second !== undefined) {
    return `a step does one thing; this one has \`${first}\` and \`${second}\``;
  }
  if (first !== undefined) return kinds.indexOf(first);
  const typo = Object.keys(step)
    .map((key) => ({ key, near: nearest(key, kinds) }))
    .find(({ near }) => near !== undefined);
  if (typo) return `unknown key "${typo.key}"; did you mean "${typo.near}"?`;
  return `this step does nothing: it needs one of ${ways}`;
}

function sentence(issue: Issue, input: unknown, path: Path): string {
  const expected = expectation(issue);
  if (input === undefined) {
    return expected === undefined
      ? `the key "${String(path.at(-1))}" is missing`
      : `the key "${String(path.at(-1))}" is missing: ${expected}`;
  }
  if (expected === undefined) return issue.message;
  if (issue.code === "invalid_value" && typeof input === "string") {
    const near = nearest(input, issue.values.map(String));
    if (near !== undefined) return `${expected}, found "${input}"; did you mean "${near}"?`;
  }
  return `${expected}, found ${describeValue(input)}`;
}

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "a mapping of keys",
  record: "a mapping of keys",
};

/** "expected …" when the issue is about what a value is; undefined when its message says it all. */
function expectation(issue: Issue): string | undefined {
  if (issue.message.startsWith("expected")) return issue.message;
  if (issue.code === "invalid_type") return `expected ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") {
    return `expected ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  }
  if (issue.code === "too_small")
    return `expected at least ${issue.minimum} ${plural(issue)}`.trim();
  if (issue.code === "too_big") return `expected at most ${issue.maximum} ${plural(issue)}`.trim();
  return undefined;
}

function plural({ origin }: { origin: string }): string {
  if (origin === "array") return "items";
  return origin === "string" ? "characters" : "";
}

/** A value as a message names it. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "number") return `the number ${value}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "a mapping" : String(value);
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
