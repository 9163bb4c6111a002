/**
 * Acts on Kafka nodes that several faults share, with the proofs that they happened: kill and
 * restart, pause and resume, and what other regions see meanwhile.
 */
import { poll } from "../kernel/clock.ts";
import type { LinkMode } from "../runtime/runtime.ts";
import type { Topology } from "../topology/types.ts";
import type { FaultContext, ProbeOutcome, RemoteView } from "./fault.ts";

const PROBE_TIMEOUT_MS = 1500;
const RESTART_WITHIN_MS = 90_000;

const VIEW: Record<LinkMode, RemoteView> = {
  refuse: "refused",
  stall: "stalled",
  blackhole: "blackholed",
};

/** What a probe may meet when a node is shown dead in the given manner. */
export const SHOWS_AS: Record<LinkMode, readonly ProbeOutcome[]> = {
  refuse: ["refused", "reset"],
  stall: ["connected-silent"],
  blackhole: ["timeout"],
};

function regionOf(topology: Topology, name: string): string {
  const node = topology.nodes.find((candidate) => candidate.name === name);
  return node?.region ?? "";
}

/** Nodes by region, and every other region that can see them. */
function byRegion(topology: Topology, names: string[]) {
  return topology.regions
    .map(({ name }) => ({
      region: name,
      nodes: names.filter((node) => regionOf(topology, node) === name),
      watchers: topology.regions.filter((other) => other.name !== name).map((other) => other.name),
    }))
    .filter(({ nodes }) => nodes.length > 0);
}

/** Sets what other regions see of dead nodes, before the nodes die. */
export async function showDead(
  context: FaultContext,
  names: string[],
  as: LinkMode,
): Promise<void> {
  for (const { region, nodes, watchers } of byRegion(context.topology, names)) {
    await Promise.all(
      watchers.map((from) => context.runtime.link(from, region).showDead(nodes, as)),
    );
  }
}

async function showAlive(context: FaultContext, names: string[]): Promise<void> {
  for (const { region, nodes, watchers } of byRegion(context.topology, names)) {
    await Promise.all(watchers.map((from) => context.runtime.link(from, region).showAlive(nodes)));
  }
}

/** Kills the nodes together. The gateways show them dead from a moment before. */
export async function killNodes(
  context: FaultContext,
  names: string[],
  as: LinkMode,
): Promise<void> {
  for (const name of names) context.expectDeath(name);
  context.injecting();
  // First, so that no caller from afar ever meets the address of a node that is no more.
  await showDead(context, names, as);
  await Promise.all(names.map((name) => context.runtime.kill(name)));
  context.injected();
}

export async function restartNodes(context: FaultContext, names: string[]): Promise<void> {
  await Promise.all(names.map((name) => context.runtime.restart(name)));
  await showAlive(context, names);
}

export async function resumeNodes(context: FaultContext, names: string[]): Promise<void> {
  await Promise.all(names.map((name) => context.runtime.resume(name)));
}

/** The engine says the processes are gone, and a probe from each other region meets what was set. */
export async function proveDead(
  context: FaultContext,
  names: string[],
  as: LinkMode = "refuse",
): Promise<string> {
  for (const name of names) {
    if (await context.runtime.isRunning(name)) throw new Error(`${name} still runs after the kill`);
  }
  const seen = await proveRemoteView(context, names, as);
  return `the engine reports ${names.join(", ")} dead${seen}`;
}

/** Probes one dead node of each region from every other region that still has an agent. */
export async function proveRemoteView(
  context: FaultContext,
  names: string[],
  as: LinkMode,
): Promise<string> {
  const sentences: string[] = [];
  for (const { region, nodes, watchers } of byRegion(context.topology, names)) {
    for (const from of watchers.filter((name) => context.agentsIn(name).length > 0)) {
      const outcome = await context.observer.probe(from, nodes[0] as string, PROBE_TIMEOUT_MS);
      if (!SHOWS_AS[as].includes(outcome)) {
        throw new Error(`a probe from ${from} to ${nodes[0]} met "${outcome}", expected ${as}`);
      }
      context.remoteView(region, from, VIEW[as], `probe of ${nodes[0]} met "${outcome}"`);
      sentences.push(`; a probe from ${from} met "${outcome}"`);
    }
  }
  return sentences.join("");
}

/** A frozen broker: it runs, and does not answer within the probe's time. */
export async function proveSilent(context: FaultContext, names: string[]): Promise<string> {
  for (const name of names) {
    const region = proberRegion(context, regionOf(context.topology, name));
    const outcome = await context.observer.probe(region, name, PROBE_TIMEOUT_MS);
    if (outcome === "answered") throw new Error(`${name} still answers after the pause`);
  }
  return `${names.join(", ")} did not answer a probe within ${PROBE_TIMEOUT_MS} ms`;
}

/** Every node answers the Kafka protocol again, from its own region and from the others. */
export async function proveServing(context: FaultContext, names: string[]): Promise<string> {
  for (const name of names) {
    const region = proberRegion(context, regionOf(context.topology, name));
    const answered = await poll(
      async () =>
        (await context.observer.probe(region, name, PROBE_TIMEOUT_MS)) === "answered" || undefined,
      { everyMs: 100, withinMs: RESTART_WITHIN_MS },
    );
    if (!answered) throw new Error(`${name} did not answer within ${RESTART_WITHIN_MS} ms`);
  }
  return `${names.join(", ")} answered ApiVersions again`;
}

/** The node's own region when it still has an agent, else any region that has one. */
function proberRegion(context: FaultContext, preferred: string): string {
  const regions = [preferred, ...context.topology.regions.map(({ name }) => name)];
  const found = regions.find((region) => context.agentsIn(region).length > 0);
  if (found === undefined) throw new Error("no agent is left to probe with");
  return found;
}
