/**
 * The files of an experiment: the one that was named, and those it includes. An included file gives
 * whole top-level keys (`topology`, `workload`, …) to a file that does not have them; only `vars` are
 * put together one by one. So what a key says stands in one place, and a mistake in it is told there.
 *
 * ```
 *  drill.yaml ── include: [base.yaml, fast.yaml]     who wins: drill.yaml, then fast.yaml, then
 *                              └── include: c.yaml   base.yaml, then c.yaml
 * ```
 */
import { dirname, join, normalize } from "node:path";
import { DrillError } from "../kernel/errors.ts";
import type { Finding, Problem } from "./problems.ts";
import { readKept, textOf } from "./read-text.ts";
import { Source, throwProblems } from "./source.ts";
import { suggestion } from "./spelling.ts";
import { type Scalar, scalarOf } from "./variables.ts";

const FILES_MAX = 50;

export interface IncludedFile {
  file: string;
  /** Of the file's bytes. */
  sha256: string;
}

export class Files {
  readonly #problems: Problem[] = [];
  /** Whoever wins first. */
  readonly #sources: Source[] = [];
  readonly #included: IncludedFile[] = [];

  /** Reads the included files, too. Throws when one of them cannot be read as YAML. */
  static read(text: string, file: string): Files {
    const files = new Files();
    files.#sources.push(...files.#open(text, file, [file]));
    throwProblems(files.#problems);
    return files;
  }

  #open(text: string, file: string, trail: string[]): Source[] {
    const source = new Source(text, file, this.#problems);
    const wanted = source.at("include");
    const names = Array.isArray(wanted) ? wanted : wanted === undefined ? [] : [wanted];
    const opened = names.flatMap((name, index) => {
      // What is no name is told by the schema.
      if (typeof name !== "string") return [];
      const path = Array.isArray(wanted) ? ["include", index] : ["include"];
      const target = normalize(join(dirname(file), name));
      const refuse = (message: string) => source.find({ path, message });
      if (trail.includes(target)) {
        const circle = [...trail.slice(trail.indexOf(target)), target].join(" -> ");
        return refuse(`these files include each other: ${circle}`) ?? [];
      }
      if (this.#included.length >= FILES_MAX) {
        return refuse(`expected at most ${FILES_MAX} included files`) ?? [];
      }
      try {
        const { bytes, sha256 } = readKept(target);
        this.#included.push({ file: target, sha256 });
        return [this.#open(textOf(bytes, target), target, [...trail, target])];
      } catch (error) {
        if (!(error instanceof DrillError) || error.code !== "E_EXPERIMENT_UNREADABLE") throw error;
        return refuse(error.message) ?? [];
      }
    });
    return [source, ...opened.reverse().flat()];
  }

  included(): IncludedFile[] {
    return this.#included.filter(
      ({ file }, at, all) => all.findIndex((other) => other.file === file) === at,
    );
  }

  /** The value of a top-level key as its file has it, before variables are put in. */
  raw(key: string): unknown {
    return this.#owner([key]).at(key);
  }

  /** Puts values in for variables; gives every declared or given variable as text. */
  resolveVariables(
    given: Record<string, string>,
    cell: ReadonlyMap<string, Scalar>,
  ): Record<string, string> {
    const declared = new Map(this.#sources.toReversed().flatMap((one) => [...one.declared()]));
    const values = new Map([...declared, ...cell]);
    for (const [name, text] of Object.entries(given)) values.set(name, scalarOf(text));
    const used = new Set(this.#sources.flatMap((one) => [...one.substituteAll(values)]));
    const known = [...new Set([...declared.keys(), ...cell.keys(), ...used])];
    for (const name of Object.keys(given)) {
      if (declared.has(name) || used.has(name) || cell.has(name)) continue;
      const near = suggestion(name, known, "variables");
      this.find({ path: [], message: `--var ${name}: no such variable${near}` });
    }
    for (const name of cell.keys()) {
      if (used.has(name)) continue;
      const message = `nothing refers to \${${name}}: every cell would be the same`;
      this.find({ path: ["matrix", name], message, at: "key" });
    }
    return Object.fromEntries([...values].sort().map(([name, value]) => [name, String(value)]));
  }

  /** Plain values of all files together, without `x-…` keys. */
  value(): unknown {
    this.throwIfAny();
    const parts = this.#sources.toReversed().map((source) => source.value() as object);
    const vars = Object.assign({}, ...parts.map((part) => (part as { vars?: object }).vars ?? {}));
    const whole = Object.assign({}, ...parts) as Record<string, unknown>;
    if (this.#sources.length === 1) return whole;
    return Object.keys(vars).length > 0 ? { ...whole, vars } : whole;
  }

  find(finding: Finding): void {
    this.#owner(finding.path).find(finding);
  }

  throwIfAny(): void {
    throwProblems(
      this.#problems,
      this.#sources.map(({ file }) => file),
    );
  }

  /** The file that a path leads into; the named one for what is nowhere. */
  #owner([key, name]: Finding["path"]): Source {
    const [first] = this.#sources;
    if (!first) throw new DrillError("E_INTERNAL", "an experiment has a file");
    const having = this.#sources.filter((source) => source.keys().includes(String(key)));
    const exact =
      key === "vars" && name !== undefined
        ? having.find((source) => source.at("vars", String(name)) !== undefined)
        : undefined;
    return exact ?? having[0] ?? first;
  }
}
