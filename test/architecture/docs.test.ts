/**
 * Documents that say what the repository says: generated pages, links, commands, tables and code in
 * Markdown are compared with what they speak of.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { ERRORS_PAGE, errorsPage } from "../../scripts/errors-doc.ts";
import { faults } from "../../src/fault/catalogue.ts";
import { LAYERS } from "./layer-table.ts";
import { blocks, manifest, pages, prose, ROOT, read } from "./pages.ts";

/** Code is shown without the indentation it has in its file. */
function outdented(code: string): string {
  return code.replace(/^ +/gm, "");
}

describe("documents", () => {
  it("the ones a reader expects are there", () => {
    const wanted = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md"];
    expect(wanted.filter((page) => !pages.includes(page))).to.deep.equal([]);
  });

  it("what the package is to contain is there", () => {
    // Made by `npm run build`.
    const made = new Set(["dist"]);
    const absent = manifest.files.filter(
      (name) => !made.has(name) && !existsSync(join(ROOT, name)),
    );
    expect(absent).to.deep.equal([]);
  });

  it("docs/errors.md is what `npm run docs` makes of the table of errors", () => {
    expect(readFileSync(ERRORS_PAGE, "utf8")).to.equal(errorsPage());
  });

  it("no link leads nowhere", () => {
    const broken = pages.flatMap((page) =>
      [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target]) => (target ?? "").replace(/#.*$/, ""))
        .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).to.deep.equal([]);
  });
});

describe("tables and code in documents", () => {
  it("the table of layers is the one that is enforced", () => {
    const written = [...read("docs/architecture.md").matchAll(/^\| `(\w+)` \| (.*) \| (.*) \|$/gm)]
      .map(([, folder = "", may = "", because = ""]) => ({ folder, may, because }))
      .filter(({ folder }) => folder in LAYERS);
    const enforced = Object.entries(LAYERS).map(([folder, { may, because }]) => ({
      folder,
      may: may.join(", ") || "nothing",
      because,
    }));
    expect(written).to.deep.equal(enforced);
  });

  it("docs/faults.md has a line for each fault of the catalogue, and for no other", () => {
    const written = [...read("docs/faults.md").matchAll(/^\| `([a-z-]+\.[a-z-]+)` \|/gm)];
    // A monkey is drawn into ordinary steps, and has no file of its own.
    const kinds = [...faults.map(({ kind }) => kind), "chaos.monkey"];
    expect(written.map(([, kind]) => kind).sort()).to.deep.equal(kinds.sort());
  });

  it("code in docs/adding-a-fault.md is code of the repository", () => {
    const shown = blocks(read("docs/adding-a-fault.md"), "ts");
    expect(shown).to.have.length.greaterThan(8);
    const strayed = shown.filter((block) => {
      const [head = "", ...lines] = block.split("\n");
      const file = /^\/\/ (\S+)$/.exec(head)?.[1] ?? "";
      return (
        !existsSync(join(ROOT, file)) ||
        !outdented(read(file)).includes(outdented(lines.join("\n")))
      );
    });
    expect(strayed).to.deep.equal([]);
  });
});

describe("decision records", () => {
  const folder = "docs/adr";
  const records = readdirSync(join(ROOT, folder))
    .filter((name) => name !== "README.md")
    .sort();

  it("are numbered, no number twice, titled by their number, and listed", () => {
    const list = read(`${folder}/README.md`);
    const numbers = records.map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).to.equal(numbers.length);
    records.forEach((name, at) => {
      const number = numbers[at];
      expect(name).to.match(/^\d{4}-[a-z0-9-]+\.md$/);
      expect(read(`${folder}/${name}`)).to.match(new RegExp(`^# ${number}\\. \\S`));
      expect(list).to.contain(`(${name})`);
    });
    expect(records).to.have.length.greaterThan(10);
  });

  it("say the situation, the decision and the cost", () => {
    const mute = records.filter((name) =>
      ["## Situation\n", "## Decision\n", "## Cost\n"].some(
        (heading) => !read(`${folder}/${name}`).includes(heading),
      ),
    );
    expect(mute).to.deep.equal([]);
  });

  it("name every dependency", () => {
    const all = records.map((name) => read(`${folder}/${name}`)).join("\n");
    const unnamed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter((name) => !name.startsWith("@types/"))
      .filter((name) => !all.includes(`\`${name}\``));
    expect(unnamed).to.deep.equal([]);
  });
});
