/**
 * `region.shutdown` takes a whole region: its brokers, controllers, replication workers and client
 * agents.
 *
 * `kill` is SIGKILL to every process, and the gateways refuse for the dead region. An engine on a busy
 * machine takes a second over so many, so who stores and carries records dies before who sends them:
 * were the producers dead first, replication would catch up before the brokers are, and the loss would
 * look smaller than that of an instant. `graceful` asks nodes and workers to end (SIGTERM) and kills
 * what has not after 30 s, as an evacuation does, while clients are killed: nobody tells the
 * application; `pause` freezes every process, so others meet silence; `blackhole` leaves the processes
 * alive and drops every packet in and out, so the region goes on alone. Agents of the region are part
 * of it: their journals are on the host and keep what they had written.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import type { Capability } from "../runtime/runtime.ts";
import { defineFault, type FaultContext } from "./fault.ts";
import { brokerToProbe, mendedWithinMs } from "./link-target.ts";
import {
  proveDead,
  proveServing,
  restartNodes,
  resumeNodes,
  SHOWS_AS,
  showDead,
  throwFirst,
} from "./node-acts.ts";

const params = z.strictObject({
  region: z.string(),
  mode: z.enum(["kill", "graceful", "pause", "blackhole"]).default("kill"),
});
type Params = z.infer<typeof params>;

const FIDELITY = {
  kill: "crash",
  graceful: "graceful",
  pause: "pause",
  blackhole: "blackhole",
} as const;

const NEEDS: Record<Params["mode"], Capability[]> = {
  kill: ["kill", "start"],
  graceful: ["stop", "kill", "start"],
  pause: ["pause"],
  blackhole: ["link.blackhole"],
};

const GRACE_MS = 30_000;

export const regionShutdown = defineFault<Params>({
  kind: "region.shutdown",
  summary: "takes every broker, controller, replication worker and agent of a region",
  params,
  needs: ({ mode }) => NEEDS[mode],
  check(target, topology) {
    const names = topology.regions.map(({ name }) => name);
    if (names.includes(target.region)) return [];
    return [
      {
        path: ["region"],
        message: `no region named "${target.region}"; the regions are ${names.join(", ")}`,
      },
    ];
  },
  reach(target, topology) {
    const nodes = topology.nodes.filter(({ region }) => region === target.region);
    const workers = topology.replications.filter(({ region }) => region === target.region);
    return {
      fidelity: FIDELITY[target.mode],
      targets: [...nodes, ...workers].map(({ name }) => name),
      affects: [target.region, ...new Set(nodes.map(({ cluster }) => `cluster:${cluster}`))],
    };
  },
  async inject(target, context) {
    if (target.mode === "kill" || target.mode === "graceful") return injectEnd(target, context);
    if (target.mode === "pause") return injectPause(target, context);
    return injectBlackhole(target, context);
  },
  async prove(target, context) {
    const nodes = nodesOf(target, context);
    if (target.mode === "kill" || target.mode === "graceful") return proveDead(context, nodes);
    return proveUnreachable(target, context);
  },
  async proveHealed(target, context) {
    if (target.mode !== "blackhole") return proveServing(context, nodesOf(target, context));
    const healed = await poll(
      async () =>
        (await viewsOf(target, context)).every((o) => o.outcome === "answered") || undefined,
      { everyMs: 200, withinMs: mendedWithinMs(context) },
    );
    if (!healed) throw new Error(`region ${target.region} is still not reachable`);
    return `region ${target.region} answers probes from every other region`;
  },
});

function nodesOf(target: Params, context: FaultContext): string[] {
  return context.topology.nodes
    .filter(({ region }) => region === target.region)
    .map(({ name }) => name);
}

async function injectEnd(target: Params, context: FaultContext): Promise<void> {
  const nodes = nodesOf(target, context);
  const workers = context.workersIn(target.region);
  const agents = context.agentsIn(target.region);
  context.heals.defer(`start region ${target.region}`, async () => {
    // A worker may have been removed since, so that it carries nothing over; see `7-audit.ts`.
    const left = context.workersIn(target.region);
    throwFirst(
      await Promise.allSettled([
        restartNodes(context, nodes),
        ...left.map((worker) => context.runtime.restart(worker)),
      ]),
    );
  });
  for (const name of [...nodes, ...workers, ...agents]) context.expectDeath(name);
  context.injecting();
  if (target.mode === "kill") await showDead(context, nodes, "refuse");
  const end = (name: string) =>
    target.mode === "kill" ? context.runtime.kill(name) : context.runtime.stop(name, GRACE_MS);
  const servers = Promise.allSettled([...nodes, ...workers].map(end));
  // Who is asked to end in order takes its time, and clients do not wait for it.
  if (target.mode === "kill") await servers;
  const clients = await Promise.allSettled(agents.map((name) => context.runtime.kill(name)));
  throwFirst([...(await servers), ...clients]);
  // Who ends in order is reachable while it does, and is told so by nobody afterwards.
  if (target.mode === "graceful") await showDead(context, nodes, "refuse");
  context.injected();
}

async function injectPause(target: Params, context: FaultContext): Promise<void> {
  const nodes = nodesOf(target, context);
  const agents = context.agentsIn(target.region);
  const names = [...nodes, ...context.workersIn(target.region), ...agents];
  context.heals.defer(`resume region ${target.region}`, async () => {
    await resumeNodes(context, [...nodes, ...context.workersIn(target.region), ...agents]);
    context.setFrozen(agents, false);
  });
  context.setFrozen(agents, true);
  context.injecting();
  await Promise.all(names.map((name) => context.runtime.pause(name)));
  context.injected();
}

async function injectBlackhole(target: Params, context: FaultContext): Promise<void> {
  const links = context.topology.links
    .filter(({ from, to }) => from === target.region || to === target.region)
    .map(({ from, to }) => context.runtime.link(from, to));
  for (const link of links) {
    context.heals.defer(`mend ${link.from}->${link.to}`, () => link.mend());
  }
  context.injecting();
  await Promise.all(links.map((link) => link.cut("blackhole")));
  context.injected();
}

async function viewsOf(target: Params, context: FaultContext) {
  const node = await brokerToProbe(context, target.region);
  const watchers = context.topology.regions
    .map(({ name }) => name)
    .filter((name) => name !== target.region && context.agentsIn(name).length > 0);
  return Promise.all(
    watchers.map(async (from) => ({
      from,
      outcome: await context.observer.probe(from, node, 1500),
    })),
  );
}

async function proveUnreachable(target: Params, context: FaultContext): Promise<string> {
  const views = await viewsOf(target, context);
  if (views.length === 0) throw new Error("no other region is left to probe from");
  const wanted = target.mode === "pause" ? SHOWS_AS.stall : SHOWS_AS.blackhole;
  for (const { from, outcome } of views) {
    if (!wanted.includes(outcome)) throw new Error(`a probe from ${from} met "${outcome}"`);
    context.remoteView(
      target.region,
      from,
      target.mode === "pause" ? "stalled" : "blackholed",
      `probe met "${outcome}"`,
    );
  }
  return views.map(({ from, outcome }) => `a probe from ${from} met "${outcome}"`).join("; ");
}
