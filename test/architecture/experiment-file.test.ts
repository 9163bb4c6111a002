/** Every piece of YAML in docs/experiment-file.md is a valid experiment, as a part of the first. */
import { join } from "node:path";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { parseExperiment } from "../../src/experiment/load.ts";
import { CONDITIONS } from "../../src/experiment/schema-conditions.ts";
import { STEP_KINDS } from "../../src/experiment/schema-steps.ts";
import { blocks, ROOT, read } from "./pages.ts";

const PAGE = "docs/experiment-file.md";
const [whole = "", ...parts] = blocks(read(PAGE), "yaml");

describe(PAGE, () => {
  it("shows a whole file that is valid", () => {
    expect(parseExperiment(whole, PAGE).experiment.name).to.equal("two-regions");
  });

  it("shows parts that are valid in it", () => {
    expect(parts.length).to.be.at.least(4);
    for (const part of parts) {
      const text = stringify({ ...parse(whole), ...parse(part) });
      // Where the shipped ones lie: what is included is looked for beside them.
      expect(() => parseExperiment(text, join(ROOT, "experiments/part.yaml")), part).to.not.throw();
    }
  });

  it("has a row for every condition and every kind of step", () => {
    const rows = [...read(PAGE).matchAll(/^\| `(\w+): /gm)].map(([, key]) => key);
    expect(rows).to.include.members([...CONDITIONS, ...STEP_KINDS]);
  });
});
