/**
 * The layers of `layer-table.ts`, enforced over every import line: static, dynamic, type-only.
 * An import may only point down the table. Each law carries its reason.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect } from "chai";
import { LAYERS } from "./layer-table.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SRC = join(ROOT, "src");

/** Packages that only one place may import. */
const FENCES: { packages: RegExp; only: RegExp; because: string }[] = [
  {
    packages: /^(testcontainers|dockerode|toxiproxy-node-client)$/,
    only: /^runtime\/docker\//,
    because: "another runtime must be possible",
  },
  {
    packages: /^(kafkajs|@platformatic\/kafka)$/,
    only: /^kafka\//,
    because: "clients are replaceable",
  },
  { packages: /^yaml$/, only: /^experiment\//, because: "YAML ends at the loader" },
  { packages: /^(handlebars|d3-.*)$/, only: /^report\//, because: "drawing is the report's" },
  { packages: /^commander$/, only: /^(cli\/|main\.ts)/, because: "argv ends at the command line" },
  { packages: /^node:child_process$/, only: /^cli\/setup-script\.ts$/, because: "set-up only" },
  { packages: /^(mocha|chai|fast-check)$/, only: /^$/, because: "tests only" },
];

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^import\s+)["']([^"'\s]+)["']/gm;

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

function layerOf(path: string): string {
  const [first = ""] = relative(SRC, path).split("/");
  return first === "main.ts" ? "cli" : first;
}

interface Import {
  /** Absolute, and relative to src/. */
  path: string;
  file: string;
  target: string;
}

function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    path,
    file: relative(SRC, path),
    target: match[1] ?? "",
  }));
}

function layerBreaches(lines: Import[]): string[] {
  return lines
    .filter(({ target }) => target.startsWith("."))
    .map(({ path, file, target }) => ({
      file,
      from: layerOf(path),
      to: layerOf(resolve(dirname(path), target)),
    }))
    .filter(({ from, to }) => from !== to && !LAYERS[from]?.may.includes(to))
    .map(({ file, from, to }) => `${file}: ${from} may not import ${to}: ${LAYERS[from]?.because}`);
}

function fenceBreaches(lines: Import[]): string[] {
  return lines.flatMap(({ file, target }) =>
    FENCES.filter(({ packages, only }) => packages.test(packageOf(target)) && !only.test(file)).map(
      ({ because }) => `${file} imports ${target}: ${because}`,
    ),
  );
}

/** `yaml/util` is of `yaml`, `@a/b/c` of `@a/b`; Node's modules are whole. */
function packageOf(target: string): string {
  if (target.startsWith("node:")) return target;
  return target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
}

const READS_THE_WORLD = /\b(process\.env|Date\.now\(|new Date\(|Math\.random\()/;

function readsTheWorld(file: string, text: string): boolean {
  // The engine stamps its events with wall time, which is mapped there.
  if (/^kernel\/|^runtime\/docker\/engine\.ts$/.test(file)) return false;
  return READS_THE_WORLD.test(withoutComments(text));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

const files = sources(SRC).map((path) => ({ path, text: readFileSync(path, "utf8") }));
const imports = files.flatMap(({ path, text }) => importsOf(path, text));

describe("layers", () => {
  it("saw the sources", () => {
    expect(imports.length).to.be.greaterThan(200);
    const folders = new Set(files.map(({ path }) => layerOf(path)));
    expect([...folders].filter((folder) => !(folder in LAYERS))).to.deep.equal([]);
  });

  it("imports only point down", () => {
    expect(layerBreaches(imports)).to.deep.equal([]);
  });

  it("packages stay behind their fences", () => {
    expect(fenceBreaches(imports)).to.deep.equal([]);
  });

  it("the product needs nothing that is not installed with it", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const foreign = imports
      .filter(({ target }) => !/^(\.|node:)/.test(target))
      .filter(({ target }) => !(packageOf(target) in manifest.dependencies));
    expect(foreign.map(({ file, target }) => `${file}: ${target}`)).to.deep.equal([]);
  });

  it("what serves tests is not used by the product", () => {
    const users = imports
      .filter(({ file }) => !file.startsWith("runtime/fake/"))
      .filter(({ path, target }) => resolve(dirname(path), target).includes("/runtime/fake/"));
    expect(users.map(({ file }) => file)).to.deep.equal([]);
  });

  it("only the kernel reads clocks, chance and the environment", () => {
    const readers = files.filter(({ path, text }) => readsTheWorld(relative(SRC, path), text));
    expect(readers.map(({ path }) => relative(SRC, path))).to.deep.equal([]);
  });

  it("every file is used", () => {
    const entries = ["main.ts", "workload/agent.ts"];
    const used = new Set(imports.map(({ path, target }) => resolve(dirname(path), target)));
    const unused = files
      .filter(({ path }) => !used.has(path))
      .map(({ path }) => relative(SRC, path))
      .filter((file) => !entries.includes(file) && !file.startsWith("runtime/fake/"));
    expect(unused).to.deep.equal([]);
  });

  it("planted breaches are found", () => {
    const judge = [
      `import type { Runtime } from "../runtime/runtime.ts";`,
      `const x = await import("../fault/fault.ts");`,
      `type Loaded = import("yaml/util").Document;`,
      `export { work } from "../kernel/clock.ts";`,
    ].join("\n");
    const planted = importsOf(join(SRC, "reconcile/judge.ts"), judge);
    expect(layerBreaches(planted)).to.have.length(2);
    expect(fenceBreaches(planted)).to.have.length(1);
    expect(readsTheWorld("reconcile/judge.ts", "// Date.now()\nconst t = Date.now();")).to.equal(
      true,
    );
    expect(readsTheWorld("reconcile/judge.ts", "/* Date.now() */\n// Math.random()")).to.equal(
      false,
    );
  });
});
