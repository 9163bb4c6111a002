/**
 * Blocks of the timeline → plain steps. `parallel` starts its steps together; `repeat` does its steps
 * one after another, n times. Both are gone after this: a plan has steps with ids such as
 * `storm.cut` and `flap.2.cut`, and what named a block names the steps that end it.
 *
 * ```
 *  flap: repeat 2, every 10s      flap.1.cut ─▶ flap.1.check
 *    steps: [cut, check]              └── not before 10s after ──▶ flap.2.cut ─▶ flap.2.check
 *                                         flap.1.cut began, and after flap.1.check ended
 * ```
 * It takes the file's values as they are, wrong ones among them: a mistake in one step must not hide
 * the names of the others.
 */
import { parseDurationMs } from "../kernel/units.ts";
import type { Path } from "./problems.ts";

type Raw = Record<string, unknown>;

/** A step outside all blocks. */
export interface Leaf {
  path: Path;
  /** As the file has it. */
  raw: Raw;
  id: string;
  /** Null for a step that is in no block: its own keys say when. */
  timing: {
    at?: number;
    after?: string[];
    delay?: number;
    notBefore?: { step: string; plusMs: number };
  } | null;
  /** Blocks around it, the outermost first: names inside them are looked up there first. */
  scopes: string[];
  /** A later time of a repeated step: its mistakes are those of the first. */
  again: boolean;
}

export interface Timeline {
  leaves: Leaf[];
  /** Blocks, and each time of a repeated one, with the steps whose end is theirs. */
  blocks: Map<string, string[]>;
  /** Keys that have no place where they stand. */
  misplaced: { path: Path; message: string }[];
  /** Every block as it stands in the file. */
  written: { path: Path; raw: Raw }[];
}

/** More steps than anybody reads: a block in a block in a block is a mistake. */
const STEPS_MAX = 500;

interface Start {
  timing: Leaf["timing"];
  scopes: string[];
  again: boolean;
}

export function expandSteps(steps: unknown): Timeline {
  const timeline: Timeline = { leaves: [], blocks: new Map(), misplaced: [], written: [] };
  const top = { timing: null, scopes: [], again: false };
  for (const [index, raw] of list(steps).entries()) {
    expand(timeline, mapping(raw), ["steps", index], top);
  }
  return timeline;
}

/** The name as it is meant in these scopes: a step's or a block's; itself when nobody has it. */
export function lookUp(name: string, scopes: string[], timeline: Timeline): string {
  const known = (id: string) =>
    timeline.blocks.has(id) || timeline.leaves.some((leaf) => leaf.id === id);
  const candidates = scopes.map((scope) => `${scope}.${name}`).reverse();
  return candidates.find(known) ?? name;
}

/** The steps whose end is meant by a name. */
export function endsOf(name: string, scopes: string[], timeline: Timeline): string[] {
  const meant = lookUp(name, scopes, timeline);
  return timeline.blocks.get(meant) ?? [meant];
}

/** Adds the steps of one entry; gives those that begin it and those that end it. */
function expand(
  timeline: Timeline,
  raw: Raw,
  path: Path,
  start: Start,
): { first: string[]; last: string[] } {
  const own = typeof raw["id"] === "string" ? raw["id"] : "";
  const scope = start.scopes.at(-1);
  const id = scope === undefined ? own : `${scope}.${own}`;
  if (scope !== undefined && !start.again) refuseTiming(timeline, raw, path);
  const delay = duration(raw["delay"]);
  const timing = start.timing && { ...start.timing, ...added(start.timing.delay, delay) };
  const isBlock = "parallel" in raw || "repeat" in raw;
  if (!isBlock || timeline.leaves.length >= STEPS_MAX) {
    if (isBlock) {
      const message = `the blocks make more than ${STEPS_MAX} steps`;
      timeline.misplaced.push({ path, message });
    }
    timeline.leaves.push({ path, raw, id, timing, scopes: start.scopes, again: start.again });
    return { first: [id], last: [id] };
  }
  if (!start.again) timeline.written.push({ path, raw });
  const block = { ...start, timing: timing ?? timingOf(raw) };
  const ends = "parallel" in raw ? parallel : repeat;
  const { first, last } = ends(timeline, { raw, path, id, start: block });
  timeline.blocks.set(id, last);
  return { first, last };
}

interface Block {
  raw: Raw;
  path: Path;
  id: string;
  start: Start;
}

function parallel(timeline: Timeline, { raw, path, id, start }: Block) {
  const scopes = [...start.scopes, id];
  const parts = list(raw["parallel"]).map((child, index) =>
    expand(timeline, mapping(child), [...path, "parallel", index], { ...start, scopes }),
  );
  return { first: parts.flatMap((part) => part.first), last: parts.flatMap((part) => part.last) };
}

function repeat(timeline: Timeline, { raw, path, id, start }: Block) {
  const times = Number.isSafeInteger(raw["repeat"]) ? Math.min(Number(raw["repeat"]), 100) : 1;
  const everyMs = duration(raw["every"]) ?? 0;
  const children = list(raw["steps"]);
  let first: string[] = [];
  let last: string[] = [];
  let began = "";
  for (let time = 1; time <= times; time += 1) {
    const scopes = [...start.scopes, id, `${id}.${time}`];
    const pace = everyMs > 0 ? { notBefore: { step: began, plusMs: everyMs } } : {};
    let timing = time === 1 ? start.timing : { after: last, ...pace };
    let begins: string[] = [];
    for (const [index, child] of children.entries()) {
      const part = expand(timeline, mapping(child), [...path, "steps", index], {
        timing,
        scopes,
        again: start.again || time > 1,
      });
      if (index === 0) begins = part.first;
      last = part.last;
      timing = { after: last };
    }
    timeline.blocks.set(`${id}.${time}`, last);
    if (time === 1) first = begins;
    began = begins[0] ?? "";
  }
  return { first, last };
}

function refuseTiming(timeline: Timeline, raw: Raw, path: Path): void {
  for (const key of ["at", "after"].filter((name) => name in raw)) {
    const message = `inside a block the block says when; \`${key}\` belongs to the block`;
    timeline.misplaced.push({ path: [...path, key], message });
  }
}

/** When a block begins. What is no time or name is told by the schema. */
function timingOf(raw: Raw): NonNullable<Leaf["timing"]> {
  const at = duration(raw["at"]);
  const names = typeof raw["after"] === "string" ? [raw["after"]] : list(raw["after"]);
  const after = names.filter((name) => typeof name === "string");
  const delay = duration(raw["delay"]);
  return {
    ...(after.length > 0 ? { after } : { at: at ?? 0 }),
    ...(delay === undefined ? {} : { delay }),
  };
}

function added(before: number | undefined, more: number | undefined): { delay?: number } {
  return more === undefined ? {} : { delay: (before ?? 0) + more };
}

function duration(value: unknown): number | undefined {
  return typeof value === "string" ? parseDurationMs(value.trim()) : undefined;
}

function mapping(value: unknown): Raw {
  const is = value !== null && typeof value === "object" && !Array.isArray(value);
  return is ? (value as Raw) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
