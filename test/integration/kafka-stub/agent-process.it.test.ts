/** Goal: the agent as a process: it answers, survives nonsense, and leaves whole journals. */
import path from "node:path";
import { expect } from "chai";
import { readJournal } from "../../../src/history/journal-reader.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { AgentProcess } from "./agent-on-pipes.ts";
import { StubCluster } from "./stub-cluster.ts";

async function startCanary(agent: AgentProcess, cluster: StubCluster): Promise<void> {
  await agent.hello();
  const log = { id: 0, cluster: "c", topic: cluster.topic, partitions: 1, role: "control" };
  const started = await agent.ask("canary.start", {
    producer: 1,
    name: "canary",
    runTag: 1,
    address: { cluster: "c", bootstrap: cluster.bootstrap },
    log: { ...log, region: "r" },
    intervalMs: 10,
    recordBytes: 64,
    timeoutMs: 500,
    t0Us: monotonicUs(),
  });
  expect(started).to.include({ ok: true });
  await agent.acked(1, 10);
}

describe("agent process", () => {
  it("answers each request, in words when it cannot do it", async () => {
    await using agent = new AgentProcess();
    const refused = await agent.ask("canary.stop", { producer: 1 });
    expect(refused).to.include({ ok: false, error: "there is no canary 1" });
    expect(await agent.ask("no.such", {})).to.include({ ok: false });
    agent.child.stdin?.write("this is not JSON\n");
    const hello = await agent.hello();
    expect(hello["value"]).to.include({ pid: agent.child.pid });
    expect(agent.messages.some((message) => message["what"] === "unreadable-request")).to.equal(
      true,
    );
    const closedPort = { host: "127.0.0.1", port: 1, timeoutMs: 500 };
    const probe = await agent.ask("probe.connect", closedPort);
    expect(probe["value"]).to.include({ outcome: "refused" });
  });

  for (const [how, state] of [
    ["bye", "closed"],
    ["stdin", "closed"],
    ["SIGTERM", "closed"],
    ["SIGKILL", "open-end"],
  ] as const) {
    it(`leaves a readable journal when ended by ${how}`, async () => {
      await using cluster = await StubCluster.start("t", 1, [0]);
      await using agent = new AgentProcess();
      await startCanary(agent, cluster);
      if (how === "bye") expect(await agent.ask("bye", {})).to.include({ ok: true });
      else if (how === "stdin") agent.child.stdin?.end();
      else agent.child.kill(how);
      const [status] = await agent.exited;
      expect(status).to.equal(how === "SIGKILL" ? null : 0);
      const verdict = readJournal(path.join(agent.folder, "a.canary.1.bin"));
      expect(verdict.state).to.equal(state);
      expect(verdict.rows).to.be.greaterThan(20);
    });
  }
});
