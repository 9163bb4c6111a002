/** Commands and experiments that documents show are ones that exist and load. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createProgram } from "../../src/cli/program.ts";
import { loadExperiment } from "../../src/experiment/load.ts";
import { blocks, codeLines, manifest, pages, read } from "./pages.ts";

interface Shown {
  page: string;
  name: string;
  options: string[];
}

/** `blackstart name --options`, also behind `npm run blackstart --`. */
function shownCommands(page: string, text: string): Shown[] {
  return codeLines(text).flatMap((line) =>
    [...line.matchAll(/\bblackstart (?:-- )?([a-z]+)([^&]*)/g)].map(([, name = "", rest = ""]) => ({
      page,
      name,
      options: rest.match(/--[a-z-]+/g) ?? [],
    })),
  );
}

function problemOf({ page, name, options }: Shown, known: Map<string, Set<string>>): string[] {
  const own = known.get(name);
  if (!own) return [`${page}: there is no \`blackstart ${name}\``];
  return options
    .filter((option) => !own.has(option))
    .map((option) => `${page}: \`blackstart ${name}\` has no ${option}`);
}

const known = new Map(
  createProgram().commands.map((command) => [
    command.name(),
    new Set(["--help", ...command.options.map(({ long }) => long ?? "")]),
  ]),
);

describe("commands in documents", () => {
  it("every npm script that is named exists", () => {
    const scripts = new Set(Object.keys(manifest.scripts));
    const unknown = pages.flatMap((page) =>
      [...read(page).matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)]
        .map(([, run, bare]) => run ?? bare ?? "")
        .filter((script) => !scripts.has(script))
        .map((script) => `${page}: there is no \`npm run ${script}\``),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("every command that is named exists, with its options", () => {
    const shown = pages.flatMap((page) => shownCommands(page, read(page)));
    expect(shown).to.have.length.greaterThan(10);
    expect(shown.flatMap((one) => problemOf(one, known))).to.deep.equal([]);
  });

  it("the README names every command", () => {
    const shown = new Set(shownCommands("README.md", read("README.md")).map(({ name }) => name));
    expect([...known.keys()].filter((name) => !shown.has(name))).to.deep.equal([]);
  });

  it("a planted mistake would be found", () => {
    const text =
      "Use `blackstart rum x`, or:\n```sh\nnpm run -s blackstart -- plan x --fast\n```\n";
    const found = shownCommands("x.md", text).flatMap((one) => problemOf(one, known));
    expect(found).to.have.members([
      "x.md: there is no `blackstart rum`",
      "x.md: `blackstart plan` has no --fast",
    ]);
  });

  it("the experiment in the README loads", () => {
    const shown = blocks(read("README.md"), "yaml").filter((text) => /^version: 1\b/m.test(text));
    expect(shown).to.have.length.greaterThan(0);
    const folder = mkdtempSync(join(tmpdir(), "blackstart-readme-"));
    try {
      for (const [at, text] of shown.entries()) {
        const file = join(folder, `readme-${at}.yaml`);
        // The README leaves out the title that every shipped drill has.
        writeFileSync(file, /^title:/m.test(text) ? text : `${text}title: From the README\n`);
        expect(loadExperiment(file).file).to.equal(file);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
