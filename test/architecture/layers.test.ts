/**
 * The layers of design.md §2, enforced over every import line: static, dynamic, type-only.
 * An import may only point down the table. Each law carries its reason.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect } from "chai";

const ROOT = resolve(import.meta.dirname, "../..");
const SRC = join(ROOT, "src");

/** Folder → what it may import, and why. `cli` stands for main.ts too. */
const LAYERS: Record<string, { may: string[]; because: string }> = {
  cli: {
    may: [
      "drill",
      "report",
      "reconcile",
      "experiment",
      "fault",
      "topology",
      "runtime",
      "history",
      "kernel",
    ],
    because: "the command line puts stages together and owns the exit code",
  },
  drill: {
    may: [
      "runbook",
      "fault",
      "experiment",
      "runtime",
      "replication",
      "workload",
      "topology",
      "history",
      "kernel",
    ],
    because: "a run observes: what it means is for the judge, so it never sees reconcile or report",
  },
  report: {
    may: ["reconcile", "history", "kernel"],
    because: "a report reads result.json and nothing else",
  },
  experiment: {
    may: ["fault", "workload", "replication", "topology", "history", "kernel"],
    because: "planning needs no container and no Kafka",
  },
  fault: {
    may: ["runtime", "topology", "history", "kernel"],
    because: "a fault talks to the world through its context",
  },
  runbook: { may: ["runtime", "workload", "topology", "history", "kernel"], because: "as faults" },
  workload: {
    may: ["kafka", "history", "kernel"],
    because: "it runs inside an agent, far from the engine",
  },
  replication: { may: ["kafka", "topology", "history", "kernel"], because: "models and settings" },
  reconcile: {
    may: ["history", "kernel"],
    because: "the judge is a pure function of files: no Kafka, no runtime, no fault",
  },
  runtime: { may: ["topology", "history", "kernel"], because: "small verbs that know no fault" },
  topology: { may: ["kernel"], because: "pure data" },
  history: { may: ["kernel"], because: "formats stand alone" },
  kafka: { may: ["history", "kernel"], because: "the only importer of a Kafka client" },
  kernel: { may: [], because: "the bottom" },
};

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
  { packages: /^mocha|chai|fast-check$/, only: /^$/, because: "tests only" },
];

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^import\s+)["']([^"']+)["']/gm;

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

const imports = sources(SRC).flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(IMPORT)].map((match) => ({
    path,
    file: relative(SRC, path),
    target: match[1] ?? "",
  })),
);

describe("layers", () => {
  it("saw the sources", () => {
    expect(imports.length).to.be.greaterThan(200);
    const folders = new Set(sources(SRC).map(layerOf));
    expect([...folders].filter((folder) => !(folder in LAYERS))).to.deep.equal([]);
  });

  it("imports only point down", () => {
    const broken = imports
      .filter(({ target }) => target.startsWith("."))
      .map(({ path, file, target }) => ({
        file,
        from: layerOf(path),
        to: layerOf(resolve(dirname(path), target)),
      }))
      .filter(({ from, to }) => from !== to && !LAYERS[from]?.may.includes(to))
      .map(
        ({ file, from, to }) => `${file}: ${from} may not import ${to}: ${LAYERS[from]?.because}`,
      );
    expect(broken).to.deep.equal([]);
  });

  it("packages stay behind their fences", () => {
    const broken = imports.flatMap(({ file, target }) =>
      FENCES.filter(({ packages, only }) => packages.test(target) && !only.test(file)).map(
        ({ because }) => `${file} imports ${target}: ${because}`,
      ),
    );
    expect(broken).to.deep.equal([]);
  });

  it("only the kernel reads clocks, chance and the environment", () => {
    const banned = /\b(process\.env|Date\.now\(|new Date\(|Math\.random\()/;
    const allowed = /^kernel\/|^runtime\/docker\/engine\.ts$/;
    const broken = sources(SRC)
      .map((path) => relative(SRC, path))
      .filter((file) => !allowed.test(file))
      .filter((file) => banned.test(withoutComments(readFileSync(join(SRC, file), "utf8"))));
    expect(broken).to.deep.equal([]);
  });

  it("a planted breach would be found", () => {
    const planted = `import type { Runtime } from "../runtime/runtime.ts";\nconst x = await import("../fault/fault.ts");`;
    expect([...planted.matchAll(IMPORT)].map((match) => match[1])).to.deep.equal([
      "../runtime/runtime.ts",
      "../fault/fault.ts",
    ]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
