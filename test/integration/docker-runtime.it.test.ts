/** The contract on real containers with real Kafka nodes, and what only Docker has to promise. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import { DockerRuntime } from "../../src/runtime/docker/docker-runtime.ts";
import { sweep } from "../../src/runtime/docker/sweep.ts";
import type { LinkMode } from "../../src/runtime/runtime.ts";
import type { KafkaNode } from "../../src/topology/types.ts";
import { containersOf, leftoversOf, networksOf, testRun } from "../support/docker-engine.ts";
import { OpenConnection } from "../support/open-connection.ts";
import { KAFKA, quickFencing, twoRegions } from "../support/topologies.ts";
import { runtimeContract } from "./runtime-contract.ts";

let made = 0;

runtimeContract(DockerRuntime.name, async () => {
  made += 1;
  const run = testRun(`contract-${made}`);
  return {
    runtime: await DockerRuntime.connect({ run }),
    topology: quickFencing(twoRegions(1, run)),
    leftovers: () => leftoversOf(run),
  };
});

describe(DockerRuntime.name, () => {
  it("publishes nothing but the gateways' API, on loopback, and masks no address", async () => {
    const run = testRun("ports");
    await using runtime = await connect(run);
    const topology = twoRegions(1, run);
    await runtime.prepare(topology);
    const [node] = topology.nodes;
    if (node) await runtime.startNode(node, topology.clusters[0]?.clusterId ?? "", KAFKA);
    const containers = await containersOf(run);
    const names = containers.map(({ Name }) => Name.replace(`/blackstart-${run}-`, ""));
    const nodes = ["primary-east-1", "primary-east-1-host"];
    expect(names).to.have.members(["gateway-east-west", "gateway-west-east", ...nodes]);
    for (const { Name, HostConfig, NetworkSettings } of containers) {
      const bound = Object.entries(NetworkSettings.Ports).filter(([, host]) => host?.length);
      if (!Name.includes("gateway")) expect(bound, Name).to.deep.equal([]);
      else {
        expect(bound.map(([port]) => port)).to.deep.equal(["8474/tcp"]);
        expect(bound.flatMap(([, host]) => host.map(({ HostIp }) => HostIp))).to.deep.equal([
          "127.0.0.1",
        ]);
      }
      expect(HostConfig.PublishAllPorts, Name).to.equal(false);
      expect(HostConfig.Privileged, Name).to.equal(false);
    }
    const networks = await networksOf(run);
    expect(networks).to.have.length(2);
    for (const { Options } of networks) {
      expect(Options?.["com.docker.network.bridge.enable_ip_masquerade"]).to.equal("false");
    }
  });

  it("gives two runs at once other subnets, also when they want the same", async () => {
    // Both names have the same sum, so both runs begin to look at the same place.
    const runs = [testRun("Aa"), testRun("BB")];
    const [one, other] = [await connect(runs[0] ?? ""), await connect(runs[1] ?? "")];
    try {
      const topology = { ...twoRegions(), links: [] };
      await Promise.all([one.prepare(topology), other.prepare(topology)]);
      const networks = (await Promise.all(runs.map(networksOf))).flat();
      const subnets = networks.map(({ IPAM }) => IPAM?.Config?.[0]?.Subnet);
      expect(subnets).to.have.length(4);
      expect(new Set(subnets).size).to.equal(4);
    } finally {
      await Promise.all([one.destroy(), other.destroy()]);
    }
  });
});

describe("a connection that stands when its link is cut", () => {
  const world = openWorld();
  const lived: { mode: LinkMode; cut: string; mended: string }[] = [
    { mode: "refuse", cut: "closed", mended: "closed" },
    { mode: "stall", cut: "silent", mended: "closed" },
    // Nothing was closed: TCP sends again what was lost, and the connection goes on.
    { mode: "blackhole", cut: "silent", mended: "answered" },
  ];
  for (const { mode, cut, mended } of lived) {
    it(`is ${cut} (${mode}), and ${mended} once it is mended`, async () => {
      const { runtime, node } = world();
      const link = runtime.link("west", "east");
      const connection = new OpenConnection({
        runtime,
        from: "agent-west-observer",
        host: node.name,
        port: node.clientPort ?? 0,
        name: mode,
      });
      expect(await connection.becomes("answered")).to.equal("answered");
      await link.cut(mode);
      expect(await connection.becomes(cut)).to.equal(cut);
      await link.mend();
      expect(await connection.becomes(mended)).to.equal(mended);
      await connection.stop();
    });
  }
});

describe(sweep.name, () => {
  it("removes a run whose harness was killed, and leaves a living one alone", async () => {
    const runs = { dead: testRun("swept"), alive: testRun("spared") };
    const child = await doomedRun(runs.dead);
    await using living = await connect(runs.alive);
    await living.prepare({ ...twoRegions(), links: [] });
    const among = Object.values(runs);

    const nothing = await sweep({ among });
    expect(nothing).to.deep.equal({ containers: 0, networks: 0, alive: among.sort(), kept: [] });
    child.kill("SIGKILL");
    await once(child, "exit");
    const swept = await sweep({ among });
    expect(swept).to.deep.equal({ containers: 1, networks: 2, alive: [runs.alive], kept: [] });
    expect(await leftoversOf(runs.dead)).to.deep.equal([]);
    expect(await leftoversOf(runs.alive)).to.have.length(2);

    expect(await sweep({ run: runs.alive })).to.deep.include({ containers: 0, networks: 2 });
    expect(await leftoversOf(runs.alive)).to.deep.equal([]);
  });
});

function connect(run: string): Promise<DockerRuntime> {
  return DockerRuntime.connect({ run });
}

/** A runtime with one node in east and an agent in west, for the tests of a suite. */
function openWorld(): () => { runtime: DockerRuntime; node: KafkaNode } {
  let made: { runtime: DockerRuntime; node: KafkaNode } | undefined;
  before(async () => {
    const run = testRun("open");
    const topology = twoRegions(1, run);
    const [node] = topology.nodes;
    if (!node) throw new Error("the topology has no node");
    made = { runtime: await connect(run), node };
    await made.runtime.prepare(topology);
    await made.runtime.startNode(node, topology.clusters[0]?.clusterId ?? "", KAFKA);
    await made.runtime.startAgent({ name: "agent-west-observer", region: "west" });
  });
  after(() => made?.runtime.destroy());
  return () => {
    if (!made) throw new Error("the suite has no world yet");
    return made;
  };
}

/** Another harness with a run of its own, ready to be killed. */
async function doomedRun(run: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "../support/doomed-run.ts");
  const child = spawn(process.execPath, ["--no-warnings", program, run], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  expect(String(said)).to.equal("ready\n");
  return child;
}
