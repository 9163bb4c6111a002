import { expect } from "chai";
import { compileTopology } from "../../../src/topology/compile.ts";
import { formatArguments } from "../../../src/topology/format-arguments.ts";

const ELR = "eligible.leader.replicas.version";

describe(formatArguments.name, () => {
  const nodes = (features?: Record<string, number>) =>
    compileTopology(
      {
        regions: ["east"],
        clusters: {
          main: { kafka: "4.3.1", brokers: { east: 1 }, controllers: { east: 1 }, features },
        },
        links: [],
      },
      "r1",
    ).nodes;

  it("names every level to the tool, on brokers and controllers alike", () => {
    for (const node of nodes({ [ELR]: 0, "group.version": 1 })) {
      expect(formatArguments(node)).to.deep.equal({
        KAFKA_FORMAT_ARGS: `--feature ${ELR}=0 --feature group.version=1`,
      });
    }
  });

  it("leaves a node alone that keeps Kafka's own", () => {
    for (const node of nodes()) {
      expect(node).to.not.have.property("features");
      expect(formatArguments(node)).to.deep.equal({});
    }
  });
});
