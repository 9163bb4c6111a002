/**
 * `broker.roll` restarts brokers one after another, as an upgrade does; the step lasts as long as the
 * roll.
 *
 * `pace: isr-restored` waits until every replica of the restarted node is in sync before the next goes
 * down: the careful roll. A time as the pace is the careless one: the next goes down although the
 * last may not be back, and partitions fall below min.insync.replicas. `how: kill` leaves the
 * controlled shutdown out. No software is changed on the way.
 */
import { z } from "zod";
import { delay } from "../kernel/clock.ts";
import { durationSchema } from "../kernel/schema-units.ts";
import type { Topology } from "../topology/types.ts";
import { brokersOf, proveCaughtUp } from "./cluster-acts.ts";
import { defineFault, type FaultContext, type LiveTargets, note } from "./fault.ts";
import { awaitEnd, ENDED_BY_ITSELF, proveServing, restartNodes, showDead } from "./node-acts.ts";

const params = z.strictObject({
  cluster: z.string().describe("The cluster whose brokers are restarted."),
  brokers: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Which of them, in this order; all unless set."),
  pace: z
    .union([z.literal("isr-restored"), durationSchema], {
      error: 'expected "isr-restored" or a duration such as 2s',
    })
    .default("isr-restored")
    .describe("When the next goes down: once replicas are in sync, or so long after a start."),
  how: z.enum(["graceful", "kill"]).default("graceful").describe("SIGTERM or SIGKILL."),
  grace: durationSchema
    .prefault("30s")
    .describe("How long a node may take to end before it is killed."),
});
type Params = z.infer<typeof params>;

/** Exit code after SIGKILL. */
const KILLED = 137;

export const brokerRoll = defineFault<Params>({
  kind: "broker.roll",
  summary: "restarts brokers one after another, carefully or too fast",
  params,
  needs: ({ how }) => (how === "kill" ? ["kill", "start"] : ["stop", "kill", "start"]),
  check(target, topology) {
    const clusters = topology.clusters.map(({ name }) => name);
    if (!clusters.includes(target.cluster)) {
      const message = `no cluster named "${target.cluster}"; the clusters are ${clusters.join(", ")}`;
      return [{ path: ["cluster"], message }];
    }
    const names = brokersOf(topology, target.cluster).map(({ name }) => name);
    return (target.brokers ?? []).flatMap((broker, at) =>
      names.includes(broker)
        ? []
        : [
            {
              path: ["brokers", at],
              message: `no broker of ${target.cluster} named "${broker}"; they are ${names.join(", ")}`,
            },
          ],
    );
  },
  reach: (target, topology) => ({
    fidelity: target.how === "kill" ? "crash" : "graceful",
    targets: orderOf(target, topology),
    affects: [`cluster:${target.cluster}`],
  }),
  async inject(target, context, live) {
    const nodes = orderOf(target, context.topology);
    for (const name of nodes) {
      context.heals.defer(`start ${name}`, () => restartNodes(context, [name]));
      context.expectDeath(name);
    }
    context.injecting();
    for (const [index, name] of nodes.entries()) {
      await takeDown(target, context, name);
      // The fault begins with the first node; the rest of the roll is its effect.
      if (index === 0) context.injected();
      if (target.how === "graceful") await awaitEnd(context, name, target.grace);
      note(live, name, (await context.runtime.exitCode(name)) ?? "still runs");
      await restartNodes(context, [name]);
      if (index < nodes.length - 1) await keepPace(target, context, name);
      context.signal.throwIfAborted();
    }
  },
  async prove(target, context, live) {
    const nodes = orderOf(target, context.topology);
    for (const name of nodes) proveOneEnded(target, live, name);
    const pace = target.pace === "isr-restored" ? "once in sync" : `${target.pace} ms apart`;
    const codes = nodes.map((name) => `${name} (${live.noted?.get(name)})`);
    return `ended and started again, ${pace}: ${codes.join(", ")}`;
  },
  async proveHealed(target, context) {
    const nodes = orderOf(target, context.topology);
    return `${await proveServing(context, nodes)}; ${await proveCaughtUp(context, nodes)}`;
  },
});

function orderOf(target: Params, topology: Topology): string[] {
  return target.brokers ?? brokersOf(topology, target.cluster).map(({ name }) => name);
}

async function takeDown(target: Params, context: FaultContext, name: string): Promise<void> {
  if (target.how === "graceful") return context.runtime.terminate(name);
  await showDead(context, [name], "refuse");
  await context.runtime.kill(name);
}

async function keepPace(target: Params, context: FaultContext, name: string): Promise<void> {
  if (target.pace !== "isr-restored") return delay(target.pace, context.signal);
  await proveServing(context, [name]);
  await proveCaughtUp(context, [name]);
}

function proveOneEnded(target: Params, live: LiveTargets, name: string): void {
  const code = live.noted?.get(name);
  const asMeant = target.how === "kill" ? code === KILLED : ENDED_BY_ITSELF.includes(Number(code));
  if (!asMeant) throw new Error(`${name} did not end as it was to (${target.how}): ${code}`);
}
