/**
 * Proof that the tools which read the code are awake: bugs are planted, each must be found, and
 * nothing else may be.
 *
 * A linter that was switched off says the same as one that found nothing. Biome's rules about
 * promises need the types of other files and sleep without a word when they do not get them. So
 * plants in `fixtures/` (with a further ending, so that no tool meets them by accident) are copied
 * to a folder outside the repository, together with the repository's own configuration.
 *
 * What it leaves out: Biome knows no types of Node's own modules, so a promise of `node:fs/promises`
 * that nobody awaits is not found. `tsc` does not look for it either.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const ROOT = resolve(import.meta.dirname, "../..");
const FIXTURES = join(import.meta.dirname, "fixtures");
const LONG_FUNCTION_LINES = 71;

/** `file:line rule`, sorted: what was planted and what was found are compared as such. */
type Places = string[];

function placesIn(file: string, text: string): Places {
  return text.split("\n").flatMap((line, index) => {
    const marker = /\/\/ planted(?: on the next line| in line 1)?: (.+)$/.exec(line);
    if (!marker) return [];
    const number = line.includes("on the next line") ? index + 2 : index + 1;
    return (marker[1] ?? "").split(", ").map((rule) => `${file}:${number} ${rule}`);
  });
}

/** Copies the fixtures of one kind; gives what they say is wrong with them. */
function plant(kind: "lint" | "types", folder: string): Places {
  return readdirSync(join(FIXTURES, kind)).flatMap((fixture) => {
    const text = readFileSync(join(FIXTURES, kind, fixture), "utf8");
    const file = fixture.replace(/\.txt$/, "");
    writeFileSync(join(folder, file), text);
    return placesIn(file, text);
  });
}

function plantLongFunction(folder: string): Places {
  const body = Array.from({ length: LONG_FUNCTION_LINES }, (_, at) => `  sum += ${at};`);
  const head = "export function long(): number { // planted: noExcessiveLinesPerFunction";
  const text = [head, "  let sum = 0;", ...body, "  return sum;", "}", ""].join("\n");
  writeFileSync(join(folder, "long-function.ts"), text);
  return placesIn("long-function.ts", text);
}

function run(program: string, args: string[], folder: string): string {
  const done = spawnSync(process.execPath, [join(ROOT, "node_modules", program), ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  if (done.error) throw done.error;
  return done.stdout;
}

/** A folder with the repository's configuration of Biome, and the types of one package. */
function prepareLint(folder: string): void {
  for (const name of ["biome.json", "package.json", "scripts/lint"]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  // Copied, not linked: Biome does not follow links out of the folder it checks.
  for (const name of ["package.json", "types"]) {
    const inPackage = join("node_modules/kafkajs", name);
    cpSync(join(ROOT, inPackage), join(folder, inPackage), { recursive: true });
  }
}

interface BiomeReport {
  diagnostics: { category: string; location: { path: string; start?: { line: number } } }[];
}

function lint(folder: string): Places {
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
  const report = JSON.parse(run("@biomejs/biome/bin/biome", args, folder)) as BiomeReport;
  return report.diagnostics.map(({ category, location }) => {
    const rule = category.split("/").at(-1) ?? category;
    return `${location.path}:${location.start?.line || 1} ${rule}`;
  });
}

function compile(folder: string): Places {
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: { typeRoots: [join(ROOT, "node_modules/@types")] },
    include: ["."],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
  const output = run("typescript/bin/tsc", ["-p", ".", "--pretty", "false"], folder);
  return [...output.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)].map(
    ([, file, line, code]) => `${file}:${line} ${code}`,
  );
}

/** Names of the rules that biome.json sets to "error"; "plugin" stands for ours. */
function rulesInForce(): string[] {
  const { linter, plugins } = JSON.parse(readFileSync(join(ROOT, "biome.json"), "utf8")) as {
    plugins: string[];
    linter: { rules: Record<string, string | Record<string, string | { level: string }>> };
  };
  expect(plugins).to.have.length(1);
  const named = Object.values(linter.rules).flatMap((group) =>
    typeof group === "string" ? [] : Object.entries(group),
  );
  return ["plugin"].concat(
    named
      .filter(([, setting]) => (typeof setting === "string" ? setting : setting.level) === "error")
      .map(([rule]) => rule),
  );
}

describe("linter and compiler are awake", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "blackstart-planted-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("Biome finds every planted bug, and nothing in clean code", () => {
    prepareLint(folder);
    const planted = [...plant("lint", folder), ...plantLongFunction(folder)];
    expect(lint(folder).sort()).to.deep.equal(planted.sort());
  });

  it("every rule set to error has a plant", () => {
    const planted = new Set(
      [...plant("lint", folder), ...plantLongFunction(folder)].map((place) => place.split(" ")[1]),
    );
    const rules = rulesInForce();
    expect(rules).to.have.length.greaterThan(15);
    expect(rules.filter((rule) => !planted.has(rule))).to.deep.equal([]);
  });

  it("tsc finds every planted type error, in TypeScript and in JSDoc", () => {
    const planted = plant("types", folder);
    expect(compile(folder).sort()).to.deep.equal(planted.sort());
  });
});
