/** The schemas in git are the ones that the sources give, and they fit the shipped experiments. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { schemaFile, schemaText } from "../../../src/cli/schema.ts";
import { packageRoot } from "../../../src/kernel/environment.ts";

type Json = { [key: string]: unknown };

describe("schema/", () => {
  for (const name of ["experiment", "result", "set-result", "suite", "suite-file"] as const) {
    it(`${name}.v1.json is up to date (npm run schema)`, () => {
      expect(readFileSync(schemaFile(name), "utf8")).to.equal(schemaText(name));
    });
  }

  for (const name of ["experiment", "suite-file"] as const) {
    it(`tells editors every key of ${name}, in words`, () => {
      const schema = JSON.parse(schemaText(name)) as { properties: Record<string, Json> };
      const all = Object.entries(schema.properties);
      expect(all.length).to.be.greaterThan(3);
      expect(all.filter(([, { description }]) => !description)).to.deep.equal([]);
    });
  }

  it("names the schema in the first line of every shipped experiment", () => {
    const folder = join(packageRoot(), "experiments");
    const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
    expect(files.length).to.be.at.least(3);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      expect(text.split("\n")[0]).to.equal(
        "# yaml-language-server: $schema=../schema/experiment.v1.json",
      );
      // Of the keys at the top, none is unknown to the schema.
      const known = Object.keys(JSON.parse(schemaText("experiment")).properties);
      expect(known).to.include.members(Object.keys(parse(text)));
    }
  });
});
