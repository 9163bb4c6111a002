/** Goal: which logs are read without what transactions aborted, and may end in a marker. */
import { expect } from "chai";
import { hasTransactions } from "../../../src/drill/run-context.ts";
import type { LogRef } from "../../../src/history/judging.ts";
import { planOf, SAMPLE, spoil } from "../experiment/sample.ts";

const mirrored = (config: string) =>
  planOf(spoil("topics: [orders]", `topics: [orders], config: { ${config} }`, SAMPLE));
const logs = (plan: ReturnType<typeof planOf>) => {
  const [own, mirror] = ["workload", "mirror"].map((role) =>
    plan.judging.logs.find((log) => log.role === role),
  ) as [LogRef, LogRef];
  return { own: hasTransactions(plan, own), mirror: hasTransactions(plan, mirror) };
};

describe(hasTransactions.name, () => {
  it("is true of a mirror that is filled exactly once, and not of what it copies", () => {
    const exactly = mirrored("exactly.once.source.support: enabled");
    expect(logs(exactly)).to.deep.equal({ own: false, mirror: true });
  });

  it("is false of a mirror that is filled as it is by default", () => {
    expect(logs(mirrored("tasks.max: 1"))).to.deep.equal({ own: false, mirror: false });
  });
});
