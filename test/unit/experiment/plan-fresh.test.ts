/** Goal: new clients are planned where they are asked for, and only there. */
import { expect } from "chai";
import { planOf, problemsOf, SAMPLE, spoil } from "./sample.ts";

describe("fresh clients of a plan", () => {
  const withFresh = (more: string) => spoil("workload:", `workload:\n  canary: { ${more} }`);

  it("are where the canary of the log is, as often as is said, with the application's settings", () => {
    const plan = planOf(
      spoil("size: 512B,", "size: 512B, client: { requestTimeout: 900 },", withFresh("fresh: 2s")),
    );
    const [fresh, ...others] = plan.canaries.filter((one) => one.fresh !== undefined);
    expect(others).to.deep.equal([]);
    const canary = plan.canaries.find(({ name }) => name.startsWith("canary-primary"));
    expect(fresh).to.deep.include({
      name: "fresh-primary-orders",
      region: canary?.region,
      log: canary?.log,
      intervalMs: 2000,
      timeoutMs: 10_000,
      fresh: { client: { requestTimeout: 900 } },
    });
    const known = plan.judging.producers.filter(({ fresh: marked }) => marked === true);
    expect(known.map(({ id, kind }) => [id, kind])).to.deep.equal([[fresh?.ref, "canary"]]);
  });

  it("are none unless they are asked for, and then nothing can be predicted of them", () => {
    expect(planOf(SAMPLE).canaries.every((one) => one.fresh === undefined)).to.equal(true);
    const predicted = spoil(
      "predict: { rpo: { shape: tail } }",
      'predict: { rto: { fresh: "<= 9s" } }',
    );
    expect(problemsOf(predicted).join()).to.contain("rto.fresh is measured by new clients");
    expect(problemsOf(withFresh("enabled: false, fresh: 1s")).join()).to.contain(
      "new clients are part of the canary",
    );
    expect(problemsOf(withFresh("fresh: 100ms")).join()).to.contain("expected at least 500ms");
  });
});
