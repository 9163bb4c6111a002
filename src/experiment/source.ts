/**
 * One YAML file of an experiment: its values, and where each of them stands.
 *
 * Stages: text → YAML (variables masked) → values (variables in, `x-…` keys out). A stage that fails
 * ends the reading, but within a stage everything is reported. Nothing here trusts the file: nesting
 * and aliases are limited.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLError,
} from "yaml";
import { messageOf } from "../kernel/errors.ts";
import { ExperimentError, type Finding, type Path, type Problem } from "./problems.ts";
import { isNestedTooDeeply } from "./read-text.ts";
import { suggestion } from "./spelling.ts";
import {
  maskVariables,
  referencesIn,
  type Scalar as ScalarValue,
  substitute,
  unmaskVariables,
} from "./variables.ts";

const ALIASES_MAX = 100;
const PROBLEMS_MAX = 100;
const NO_VALUES: ReadonlyMap<string, ScalarValue> = new Map();

/** Throws what was found so far, file by file, each in the order of its lines. */
export function throwProblems(problems: readonly Problem[], order: string[] = []): void {
  if (problems.length === 0) return;
  const files = [...new Set([...order, ...problems.map(({ file }) => file)])];
  const key = ({ file, line, column }: Problem) => files.indexOf(file) * 1e13 + line * 1e6 + column;
  const sorted = [...problems].sort((a, b) => key(a) - key(b));
  throw new ExperimentError(sorted.slice(0, PROBLEMS_MAX));
}

/** A parsed YAML text that can tell where a value stands. */
export class Source {
  readonly file: string;
  readonly #masked: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  /** Shared by all files of one experiment. */
  readonly #problems: Problem[];

