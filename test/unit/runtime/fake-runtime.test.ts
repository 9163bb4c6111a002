import { expect } from "chai";
import type { FakeContainer } from "../../../src/runtime/fake/fake-container.ts";
import { FakeRuntime } from "../../../src/runtime/fake/fake-runtime.ts";
import type { ExecResult } from "../../../src/runtime/runtime.ts";
import { runtimeContract } from "../../integration/runtime-contract.ts";
import { scripted } from "../../support/scripted-agents.ts";
import { replicationIn, twoRegions } from "../../support/topologies.ts";

/** The five commands the contract runs in a container. */
function exec({ files }: FakeContainer, [command, ...words]: string[]): ExecResult {
  const path = words.at(-1) ?? "";
  if (command === "echo") return { exitCode: 0, output: `${words.join(" ")}\n` };
  if (command === "touch") files.set(path, Buffer.alloc(0));
  if (command === "cp") files.set(path, Buffer.from("a copy"));
  if (command === "test") return { exitCode: files.has(path) ? 0 : 1, output: "" };
  return { exitCode: command === "false" ? 1 : 0, output: "" };
}

runtimeContract(FakeRuntime.name, async () => {
  const runtime: FakeRuntime = new FakeRuntime({
    exec,
    script: scripted({
      "probe.connect": ({ host }, { region }) => ({
        outcome: runtime.probe(region, host),
        tookMs: runtime.roundTripMs(region, host),
      }),
    }),
  });
  return { runtime, topology: twoRegions(), leftovers: async () => runtime.leftovers() };
});

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function messageFrom(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "",
    (error: Error) => error.message,
  );
}

async function started(): Promise<FakeRuntime> {
  const runtime = new FakeRuntime();
  const topology = twoRegions(2);
  await runtime.prepare(topology);
  for (const node of topology.nodes) await runtime.startNode(node);
  return runtime;
}

describe(FakeRuntime.name, () => {
  it("has the capabilities it is given, and all of them unless told", () => {
    expect([...new FakeRuntime({ capabilities: ["kill"] }).capabilities]).to.deep.equal(["kill"]);
    expect(new FakeRuntime().capabilities.has("link.blackhole")).to.equal(true);
  });

  it("fails once, before the act or after it", async () => {
    const runtime = await started();
    runtime.failNext("kill", "primary-east-1", new Error("timeout"));
    runtime.failNext("kill", "primary-east-2", new Error("answer lost"), "after");
    expect(await messageFrom(runtime.kill("primary-east-1"))).to.equal("timeout");
    expect(await runtime.isRunning("primary-east-1")).to.equal(true);
    expect(await messageFrom(runtime.kill("primary-east-2"))).to.equal("answer lost");
    expect(await runtime.isRunning("primary-east-2")).to.equal(false);
    await runtime.kill("primary-east-1");
    expect(await runtime.isRunning("primary-east-1")).to.equal(false);
  });

  it("does nothing when told to, and waits when told to", async () => {
    const runtime = await started();
    runtime.ignoreNext("kill", "primary-east-1");
    await runtime.kill("primary-east-1");
    expect(await runtime.isRunning("primary-east-1")).to.equal(true);
    const held = runtime.holdNext("kill", "primary-east-1");
    const killed = runtime.kill("primary-east-1");
    await held.begun;
    expect(await runtime.isRunning("primary-east-1")).to.equal(true);
    held.release();
    await killed;
    expect(await runtime.isRunning("primary-east-1")).to.equal(false);
    expect(runtime.acts.filter((act) => act.startsWith("kill"))).to.have.length(2);
  });
});

describe("what the fake runtime shows", () => {
  it("tells of a death that nobody ordered, once, with its exit code", async () => {
    const runtime = await started();
    const deaths: string[] = [];
    runtime.onDeath(({ name, exitCode }) => void deaths.push(`${name} ${exitCode}`));
    runtime.die("standby-west-1", 3);
    runtime.die("standby-west-1", 3);
    await tick();
    expect(deaths).to.deep.equal(["standby-west-1 3"]);
  });

  it("shows the neighbour of a node shown dead as it is", async () => {
    const runtime = await started();
    await runtime.link("west", "east").showDead(["primary-east-1"], "refuse");
    expect(runtime.probe("west", "primary-east-1")).to.equal("refused");
    expect(runtime.probe("west", "primary-east-2")).to.equal("answered");
  });

  it("accepts and resets where a node died and no gateway was told: fidelity by accident", async () => {
    const runtime = await started();
    await runtime.kill("primary-east-1");
    expect(runtime.probe("west", "primary-east-1")).to.equal("reset");
    expect(runtime.probe("east", "primary-east-1")).to.equal("refused");
  });

  it("fails every verb once the engine is lost, and closes the pipes", async () => {
    const runtime = await started();
    const pipe = await runtime.startAgent({ name: "agent-east-observer", region: "east" });
    const told: string[] = [];
    pipe.onExit((code) => void told.push(`exit ${code}`));
    runtime.onLost((reason) => void told.push(reason));
    runtime.loseEngine("socket closed");
    expect(told).to.deep.equal(["exit null", "socket closed"]);
    const restart = await messageFrom(runtime.restart("primary-east-1"));
    expect(restart).to.contain("socket closed");
    expect(await messageFrom(runtime.facts())).to.contain("socket closed");
  });

  it("refuses to start what has no network, as an engine does", async () => {
    const runtime = await started();
    const lost = replicationIn("north");
    expect(await messageFrom(runtime.startReplication(lost))).to.contain("no network");
    await runtime.startReplication(replicationIn("west"));
    expect(await runtime.isRunning("mm2-primary-standby")).to.equal(true);
  });

  it("keeps lines for a frozen agent until it is thawed", async () => {
    const heard: string[] = [];
    const runtime = new FakeRuntime({ script: (line, agent) => agent.say(`re ${line}`) });
    await runtime.prepare(twoRegions());
    const pipe = await runtime.startAgent({ name: "agent-east-observer", region: "east" });
    pipe.onLine((line) => void heard.push(line));
    await runtime.pause("agent-east-observer");
    pipe.write("one");
    await tick();
    expect(heard).to.deep.equal([]);
    await runtime.resume("agent-east-observer");
    expect(heard).to.deep.equal(["re one"]);
  });
});
