import { expect } from "chai";
import { AgentClient } from "../../../src/drill/agent-client.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import type { DrillError } from "../../../src/kernel/errors.ts";
import type { AgentEvent } from "../../../src/workload/protocol.ts";
import { pendingTimers } from "../../support/drill-world.ts";

/** An agent whose end of the pipe is in the test's hands. */
function agentOnPipe() {
  const sent: { id: number; op: string; ask: unknown }[] = [];
  const events: AgentEvent[] = [];
  const exits: (number | null)[] = [];
  let say: (line: string) => void = () => {};
  let exit: (exitCode: number | null) => void = () => {};
  const agent = new AgentClient({
    name: "agent-east-observer",
    region: "east",
    role: "observer",
    pipe: {
      write: (line) => void sent.push(JSON.parse(line)),
      onLine: (listener) => {
        say = listener;
      },
      onExit: (listener) => {
        exit = listener;
      },
    },
    onEvent: (_agent, event) => void events.push(event),
    onExit: (_agent, exitCode) => void exits.push(exitCode),
  });
  const answer = (re: number, value: unknown) => say(JSON.stringify({ re, ok: true, value }));
  return {
    agent,
    sent,
    events,
    exits,
    answer,
    say: (line: string) => say(line),
    exit: (exitCode: number | null) => exit(exitCode),
  };
}

const ask = { address: { cluster: "primary", bootstrap: ["b1:1"] }, topic: "orders" };

async function errorOf(work: Promise<unknown>): Promise<DrillError> {
  return work.then(
    () => expect.fail("expected a rejection"),
    (error: DrillError) => error,
  );
}

describe(AgentClient.name, () => {
  it("sends numbered requests, and gives each its own answer, in any order", async () => {
    const { agent, sent, answer } = agentOnPipe();
    const one = agent.request("topic.describe", ask);
    const two = agent.request("topic.configs", ask);
    expect(sent).to.deep.equal([
      { id: 1, op: "topic.describe", ask },
      { id: 2, op: "topic.configs", ask },
    ]);
    answer(2, { "min.insync.replicas": "2" });
    answer(1, null);
    expect(await one).to.equal(null);
    expect(await two).to.deep.equal({ "min.insync.replicas": "2" });
  });

  it("rejects with what the agent said, naming it and the operation", async () => {
    const { agent, say } = agentOnPipe();
    const request = agent.request("topic.describe", ask);
    say(JSON.stringify({ re: 1, ok: false, error: "no broker answers" }));
    const error = await errorOf(request);
    expect(error.code).to.equal("E_AGENT_REFUSED");
    expect(error.message).to.equal(
      "agent-east-observer could not do topic.describe: no broker answers",
    );
  });

  it("rejects when the answer is late, and takes no notice of one that comes later", async () => {
    const timers = await pendingTimers();
    const { agent, answer } = agentOnPipe();
    const error = await errorOf(agent.request("topic.describe", ask, 5));
    expect(error.code).to.equal("E_AGENT_REFUSED");
    expect(error.message).to.equal("agent-east-observer did not answer topic.describe within 5 ms");
    answer(1, null);
    expect(await pendingTimers()).to.equal(timers);
  });

  it("rejects what is open when the agent ends, and everything after", async () => {
    const timers = await pendingTimers();
    const { agent, sent, exits, exit } = agentOnPipe();
    const open = [agent.request("topic.describe", ask), agent.request("topic.configs", ask)];
    expect(agent.alive).to.equal(true);
    exit(137);
    for (const request of open) expect((await errorOf(request)).code).to.equal("E_AGENT_LOST");
    expect(agent.alive).to.equal(false);
    expect(exits).to.deep.equal([137]);
    const error = await errorOf(agent.request("bye", {}));
    expect(error.message).to.equal("agent-east-observer ended (asked for bye)");
    expect(sent).to.have.length(2);
    expect(await pendingTimers()).to.equal(timers);
  });

  it("is not to be asked while it is frozen", () => {
    const { agent } = agentOnPipe();
    agent.frozen = true;
    expect(agent.alive).to.equal(false);
    agent.frozen = false;
    expect(agent.alive).to.equal(true);
  });

  it("hands on events", () => {
    const { events, say } = agentOnPipe();
    const event = { event: "client", tUs: 5, client: "app", what: "error" };
    say(JSON.stringify(event));
    expect(events).to.deep.equal([event]);
  });

  it("tells of lines that are no message, and goes on", async () => {
    const { agent, events, say, answer } = agentOnPipe();
    const request = agent.request("topic.describe", ask);
    const stray = ["(node:1) Warning: x", "5", "null", "{}", `"event"`, "[1", "x".repeat(1000)];
    for (const line of stray) say(line);
    expect(events).to.have.length(stray.length);
    const [first] = events;
    expect(first).to.include({ event: "client", client: "agent", what: "unreadable-line" });
    expect(first).to.have.property("detail", "agent-east-observer: (node:1) Warning: x");
    expect(JSON.stringify(events.at(-1)).length).to.be.lessThan(400);
    answer(1, null);
    expect(await request).to.equal(null);
  });
});

describe("AgentClient.hello", () => {
  const greet = (theirsUs: () => number) => {
    const { agent, sent, answer } = agentOnPipe();
    const greeted = agent.hello("run-1", "/journals");
    answer(1, { monotonicUs: theirsUs(), pid: 1, node: "v24.0.0" });
    return { greeted, sent };
  };

  it("tells the run and the journals, and accepts the same clock", async () => {
    const { greeted, sent } = greet(monotonicUs);
    await greeted;
    expect(sent[0]?.ask).to.deep.equal({
      run: "run-1",
      agent: "agent-east-observer",
      journalDir: "/journals",
    });
  });

  it("refuses a clock that is behind or ahead", async () => {
    for (const offUs of [-1e6, 1e6]) {
      const error = await errorOf(greet(() => monotonicUs() + offUs).greeted);
      expect(error.code).to.equal("E_CLOCK");
      expect(error.message).to.contain("agent-east-observer has another clock");
    }
  });
});