  /** Throws when the text is no mapping: then nothing in it can be spoken of. */
  constructor(text: string, file: string, problems: Problem[], what = "an experiment") {
    this.file = file;
    this.#problems = problems;
    this.#masked = maskVariables(text);
    if (isNestedTooDeeply(this.#masked)) throw new RangeError("nested too deeply");
    this.#document = parseDocument(this.#masked, {
      lineCounter: this.#lines,
      prettyErrors: false,
      logLevel: "error",
      merge: true,
    }) as Document;
    for (const error of [...this.#document.errors, ...this.#document.warnings]) {
      if (/stack/i.test(error.message)) throw new RangeError(error.message);
      this.#add(error.pos[0], sentenceOf(error, this.#masked));
    }
    this.throwIfAny();
    if (!isMap(this.#document.contents)) {
      this.#add(0, `expected ${what}: a mapping of keys, found ${kindOf(this.#document)}`);
      this.throwIfAny();
    }
  }

  /** A value at the top as the file has it, before variables are put in. */
  at(...keys: string[]): unknown {
    const node = this.#document.getIn(keys, true);
    if (!isNode(node)) return undefined;
    return unmasked(node.toJS(this.#document, { maxAliasCount: ALIASES_MAX }));
  }

  keys(): string[] {
    const { contents } = this.#document;
    if (!isMap(contents)) return [];
    return contents.items.map(({ key }) => String(isScalar(key) ? key.value : key));
  }

  /** Variables under `vars:`, with their defaults. */
  declared(): Map<string, ScalarValue> {
    const values = new Map<string, ScalarValue>();
    const declared = this.#document.get("vars");
    if (!isMap(declared)) return values;
    for (const { key, value } of declared.items) {
      const scalar = isScalar(value) ? value.value : undefined;
      if (!["string", "number", "boolean"].includes(typeof scalar)) continue;
      const masked = String(scalar);
      if (referencesIn(masked).length > 0) {
        this.#add(offsetOfNode(value) ?? 0, "a variable cannot refer to another");
      }
      const name = String(isScalar(key) ? key.value : key);
      const text = substitute(masked, NO_VALUES, false);
      values.set(name, typeof scalar === "string" ? text : (scalar as ScalarValue));
    }
    return values;
  }

  /** Puts values in for variables; gives the names that were referred to. */
  substituteAll(values: ReadonlyMap<string, ScalarValue>): Set<string> {
    const used = new Set<string>();
    visit(this.#document, {
      Scalar: (role, node) => {
        if (typeof node.value !== "string") return;
        if (role === "key") {
          node.value = unmaskVariables(node.value);
          return;
        }
        this.#refer(node, values, used);
        node.value = substitute(node.value, values, node.type === Scalar.PLAIN);
      },
      Pair: (_, { key }) => {
        if (isScalar(key)) return;
        this.#add(offsetOfNode(key) ?? 0, "expected a text as a key");
      },
      Alias: (_, node) => {
        if (node.resolve(this.#document)) return;
        this.#add(offsetOfNode(node) ?? 0, `no anchor "&${node.source}" stands before this alias`);
      },
    });
    return used;
  }

  #refer(node: Scalar, values: ReadonlyMap<string, ScalarValue>, used: Set<string>): void {
    const [start = 0, end = start] = node.range ?? [];
    for (const { name, at } of referencesIn(this.#masked.slice(start, end))) {
      used.add(name);
      if (values.has(name)) continue;
      const near = suggestion(name, [...values.keys()], "variables");
      this.#add(start + at, `no variable "${name}"${near}; give it under \`vars:\` or by --var`);
    }
  }

  /** Plain values, without `x-…` keys. */
  value(): unknown {
    this.throwIfAny();
    try {
      return withoutExtensions(this.#document.toJS({ maxAliasCount: ALIASES_MAX }));
    } catch (error) {
      if (error instanceof RangeError || !/alias/i.test(messageOf(error))) throw error;
      this.#add(0, "aliases (*name) make it too large");
      this.throwIfAny();
      throw error;
    }
  }

  find({ path, message, at }: Finding): void {
    this.#add(this.#offsetOf(path, at ?? "value"), message);
  }

  throwIfAny(): void {
    throwProblems(this.#problems);
  }

  #add(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    const problem = {
      file: this.file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      message,
    };
    if (this.#problems.some((one) => JSON.stringify(one) === JSON.stringify(problem))) return;
    this.#problems.push(problem);
  }

  /** Where a value begins, or its key; for what is not there, the mapping that lacks it. */
  #offsetOf(path: Path, at: "key" | "value"): number {
    let node: unknown = this.#document.contents;
    let offset = offsetOfNode(node) ?? 0;
    for (const [depth, segment] of path.entries()) {
      const here = isAlias(node) ? node.resolve(this.#document) : node;
      const pair = isMap(here) ? this.#pairOf(here, String(segment)) : undefined;
      const last = depth === path.length - 1;
      const next = pair ? pair.value : isSeq(here) ? here.items[Number(segment)] : undefined;
      const keyOffset = pair && offsetOfNode(pair.key);
      const found = pair && last && at === "key" ? keyOffset : (offsetOfNode(next) ?? keyOffset);
      if (found === undefined) return offset;
      offset = found;
      node = next;
    }
    return offset;
  }

  #pairOf(map: { items: Pair[] }, key: string): Pair | undefined {
    const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
    if (own) return own;
    for (const { key: name, value } of map.items) {
      // A merge key's value is a symbol of its own.
      if (!isScalar(name) || name.source !== "<<") continue;
      for (const merged of isSeq(value) ? value.items : [value]) {
        const target = isAlias(merged) ? merged.resolve(this.#document) : merged;
        const found = isMap(target) ? this.#pairOf(target, key) : undefined;
        if (found) return found;
      }
    }
    return undefined;
  }
}

/** An empty value has a range of no length right after its key; the key says more. */
function offsetOfNode(node: unknown): number | undefined {
  if (!isNode(node) || !(node as Node).range) return undefined;
  const [start, end] = (node as Node).range as [number, number, number];
  return isScalar(node) && start === end ? undefined : start;
}

function kindOf(document: Document): string {
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return "an empty file";
  if (isSeq(contents)) return "a list";
  return isScalar(contents) ? "a single value" : "something else";
}

function sentenceOf(error: YAMLError, text: string): string {
  if (error.code === "DUPLICATE_KEY") {
    const key = /^[^:\s]+/.exec(text.slice(error.pos[0]))?.[0] ?? "";
    return `the key "${unmaskVariables(key)}" is given twice`;
  }
  if (error.code === "MULTIPLE_DOCS") return "expected one document, found another after `---`";
  return `not valid YAML: ${unmaskVariables(error.message)}`;
}

/** Settings of Kafka and kafkajs are theirs: nothing is taken out of those. */
const FOREIGN = new Set(["config", "client", "vars"]);

function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("x-"))
      .map(([key, inner]) => [key, FOREIGN.has(key) ? inner : withoutExtensions(inner)]),
  );
}

function unmasked(value: unknown): unknown {
  if (typeof value === "string") return unmaskVariables(value);
  if (Array.isArray(value)) return value.map(unmasked);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmasked(inner)]));
}
