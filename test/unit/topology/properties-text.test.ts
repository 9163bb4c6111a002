import { expect } from "chai";
import fc from "fast-check";
import { parseProperties, propertiesText } from "../../../src/topology/properties-text.ts";

describe("Java properties as text", () => {
  it("reads what articles print: comments, any of three separators, lines that go on", () => {
    const text = [
      "# MirrorMaker 2",
      "clusters = us-east, eu-west",
      "! an older remark",
      "tasks.max=4",
      "us-east->eu-west.topics:orders, \\",
      "    inventory",
      "  spaced   value with blanks",
      "pattern=.*\\\\.internal",
      "empty=",
    ].join("\n");
    expect(parseProperties(text)).to.deep.equal({
      clusters: "us-east, eu-west",
      "tasks.max": "4",
      "us-east->eu-west.topics": "orders, inventory",
      spaced: "value with blanks",
      pattern: ".*\\.internal",
      empty: "",
    });
  });

  it("reads back whatever it writes", () => {
    const key = fc.string({ minLength: 1, unit: fc.constantFrom(..."ab.->$ =:#!\\é") });
    const value = fc.string({ unit: fc.constantFrom(..."ab \\\n\r\t=:#!é,") });
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (config) => {
        expect(parseProperties(propertiesText(config))).to.deep.equal(config);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
