/** Goal: on thousands of random histories the engine counts what a naive judge counts. */
import { expectAgreement } from "../unit/reconcile/against-oracle.ts";

describe("the judge and the naive oracle", () => {
  it("agree on 4,000 random histories", () => expectAgreement(4000)).timeout(300_000);
});
