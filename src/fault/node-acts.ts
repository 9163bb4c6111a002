/**
 * Acts on Kafka nodes that several faults share, with the proofs that they happened: kill and
 * restart, pause and resume, and what other regions see meanwhile.
 */
import { poll } from "../kernel/clock.ts";
import type { DeadView, LinkMode } from "../runtime/runtime.ts";
import type { Topology } from "../topology/types.ts";
import type { FaultContext, ProbeOutcome, RemoteView } from "./fault.ts";

const PROBE_TIMEOUT_MS = 1500;

const VIEW: Record<DeadView, RemoteView> = {
  refuse: "refused",
  blackhole: "blackholed",
};

/** What a probe may meet when a node is shown dead in the given manner. */
export const SHOWS_AS: Record<LinkMode, readonly ProbeOutcome[]> = {
  refuse: ["refused"],
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
  as: DeadView,
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
  as: DeadView,
): Promise<void> {
  for (const name of names) context.expectDeath(name);
  context.injecting();
  // First, so that no caller from afar ever meets the address of a node that is no more.
  await showDead(context, names, as);
  await Promise.all(names.map((name) => context.runtime.kill(name)));
  context.injected();
}

const ENDED_EVERY_MS = 50;
/** Of a JVM that was asked to end: its own word, or the signal's. */
export const ENDED_BY_ITSELF: readonly number[] = [0, 143];

/**
 * Asks the nodes to end, together, and waits for them; one that is late is killed. The act is the
 * asking: what follows takes the node's own time.
 */
export async function stopNodes(
  context: FaultContext,
  names: string[],
  graceMs: number,
): Promise<void> {
  for (const name of names) context.expectDeath(name);
  context.injecting();
  await Promise.all(names.map((name) => context.runtime.terminate(name)));
  context.injected();
  throwFirst(await Promise.allSettled(names.map((name) => awaitEnd(context, name, graceMs))));
}

/** Waits for the end of a node that was asked to end, kills it when it is late, shows it dead. */
export async function awaitEnd(
  context: FaultContext,
  name: string,
  graceMs: number,
): Promise<void> {
  const gone = await poll(
    async () => (await context.runtime.exitCode(name)) !== null || undefined,
    { everyMs: ENDED_EVERY_MS, withinMs: graceMs, signal: context.signal },
  );
  context.signal.throwIfAborted();
  if (!gone) await context.runtime.kill(name);
  await showDead(context, [name], "refuse");
}

/** Every node ended by itself: none was killed, none still runs. */
export async function proveEnded(context: FaultContext, names: string[]): Promise<string> {
  const codes: string[] = [];
  for (const name of names) {
    const code = await context.runtime.exitCode(name);
    if (code === null) throw new Error(`${name} still runs`);
    if (!ENDED_BY_ITSELF.includes(code)) {
      throw new Error(`${name} did not end by itself: exit code ${code}`);
    }
    codes.push(`${name} ended by itself (${code})`);
  }
  return codes.join(", ");
}

/** Starts all, shows all alive, and only then tells of one that did not start. */
export async function restartNodes(context: FaultContext, names: string[]): Promise<void> {
  const restarts = await Promise.allSettled(names.map((name) => context.runtime.restart(name)));
  await showAlive(context, names);
  throwFirst(restarts);
}

export async function resumeNodes(context: FaultContext, names: string[]): Promise<void> {
  throwFirst(await Promise.allSettled(names.map((name) => context.runtime.resume(name))));
}

/** Every heal is tried before the first that failed is told. */
export function throwFirst(outcomes: PromiseSettledResult<unknown>[]): void {
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** The engine says the processes are gone, and a probe from each other region meets what was set. */
export async function proveDead(
  context: FaultContext,
  names: string[],
  as: DeadView = "refuse",
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
  as: DeadView,
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

/** What a frozen node may meet a caller with: its kernel accepts while its backlog has room. */
const SILENT: readonly ProbeOutcome[] = ["connected-silent", "timeout"];

/** A frozen broker: it is there, and does not answer within the probe's time. */
export async function proveSilent(context: FaultContext, names: string[]): Promise<string> {
  for (const name of names) {
    const region = proberRegion(context, regionOf(context.topology, name));
    const outcome = await context.observer.probe(region, name, PROBE_TIMEOUT_MS);
    if (!SILENT.includes(outcome)) {
      throw new Error(`a probe from ${region} to ${name} met "${outcome}", expected silence`);
    }
  }
  return `${names.join(", ")} did not answer a probe within ${PROBE_TIMEOUT_MS} ms`;
}

/** Every node answers the Kafka protocol again: in its own region, or where an agent is left. */
export async function proveServing(context: FaultContext, names: string[]): Promise<string> {
  for (const name of names) {
    const region = proberRegion(context, regionOf(context.topology, name));
    const answered = await poll(
      async () =>
        (await context.observer.probe(region, name, PROBE_TIMEOUT_MS)) === "answered" || undefined,
      { everyMs: 100, withinMs: context.healedWithinMs },
    );
    if (!answered) throw new Error(`${name} did not answer within ${context.healedWithinMs} ms`);
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
