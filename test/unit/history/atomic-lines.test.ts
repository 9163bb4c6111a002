import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { AtomicLines } from "../../../src/history/atomic-lines.ts";
import { useTemporaryFolder } from "./journal-builder.ts";

describe("a file of lines that appears whole", () => {
  const folder = useTemporaryFolder();
  const place = () => path.join(folder.dir, "findings.ndjson");

  it("is not there before it is finished, and then holds every line in order", () => {
    const lines = new AtomicLines(place());
    // Several chunks, one line of more than a byte a character.
    const wide = "é".repeat(100_000);
    for (let n = 0; n < 5; n += 1) lines.add({ n, wide });
    expect(fs.existsSync(place())).to.equal(false);
    lines.finish();
    const read = fs.readFileSync(place(), "utf8").trimEnd().split("\n");
    expect(read.map((line) => JSON.parse(line).n)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(JSON.parse(read[4] ?? "").wide).to.equal(wide);
    expect(fs.readdirSync(folder.dir)).to.deep.equal(["findings.ndjson"]);
  });

  it("finished without a line is an empty file: nothing was found, and that is said", () => {
    const lines = new AtomicLines(place());
    lines.finish();
    expect(fs.readFileSync(place(), "utf8")).to.equal("");
  });

  it("discarded leaves the older file as it was, and nothing beside it", () => {
    fs.writeFileSync(place(), "older\n");
    const lines = new AtomicLines(place());
    lines.add({ n: 1 });
    lines.discard();
    lines.discard();
    expect(fs.readFileSync(place(), "utf8")).to.equal("older\n");
    expect(fs.readdirSync(folder.dir)).to.deep.equal(["findings.ndjson"]);
  });
});
