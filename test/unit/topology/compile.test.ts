import { expect } from "chai";
import fc from "fast-check";
import type { TopologySpec } from "../../../src/topology/compile.ts";
import { bootstrapOf, brokerCount, compileTopology } from "../../../src/topology/compile.ts";

const TWO: TopologySpec = {
  regions: ["east", "west"],
  clusters: {
    primary: { kafka: "4.3.1", brokers: { east: 3 } },
    standby: { kafka: "3.9.2", brokers: { west: 1 }, controllers: { west: 1 } },
  },
  links: [{ between: ["west", "east"], latency: 20, bandwidth: 1000 }],
};

/** Up to four regions, up to three clusters anywhere in them, with or without own controllers. */
const specs = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const regions = ["a", "b", "c", "d"].slice(0, count);
  const counts = fc
    .record(Object.fromEntries(regions.map((region) => [region, fc.nat(3)])))
    .filter((record) => Object.values(record).some((n) => n > 0));
  const cluster = fc.record({
    kafka: fc.constantFrom("4.3.1", "3.9.2", "3.3.2"),
    brokers: counts,
    controllers: fc.option(counts, { nil: undefined }),
  });
  return fc.array(cluster, { minLength: 1, maxLength: 3 }).map((clusters) => ({
    regions,
    clusters: Object.fromEntries(clusters.map((one, at) => [`k${at}`, one])),
    links: [],
  }));
});

describe(compileTopology.name, () => {
  it("names nodes by cluster, region and number, with ports of their region", () => {
    const { nodes } = compileTopology(TWO, "r1");
    expect(
      nodes.map((n) => [n.name, n.id, n.clientPort, n.controllerPort, n.hostIndex, n.roles.join()]),
    ).to.deep.equal([
      ["primary-east-1", 1, 19101, 29101, 11, "broker,controller"],
      ["primary-east-2", 2, 19102, 29102, 12, "broker,controller"],
      ["primary-east-3", 3, 19103, 29103, 13, "broker,controller"],
      ["standby-west-1", 1, 19201, null, 11, "broker"],
      ["standby-west-c1", 2, null, 29202, 12, "controller"],
    ]);
  });

  it("takes the region for a rack, unless racks are named or unwanted", () => {
    const racksOf = (racks: "none" | Record<string, string | string[]> | undefined) => {
      const cluster = { kafka: "4.3.1", brokers: { east: 2, west: 1 }, racks };
      const { nodes } = compileTopology({ ...TWO, clusters: { main: cluster } }, "r1");
      return nodes.map(({ rack, config }) => [rack, config["broker.rack"]]);
    };
    const both = (rack: string) => [rack, rack];
    expect(racksOf(undefined)).to.deep.equal(["east", "east", "west"].map(both));
    expect(racksOf({ west: "w" })).to.deep.equal(["east", "east", "w"].map(both));
    expect(racksOf({ east: ["r1", "r2"] })).to.deep.equal(["r1", "r2", "west"].map(both));
    expect(racksOf("none")).to.deep.equal(new Array(3).fill([null, undefined]));
  });

  it("links every pair in both directions, with what the file says of it", () => {
    const { links } = compileTopology({ ...TWO, regions: ["east", "west", "north"] }, "r1");
    expect(links).to.have.length(6);
    const quality = { latencyMs: 20, jitterMs: 0, bandwidthBytesPerSecond: 1000 };
    expect(links).to.deep.include({ from: "east", to: "west", ...quality });
    expect(links).to.deep.include({ from: "west", to: "east", ...quality });
    expect(links).to.deep.include({
      from: "north",
      to: "east",
      latencyMs: 0,
      jitterMs: 0,
      bandwidthBytesPerSecond: null,
    });
  });

  it("makes cluster ids of 22 characters that no tool takes for an option", () => {
    fc.assert(
      fc.property(fc.string(), (run) => {
        for (const { clusterId } of compileTopology(TWO, run).clusters) {
          expect(clusterId).to.match(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
          expect(Buffer.from(clusterId, "base64url")).to.have.length(16);
        }
      }),
    );
  });

  it("keeps names, ports and addresses unique, whatever the file asks for", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const { nodes, clusters } = compileTopology(spec, "r1");
        const unique = (values: unknown[]) => expect(new Set(values).size).to.equal(values.length);
        unique(nodes.map(({ name }) => name));
        unique(
          nodes.flatMap((n) => [n.clientPort, n.controllerPort]).filter((port) => port !== null),
        );
        unique(nodes.map(({ region, hostIndex }) => `${region}/${hostIndex}`));
        for (const { name } of clusters) {
          const members = nodes.filter(({ cluster }) => cluster === name);
          expect(members.map(({ id }) => id)).to.deep.equal(members.map((_, at) => at + 1));
          const voters = members.filter(({ roles }) => roles.includes("controller"));
          for (const { config } of members) {
            expect(config["controller.quorum.voters"]?.split(",")).to.deep.equal(
              voters.map((voter) => `${voter.id}@${voter.name}:${voter.controllerPort}`),
            );
          }
        }
      }),
    );
  });
});

describe(bootstrapOf.name, () => {
  it("lists brokers only", () => {
    const topology = compileTopology(TWO, "r1");
    expect(bootstrapOf(topology, "standby")).to.deep.equal(["standby-west-1:19201"]);
    expect(brokerCount(topology, "primary")).to.equal(3);
  });
});
