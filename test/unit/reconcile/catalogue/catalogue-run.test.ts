/** What pages over many runs keep of one. */
import { expect } from "chai";
import { catalogueRun, versionOf } from "../../../../src/reconcile/catalogue/catalogue-run.ts";
import { resultOf } from "../repetition/sets.ts";

describe(catalogueRun.name, () => {
  const result = resultOf({}, 1);
  const own = result.run.experimentSha256;

  it("is of another version of its file when a file that it includes is another one", () => {
    const including = (sha256: string) =>
      catalogueRun(result, { vars: {}, includes: [{ sha256 }] }).version;
    expect(including("one")).to.not.equal(including("two"));
    expect(including("one")).to.not.equal(catalogueRun(result, { vars: {} }).version);
    expect(including("one")).to.equal(versionOf(own, [{ sha256: "one" }]));
  });

  it("is of the version that its file has, where that includes nothing", () => {
    expect(catalogueRun(result, { vars: {} }).version).to.equal(own);
  });
});
