import { expect } from "chai";
import { filterText } from "../../../../src/runtime/docker/machine.ts";

const cuts = [
  { direction: "out" as const, ports: [19102, 19103], except: [] },
  { direction: "in" as const, ports: [19101], except: ["10.0.0.12"] },
];
const rulesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("add rule"))
    .map((line) => line.replace("add rule inet t ", ""));

describe(filterText.name, () => {
  it("drops requests and answers, but for those that pass and the machine's own", () => {
    expect(rulesOf(filterText("t", cuts, "blackhole"))).to.deep.equal([
      "input iif lo accept",
      "input tcp sport { 19102, 19103 } drop",
      "input ip saddr != { 10.0.0.12 } tcp dport { 19101 } drop",
      "output oif lo accept",
      "output tcp dport { 19102, 19103 } drop",
      "output ip daddr != { 10.0.0.12 } tcp sport { 19101 } drop",
    ]);
  });

  it("resets the asking side, and leaves the resets their way back", () => {
    expect(rulesOf(filterText("t", cuts, "refuse"))).to.deep.equal([
      "input iif lo accept",
      "input ip saddr != { 10.0.0.12 } tcp dport { 19101 } reject with tcp reset",
      "output oif lo accept",
      "output tcp dport { 19102, 19103 } reject with tcp reset",
    ]);
  });

  it("replaces what its table held, and touches no other", () => {
    const lines = filterText("t", [], "refuse").split("\n");
    expect(lines.slice(0, 3)).to.deep.equal([
      "add table inet t",
      "delete table inet t",
      "add table inet t",
    ]);
    expect(lines.every((line) => line === "" || / inet t( |$)/.test(line))).to.equal(true);
  });
});
