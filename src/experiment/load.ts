/**
 * Experiment file → experiment, or every problem at once as `file:line:column: message`.
 *
 * Stages: bytes → text (readable, not too large) → YAML (variables masked) → values (variables in,
 * `x-…` keys out) → schema → names and sums (`check.ts`). A stage that fails ends the reading, but
 * within a stage everything is reported. Nothing here trusts the file: size, nesting and aliases
 * are limited.
 */
import { createHash } from "node:crypto";
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
import { checkExperiment } from "./check.ts";
import type { LoadedExperiment } from "./planner.ts";
import { ExperimentError, type Finding, type Path, type Problem } from "./problems.ts";
import { isNestedTooDeeply, readBytes, textOf } from "./read-text.ts";
import { suggestion } from "./spelling.ts";
import {
  maskVariables,
  referencesIn,
  type Scalar as ScalarValue,
  scalarOf,
  substitute,
  unmaskVariables,
} from "./variables.ts";

const ALIASES_MAX = 100;
const PROBLEMS_MAX = 100;
const NO_VALUES: ReadonlyMap<string, ScalarValue> = new Map();

export interface LoadOptions {
  /** `--var` values by name. */
  vars?: Record<string, string>;
}

export function loadExperiment(file: string, options: LoadOptions = {}): LoadedExperiment {
  const bytes = readBytes(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { ...parseExperiment(textOf(bytes, file), file, options), file, sha256 };
}

export interface ParsedExperiment {
  experiment: LoadedExperiment["experiment"];
  vars: Record<string, string>;
}

/** `file` is what places are told with. Throws ExperimentError with every problem. */
export function parseExperiment(
  text: string,
  file: string,
  options: LoadOptions = {},
): ParsedExperiment {
  try {
    const source = new Source(text, file);
    const vars = source.resolveVariables(options.vars ?? {});
    const checked = checkExperiment(source.value());
    source.report(checked.findings);
    source.throwIfAny();
    return { experiment: checked.experiment, vars };
  } catch (error) {
    // Parsing recurses: the stack is the limit of nesting, wherever it is met.
    if (!(error instanceof RangeError)) throw error;
    const message = "nested too deeply, or an alias (*name) refers to itself";
    throw new ExperimentError([{ file, line: 1, column: 1, message }], { cause: error });
  }
}

/** A parsed YAML text that can tell where a value stands. */
class Source {
  readonly #file: string;
  readonly #masked: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly #problems: Problem[] = [];

  constructor(text: string, file: string) {
    this.#file = file;
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
      this.#add(0, `expected an experiment: a mapping of keys, found ${kindOf(this.#document)}`);
      this.throwIfAny();
    }
  }

  /** Puts values in for variables; gives every declared or given variable as text. */
  resolveVariables(given: Record<string, string>): Record<string, string> {
    const values = new Map<string, ScalarValue>();
    const declared = this.#document.get("vars");
    if (isMap(declared)) {
      for (const { key, value } of declared.items) {
        const scalar = isScalar(value) ? value.value : undefined;
        if (!["string", "number", "boolean"].includes(typeof scalar)) continue;
        const masked = String(scalar);
        if (referencesIn(masked).length > 0) {
          this.#add(offsetOfNode(value) ?? 0, "a variable cannot refer to another");
        }
        const name = String(isScalar(key) ? key.value : key);
        values.set(
          name,
          typeof scalar === "string"
            ? substitute(masked, NO_VALUES, false)
            : (scalar as ScalarValue),
        );
      }
    }
    for (const [name, text] of Object.entries(given)) values.set(name, scalarOf(text));
    const used = this.#substituteAll(values);
    const known = [...new Set([...(isMap(declared) ? values.keys() : []), ...used])];
    for (const name of Object.keys(given)) {
      if (isMap(declared) && declared.has(name)) continue;
      if (used.has(name)) continue;
      const others = known.filter((other) => other !== name);
      this.#add(0, `--var ${name}: no such variable${suggestion(name, others, "variables")}`);
    }
    return Object.fromEntries([...values].sort().map(([name, value]) => [name, String(value)]));
  }

  #substituteAll(values: ReadonlyMap<string, ScalarValue>): Set<string> {
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

  report(findings: Finding[]): void {
    for (const { path, message, at } of findings) {
      this.#add(this.#offsetOf(path, at ?? "value"), message);
    }
  }

  throwIfAny(): void {
    if (this.#problems.length === 0) return;
    const key = ({ line, column }: Problem) => line * 1e6 + column;
    const sorted = [...this.#problems].sort((a, b) => key(a) - key(b));
    throw new ExperimentError(sorted.slice(0, PROBLEMS_MAX));
  }

  #add(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    const problem = {
      file: this.#file,
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
