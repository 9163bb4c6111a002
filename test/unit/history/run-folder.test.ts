import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import {
  canonicalJson,
  createRunFolder,
  listJournals,
  openRunFolder,
  readJson,
  runPaths,
  writeAtomic,
  writeJson,
} from "../../../src/history/run-folder.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { useTemporaryFolder } from "./journal-builder.ts";

describe("a run folder", () => {
  const folder = useTemporaryFolder();

  it("is made empty, and never on top of another run", () => {
    const paths = createRunFolder(path.join(folder.dir, "a", "b"));
    expect(fs.readdirSync(paths.dir).sort()).to.deep.equal(["journals", "logs"]);
    expect(() => createRunFolder(paths.dir))
      .to.throw(DrillError, "expected")
      .with.property("code", "E_RUN_FOLDER");
  });

  it("cannot be made where a file is in the way, and says so with the way out", () => {
    const file = path.join(folder.dir, "file");
    fs.writeFileSync(file, "");
    expect(() => createRunFolder(path.join(file, "run")))
      .to.throw(DrillError, `the folder ${path.join(file, "run")} cannot be made: ENOTDIR`)
      .with.property("code", "E_OUT_FOLDER");
  });

  it("is told from any other folder, naming all that is missing", () => {
    const paths = createRunFolder(path.join(folder.dir, "run"));
    expect(() => openRunFolder(paths.dir))
      .to.throw(DrillError, "no plan.json, no history.ndjson")
      .with.property("code", "E_RUN_FOLDER");
    writeJson(paths.plan, {});
    writeAtomic(paths.history, "");
    expect(openRunFolder(paths.dir)).to.deep.equal(runPaths(paths.dir));
  });

  it("lists its journals in the order of their bytes", () => {
    const paths = createRunFolder(path.join(folder.dir, "run"));
    for (const name of ["b.x.1.bin", "a.x.2.bin", "a.x.10.bin", "B.x.1.bin", "note.txt"]) {
      fs.writeFileSync(path.join(paths.journals, name), "");
    }
    const sorted = ["B.x.1.bin", "a.x.10.bin", "a.x.2.bin", "b.x.1.bin"];
    expect(listJournals(paths)).to.deep.equal(sorted);
  });
});

describe("files of a run folder", () => {
  const folder = useTemporaryFolder();

  it("appear whole or not at all, and leave nothing beside them", () => {
    const file = path.join(folder.dir, "result.json");
    writeJson(file, { b: 1, a: [true, null] });
    expect(fs.readFileSync(file, "utf8")).to.equal(
      '{\n  "b": 1,\n  "a": [\n    true,\n    null\n  ]\n}\n',
    );
    writeAtomic(file, Buffer.from("second"));
    expect(fs.readFileSync(file, "utf8")).to.equal("second");
    expect(fs.readdirSync(folder.dir)).to.deep.equal(["result.json"]);
    expect(() => writeAtomic(path.join(folder.dir, "absent", "x"), "")).to.throw("ENOENT");
    fs.mkdirSync(path.join(folder.dir, "taken"));
    expect(() => writeAtomic(path.join(folder.dir, "taken"), "")).to.throw();
    expect(fs.readdirSync(folder.dir).sort()).to.deep.equal(["result.json", "taken"]);
  });

  it("hold no number that JSON cannot say", () => {
    expect(() => canonicalJson({ rto: Number.NaN })).to.throw("rto is NaN");
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).to.throw("Infinity");
    expect(() => canonicalJson(undefined)).to.throw("nothing");
    expect(canonicalJson(1)).to.equal("1\n");
  });

  it("are named when they cannot be read", () => {
    const file = path.join(folder.dir, "plan.json");
    expect(() => readJson(file)).to.throw(DrillError, file);
    fs.writeFileSync(file, "{");
    expect(() => readJson(file))
      .to.throw(DrillError, file)
      .with.property("code", "E_RUN_FOLDER");
    writeJson(file, { a: 1 });
    expect(readJson(file)).to.deep.equal({ a: 1 });
  });
});
