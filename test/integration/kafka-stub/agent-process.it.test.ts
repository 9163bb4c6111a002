/** Goal: the agent as a process: it answers, survives nonsense, and leaves whole journals. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { expect } from "chai";
import { readJournal } from "../../../src/history/journal-reader.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { until } from "../../unit/workload/fake-context.ts";
import { StubCluster } from "./stub-cluster.ts";

const ENTRY = path.resolve(import.meta.dirname, "../../../src/workload/agent.ts");

type Message = Record<string, unknown>;

class AgentProcess {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-agent-"));
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  /** Every line of stdout, parsed: a line that is not JSON fails the test. */
  readonly messages: Message[] = [];
  #id = 0;

  constructor() {
    this.child = spawn(process.execPath, [ENTRY], { stdio: ["pipe", "pipe", "ignore"] });
    this.exited = once(this.child, "exit");
    const { stdout } = this.child;
    if (stdout === null) throw new Error("no stdout");
    readline.createInterface({ input: stdout }).on("line", (line) => {
      this.messages.push(JSON.parse(line) as Message);
    });
  }

  async ask(op: string, ask: unknown): Promise<Message> {
    this.#id += 1;
    const id = this.#id;
    this.child.stdin?.write(`${JSON.stringify({ id, op, ask })}\n`);
    await until(() => this.messages.some((message) => message["re"] === id), 5000);
    return this.messages.find((message) => message["re"] === id) ?? {};
  }

  hello(): Promise<Message> {
    return this.ask("hello", { run: "r", agent: "a", journalDir: this.folder });
  }

  async startCanary(cluster: StubCluster): Promise<void> {
    await this.hello();
    const log = { id: 0, cluster: "c", topic: cluster.topic, partitions: 1, role: "control" };
    const started = await this.ask("canary.start", {
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
    const stats = () => this.messages.findLast((message) => message["event"] === "stats");
    await until(() => {
      const [canary] = (stats()?.["producers"] ?? []) as { acked: number }[];
      return (canary?.acked ?? 0) > 10;
    }, 5000);
  }

  journal() {
    return readJournal(path.join(this.folder, "a.canary.1.bin"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
    fs.rmSync(this.folder, { recursive: true });
  }
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
      await agent.startCanary(cluster);
      if (how === "bye") expect(await agent.ask("bye", {})).to.include({ ok: true });
      else if (how === "stdin") agent.child.stdin?.end();
      else agent.child.kill(how);
      const [status] = await agent.exited;
      expect(status).to.equal(how === "SIGKILL" ? null : 0);
      const verdict = agent.journal();
      expect(verdict.state).to.equal(state);
      expect(verdict.rows).to.be.greaterThan(20);
    });
  }
});
