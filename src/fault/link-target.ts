/** How a step names links: two regions, and which direction. Shared by the link faults. */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import type { LinkQuality } from "../runtime/runtime.ts";
import type { Topology } from "../topology/types.ts";
import type { FaultContext } from "./fault.ts";

export const linkTargetParams = {
  between: z.tuple([z.string(), z.string()]).describe("The two regions, e.g. [east, west]."),
  direction: z
    .enum(["both", "forward", "backward"])
    .default("both")
    .describe("forward: connections opened from the first region to the second."),
};

export interface LinkTarget {
  between: [string, string];
  direction: "both" | "forward" | "backward";
}

export function linksOf({ between: [a, b], direction }: LinkTarget) {
  const forward = { from: a, to: b };
  const backward = { from: b, to: a };
  if (direction === "forward") return [forward];
  if (direction === "backward") return [backward];
  return [forward, backward];
}

export function linkProblems(target: LinkTarget, topology: Topology) {
  const names = topology.regions.map(({ name }) => name);
  const problems: { path: (string | number)[]; message: string }[] = [];
  target.between.forEach((region, at) => {
    if (!names.includes(region)) {
      problems.push({
        path: ["between", at],
        message: `no region named "${region}"; the regions are ${names.join(", ")}`,
      });
    }
  });
  if (target.between[0] === target.between[1]) {
    problems.push({ path: ["between"], message: "a link needs two different regions" });
  }
  return problems;
}

/** How long a mended link may take to carry answers again: it depends on nobody's start. */
const MENDED_WITHIN_MS = 15_000;

export function mendedWithinMs(context: FaultContext): number {
  return Math.min(MENDED_WITHIN_MS, context.healedWithinMs);
}

/**
 * A broker of the region to probe, one that runs if there is any: what a probe meets is to come from
 * the link and not from another fault's victim. One of a cold cluster, which may not be there yet,
 * only where the region has no other.
 */
export async function brokerToProbe(context: FaultContext, region: string): Promise<string> {
  const { nodes, clusters } = context.topology;
  const cold = clusters.filter((cluster) => cluster.cold).map(({ name }) => name);
  const brokers = nodes.filter((node) => node.region === region && node.clientPort !== null);
  const warm = brokers.filter(({ cluster }) => !cold.includes(cluster));
  const names = (warm.length > 0 ? warm : brokers).map(({ name }) => name);
  for (const name of names) {
    if (await context.runtime.isRunning(name)) return name;
  }
  const [first] = names;
  if (first === undefined) throw new Error(`region ${region} has no broker to probe`);
  return first;
}

export type Direction = ReturnType<typeof linksOf>[number];

const PROBE_TIMEOUT_MS = 1500;

/** What a probe across each of the links meets now. */
export async function probeAcross(
  target: LinkTarget,
  context: FaultContext,
  timeoutMs = PROBE_TIMEOUT_MS,
) {
  return Promise.all(
    linksOf(target).map(async ({ from, to }) => ({
      from,
      to,
      outcome: await context.observer.probe(from, await brokerToProbe(context, to), timeoutMs),
    })),
  );
}

/** Probes across every link until all are answered; throws when they are not in time. */
export async function proveMended(target: LinkTarget, context: FaultContext): Promise<string> {
  const healed = await poll(
    async () =>
      (await probeAcross(target, context)).every(({ outcome }) => outcome === "answered") ||
      undefined,
    { everyMs: 200, withinMs: mendedWithinMs(context) },
  );
  if (!healed) throw new Error("probes across the link are still not answered");
  return "probes across the link are answered again";
}

/** A gateway counts whole milliseconds each way, and kB a second. */
export const COARSE_MS = 1;
const COARSE_BYTES = 1000;

export function plannedOf(context: FaultContext, { from, to }: Direction): LinkQuality {
  const planned = context.topology.links.find((link) => link.from === from && link.to === to);
  if (!planned) throw new Error(`the topology has no link ${from}->${to}`);
  return planned;
}

/** Arms the undo of every link, then makes each as slow as `wanted` says. */
export async function degradeLinks(
  target: LinkTarget,
  context: FaultContext,
  wanted: (planned: LinkQuality) => LinkQuality,
): Promise<void> {
  const links = linksOf(target).map((link) => ({
    control: context.runtime.link(link.from, link.to),
    quality: wanted(plannedOf(context, link)),
  }));
  for (const { control } of links) {
    const name = `restore ${control.from}->${control.to}`;
    context.heals.defer(name, () => control.restoreQuality());
  }
  context.injecting();
  await Promise.all(links.map(({ control, quality }) => control.degrade(quality)));
  context.injected();
}

/** The tighter of two limits; null is none. */
export function tightest(...limits: (number | null | undefined)[]): number | null {
  const least = Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(least) ? least : null;
}

export function sameLimit(one: LinkQuality, other: LinkQuality): boolean {
  const [a, b] = [one.bandwidthBytesPerSecond, other.bandwidthBytesPerSecond];
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= COARSE_BYTES;
}

/** A request that was answered across the link; how long it took, ms. */
export async function requestAcross(link: Direction, context: FaultContext): Promise<number> {
  const { from, to } = link;
  const node = await brokerToProbe(context, to);
  const { outcome, tookMs } = await context.observer.roundTrip(from, node, 30_000);
  if (outcome !== "answered") throw new Error(`a probe ${from}->${to} met "${outcome}"`);
  return tookMs;
}

/** Requests cross every link, and its gateway reports what was planned. */
export async function proveQualityRestored(
  target: LinkTarget,
  context: FaultContext,
): Promise<string> {
  for (const link of linksOf(target)) {
    await requestAcross(link, context);
    const reported = await context.runtime.link(link.from, link.to).quality();
    const gateway = `gateway ${link.from}->${link.to}`;
    const planned = plannedOf(context, link);
    if (Math.abs(reported.latencyMs - planned.latencyMs) > COARSE_MS) {
      const found = `${gateway} adds ${reported.latencyMs} ms`;
      throw new Error(`${found}, ${planned.latencyMs} ms were planned`);
    }
    if (
      Math.abs(reported.jitterMs - planned.jitterMs) > COARSE_MS ||
      !sameLimit(reported, planned)
    ) {
      throw new Error(`${gateway} does not report the planned jitter and bandwidth`);
    }
  }
  return "probes across the link are answered, its gateway reports the planned quality";
}
