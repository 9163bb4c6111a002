import { expect } from "chai";
import { AgentPool } from "../../../src/drill/agent-pool.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { FakeRuntime } from "../../../src/runtime/fake/fake-runtime.ts";
import type { AgentEvent } from "../../../src/workload/protocol.ts";
import { refusal } from "../../support/fault-world.ts";
import { WrittenHistory } from "../../support/histories.ts";
import { type Handlers, sayEvent, scripted, stats } from "../../support/scripted-agents.ts";
import { twoRegions } from "../../support/topologies.ts";

async function pooled(handlers: Handlers = {}) {
  const runtime = new FakeRuntime({ script: scripted(handlers) });
  await runtime.prepare(twoRegions());
  const written = new WrittenHistory();
  const hosted: string[] = [];
  const pool = new AgentPool({
    runtime,
    history: written.history,
    run: "test",
    journals: "/tmp",
    host: (name) => void hosted.push(name),
  });
  const fatal: string[] = [];
  pool.onFatal = (agent, code, message) => void fatal.push(`${agent.name} ${code} ${message}`);
  const say = (agent: string, event: AgentEvent) => sayEvent(runtime.container(agent), event);
  return { runtime, pool, written, hosted, fatal, say };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe(AgentPool.name, () => {
  it("starts agents under names that say where, what and why, and greets them", async () => {
    let greeted: unknown;
    const { pool, written } = await pooled({
      hello: (ask) => {
        greeted = ask;
        return { monotonicUs: Number(process.hrtime.bigint() / 1000n), pid: 1, node: "v24" };
      },
    });
    await pool.start("east", "observer");
    const agent = await pool.start("west", "producers", "failover");
    expect(agent.name).to.equal("agent-west-producers-failover");
    expect(written.of("agent.started")[1]).to.include({
      agent: agent.name,
      region: "west",
      role: "producers",
      origin: "failover",
    });
    expect(greeted).to.deep.equal({ run: "test", agent: agent.name, journalDir: "/journals" });
  });

  it("finds observers that live, in the order of the regions asked", async () => {
    const { pool, runtime } = await pooled();
    await pool.start("east", "producers");
    await pool.start("east", "observer");
    await pool.start("west", "observer");
    expect(pool.observerOf(["east", "west"])?.name).to.equal("agent-east-observer");
    pool.setFrozen(["agent-east-observer", "nobody"], true);
    expect(pool.observerOf(["east", "west"])?.name).to.equal("agent-west-observer");
    expect(pool.namesIn("east")).to.deep.equal(["agent-east-producers"]);
    pool.setFrozen(["agent-east-observer"], false);
    await runtime.kill("agent-east-observer");
    expect(pool.observerIn("east")).to.equal(undefined);
    expect(pool.all()).to.have.length(3);
  });

  it("says goodbye to the living", async () => {
    const { pool, runtime } = await pooled();
    await pool.start("east", "observer");
    await pool.start("west", "observer");
    await runtime.kill("agent-west-observer");
    await pool.sayBye();
    await tick();
    expect(runtime.container("agent-east-observer").state).to.equal("dead");
  });

  it("does not start what the runtime cannot", async () => {
    const { pool, runtime, written } = await pooled();
    runtime.failNext("startAgent", "agent-east-observer", new Error("no room"));
    expect(await refusal(pool.start("east", "observer"))).to.equal("no room");
    expect(pool.all()).to.deep.equal([]);
    expect(written.events).to.deep.equal([]);
  });
});

describe("events of agents", () => {
  const name = "agent-east-observer";

  it("go into the history with the agents' own time", async () => {
    const { pool, written, say } = await pooled();
    await pool.start("east", "observer");
    say(name, { event: "client", tUs: 11, client: "app", what: "error", detail: "reset" });
    say(name, { event: "client", tUs: 12, client: "app", what: "connected" });
    say(name, { event: "journal", tUs: 13, file: "a.bin", role: "producer" });
    const [error, connected] = written.of("client.event");
    expect(error).to.include({ tUs: 11, client: "app", event: "error", detail: "reset" });
    expect(connected).to.not.have.property("detail");
    expect(written.of("journal.opened")[0]).to.include({ tUs: 13, agent: name, file: "a.bin" });
  });

  it("reach whoever listens, statistics apart from the rest", async () => {
    const { pool, say } = await pooled();
    const heard: string[] = [];
    pool.onStats((agent) => void heard.push(`stats of ${agent.name}`));
    pool.onEvent((_agent, { event }) => void heard.push(event));
    await pool.start("east", "observer");
    say(name, stats());
    say(name, { event: "watchdog", tUs: 1, name: "declare", healthy: false, detail: "" });
    expect(heard).to.deep.equal([`stats of ${name}`, "stats", "watchdog"]);
  });

  it("end the run when an agent cannot go on, or cannot be recorded", async () => {
    const { pool, say, fatal, written } = await pooled();
    await pool.start("east", "observer");
    say(name, { event: "fatal", tUs: 1, code: "E_DISK_FULL", message: "a.bin" });
    expect(fatal).to.deep.equal([`${name} E_DISK_FULL ${name}: a.bin`]);
    pool.onStats(() => {
      throw new DrillError("E_DISK_FULL", "no space left");
    });
    say(name, stats());
    expect(fatal[1]).to.equal(`${name} E_DISK_FULL no space left`);
    written.history.close();
    say(name, { event: "client", tUs: 12, client: "app", what: "connected" });
    expect(fatal[2]).to.contain(`${name} E_INTERNAL`);
  });
});
