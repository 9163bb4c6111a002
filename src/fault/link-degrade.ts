/**
 * `link.degrade` makes a link slower: latency, jitter, bandwidth. On heal the planned quality
 * comes back.
 *
 * Toxiproxy works on TCP streams, so there is no packet loss here, and the TCP handshake itself is
 * not delayed. Latency is the round trip it adds to the planned one; half is added each way.
 */
import { z } from "zod";
import { durationSchema, sizeRateSchema } from "../kernel/schema-units.ts";
import { formatBytes } from "../kernel/units.ts";
import type { LinkQuality } from "../runtime/runtime.ts";
import { defineFault, type FaultContext } from "./fault.ts";
import { brokerToProbe, linkProblems, linksOf, linkTargetParams } from "./link-target.ts";

const params = z.strictObject({
  ...linkTargetParams,
  latency: durationSchema.optional(),
  jitter: durationSchema.optional(),
  bandwidth: sizeRateSchema.optional(),
});
type Params = z.infer<typeof params>;

export const linkDegrade = defineFault<Params>({
  kind: "link.degrade",
  summary: "adds latency, jitter or a bandwidth limit to a link",
  params,
  needs: () => ["link.degrade"],
  check(target, topology) {
    const problems = linkProblems(target, topology);
    if (
      target.latency === undefined &&
      target.jitter === undefined &&
      target.bandwidth === undefined
    ) {
      problems.push({ path: [], message: "give `latency`, `jitter` or `bandwidth`" });
    }
    return problems;
  },
  reach: (target) => ({
    fidelity: "degrade",
    targets: linksOf(target).map(({ from, to }) => `${from}->${to}`),
    affects: linksOf(target).map(({ from, to }) => `${from}->${to}`),
  }),
  async inject(target, context) {
    const links = linksOf(target).map((link) => ({
      control: context.runtime.link(link.from, link.to),
      wanted: degraded(target, plannedOf(context, link)),
    }));
    for (const { control } of links) {
      const name = `restore ${control.from}->${control.to}`;
      context.heals.defer(name, () => control.restoreQuality());
    }
    context.injecting();
    await Promise.all(links.map(({ control, wanted }) => control.degrade(wanted)));
    context.injected();
  },
  async prove(target, context) {
    const told: string[] = [];
    for (const link of linksOf(target)) told.push(await proveLink(target, link, context));
    return told.join("; ");
  },
  async proveHealed(target, context) {
    for (const link of linksOf(target)) {
      await requestAcross(link, context);
      proveRestored(link, await context.runtime.link(link.from, link.to).quality(), context);
    }
    return "probes across the link are answered, its gateway reports the planned quality";
  },
});

type Direction = ReturnType<typeof linksOf>[number];

/** A gateway counts whole milliseconds each way, and kB a second. */
const COARSE_MS = 1;
const COARSE_BYTES = 1000;

function plannedOf(context: FaultContext, { from, to }: Direction): LinkQuality {
  const planned = context.topology.links.find((link) => link.from === from && link.to === to);
  if (!planned) throw new Error(`the topology has no link ${from}->${to}`);
  return planned;
}

/** Never faster than planned: delays add up, and the tighter limit holds. */
function degraded(target: Params, planned: LinkQuality): LinkQuality {
  const limits = [target.bandwidth ?? null, planned.bandwidthBytesPerSecond];
  const tightest = Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  return {
    latencyMs: planned.latencyMs + (target.latency ?? 0),
    jitterMs: planned.jitterMs + (target.jitter ?? 0),
    bandwidthBytesPerSecond: Number.isFinite(tightest) ? tightest : null,
  };
}

/**
 * A request and its answer must take at least the latency of the link, less its jitter. One request
 * shows neither jitter nor a limit of bandwidth: for those the gateway's own report is the proof.
 */
async function proveLink(target: Params, link: Direction, context: FaultContext): Promise<string> {
  const name = `${link.from}->${link.to}`;
  const wanted = degraded(target, plannedOf(context, link));
  const tookMs = await requestAcross(link, context);
  const leastMs = wanted.latencyMs - wanted.jitterMs;
  if (tookMs < leastMs - COARSE_MS) {
    throw new Error(`a request ${name} took ${tookMs.toFixed(0)} ms, expected ≥ ${leastMs} ms`);
  }
  const reported = await context.runtime.link(link.from, link.to).quality();
  if (Math.abs(reported.jitterMs - wanted.jitterMs) > COARSE_MS || !sameLimit(reported, wanted)) {
    throw new Error(`gateway ${name} does not report the jitter and bandwidth asked for`);
  }
  const told = [`a request ${name} took ${tookMs.toFixed(0)} ms`];
  if (target.bandwidth !== undefined && reported.bandwidthBytesPerSecond !== null) {
    told.push(`gateway ${name} limits to ${formatBytes(reported.bandwidthBytesPerSecond)}/s`);
  }
  return told.join("; ");
}

function proveRestored(link: Direction, reported: LinkQuality, context: FaultContext): void {
  const gateway = `gateway ${link.from}->${link.to}`;
  const planned = plannedOf(context, link);
  if (Math.abs(reported.latencyMs - planned.latencyMs) > COARSE_MS) {
    const found = `${gateway} adds ${reported.latencyMs} ms`;
    throw new Error(`${found}, ${planned.latencyMs} ms were planned`);
  }
  if (Math.abs(reported.jitterMs - planned.jitterMs) > COARSE_MS || !sameLimit(reported, planned)) {
    throw new Error(`${gateway} does not report the planned jitter and bandwidth`);
  }
}

function sameLimit(one: LinkQuality, other: LinkQuality): boolean {
  const [a, b] = [one.bandwidthBytesPerSecond, other.bandwidthBytesPerSecond];
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= COARSE_BYTES;
}

async function requestAcross({ from, to }: Direction, context: FaultContext): Promise<number> {
  const node = await brokerToProbe(context, to);
  const { outcome, tookMs } = await context.observer.roundTrip(from, node, 30_000);
  if (outcome !== "answered") throw new Error(`a probe ${from}->${to} met "${outcome}"`);
  return tookMs;
}
