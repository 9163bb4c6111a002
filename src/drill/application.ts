/** The application as faults see it (`src/fault/application.ts`), made of the run's agents. */
import type { PlannedConsumer } from "../experiment/plan.ts";
import type { Application, ClientRole } from "../fault/application.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { AgentClient } from "./agent-client.ts";
import type { Origin } from "./agent-pool.ts";
import type { RunContext } from "./run-context.ts";
import { settleAll } from "./settle-all.ts";
import { startConsumer, startProducer } from "./stages/3-workload.ts";

const POLL_MS = 100;
const STOP_WITHIN_MS = 30_000;

export function applicationOf(context: RunContext): Application {
  const { plan, live, agents } = context;
  const agentNamed = (name: string) => agents.all().find((agent) => agent.name === name);
  return {
    processes: (role, region) => processesOf(context, role, region).map(({ name }) => name),
    clientsOn: (process) => clientsOn(context, process).map(({ name }) => name),
    heardUs: (process) => agentNamed(process)?.heardUs ?? null,
    restart: async (process) => {
      const dead = agentNamed(process);
      if (!dead) throw new DrillError("E_INTERNAL", `no process ${process}`);
      return isOver(context) ? [] : restart(context, dead);
    },
    unserved: (clients, withinMs) => unserved(context, clients, withinMs),
    group: (name) => {
      const members = membersOf(context, name);
      const [first] = members;
      if (!first) return undefined;
      return {
        cluster: first.cluster,
        members: members.map((one) => {
          return { name: one.name, ref: one.ref, agent: live.consumers.get(one.ref)?.name ?? "" };
        }),
      };
    },
    stopGroup: async (name) => {
      await settleAll(membersOf(context, name).map((member) => stopMember(context, member)));
    },
    startGroup: async (name) => {
      if (isOver(context)) return [];
      const stopped = [...live.stopped].filter(([{ group }]) => group === name);
      await settleAll(stopped.map(([member, agent]) => startAgain(context, member, agent)));
      return stopped.map(([{ name: member }]) => member);
    },
    topic: (cluster, topic) =>
      plan.topics.find((one) => one.cluster === cluster && one.spec.topic === topic)?.spec,
    log: (cluster, topic) =>
      plan.judging.logs.find((log) => log.cluster === cluster && log.topic === topic),
  };
}

/** What is started once the producers were stopped, or after Ctrl-C, is no part of the drill. */
function isOver(context: RunContext): boolean {
  return context.live.over || context.signal.aborted;
}

function processesOf(context: RunContext, role: ClientRole, region: string): AgentClient[] {
  return context.agents.alive().filter((agent) => agent.region === region && agent.role === role);
}

/** Of the plan: every producer and consumer that was started on this agent. */
function clientsOn({ plan, live }: RunContext, agent: string) {
  const on = (running: Map<number, AgentClient>) => (client: { ref: number }) =>
    running.get(client.ref)?.name === agent;
  return [
    ...plan.producers.filter(on(live.producers)),
    ...plan.consumers.filter(on(live.consumers)),
  ];
}

async function restart(context: RunContext, dead: AgentClient): Promise<string[]> {
  const { plan, live, agents } = context;
  const died = new Set(
    plan.producers.filter(({ ref }) => live.producers.get(ref) === dead).map(({ ref }) => ref),
  );
  const heirs = plan.producers.filter(
    ({ ref, start }) => start === "restart" && died.has(elderOf(context, ref)),
  );
  const consumers = plan.consumers.filter(({ ref }) => live.consumers.get(ref) === dead);
  if (heirs.length < died.size) {
    throw new DrillError(
      "E_INTERNAL",
      `the plan has no successors for the clients of ${dead.name}`,
    );
  }
  const agent = await agents.start(dead.region, dead.role as ClientRole, "restore");
  // Its schedule begins now: what was due while nobody sent was never accepted.
  const t0Us = monotonicUs();
  await settleAll([
    ...heirs.map((heir) => startProducer(context, heir, t0Us, agent, "restore")),
    ...consumers.map((consumer) => startReader(context, consumer, agent, "restore")),
  ]);
  await agent.request("health.begin", {});
  return [...heirs, ...consumers].map(({ name }) => name);
}

function elderOf({ plan }: RunContext, ref: number): number {
  return plan.judging.producers.find(({ id }) => id === ref)?.takesOverFrom ?? -1;
}

/** Its totals begin anew with its client, so the old ones say nothing about it. */
async function startReader(
  context: RunContext,
  consumer: PlannedConsumer,
  agent: AgentClient,
  origin: Origin,
): Promise<void> {
  context.monitor.forgetReader(consumer.ref);
  await startConsumer(context, consumer, agent, origin);
}

function membersOf({ plan, live }: RunContext, group: string): PlannedConsumer[] {
  return plan.consumers.filter(
    (consumer) => consumer.group === group && live.consumers.get(consumer.ref)?.alive,
  );
}

async function stopMember(context: RunContext, member: PlannedConsumer): Promise<void> {
  const agent = context.live.consumers.get(member.ref);
  if (!agent) return;
  // Noted first: a stop whose answer is lost may have happened.
  context.live.stopped.set(member, agent);
  await agent.request("consumer.stop", { reader: member.ref }, STOP_WITHIN_MS);
  context.live.consumers.delete(member.ref);
}

async function startAgain(
  context: RunContext,
  member: PlannedConsumer,
  agent: AgentClient,
): Promise<void> {
  try {
    if (agent.alive) await startReader(context, member, agent, originOf(agent));
  } catch (error) {
    // The stop never reached it: it runs, as it should.
    if (!messageOf(error).includes("runs already")) throw error;
  }
  context.live.stopped.delete(member);
}

/** As its name says; see `AgentPool.start`. */
function originOf({ name }: AgentClient): Origin {
  return (/-(failover|restore)(-\d+)?$/.exec(name)?.[1] as Origin | undefined) ?? "initial";
}

async function unserved(
  { plan, monitor, signal }: RunContext,
  clients: string[],
  withinMs: number,
): Promise<string[]> {
  const waiting = () =>
    clients.filter((name) => {
      const producer = plan.producers.find((one) => one.name === name);
      if (producer) return monitor.ackedBy(producer.ref) === 0;
      const consumer = plan.consumers.find((one) => one.name === name);
      return consumer !== undefined && monitor.seenBy(consumer.ref) === 0;
    });
  await poll(async () => waiting().length === 0 || undefined, {
    everyMs: POLL_MS,
    withinMs,
    signal,
  });
  return waiting();
}
