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
import {
  COARSE_MS,
  type Direction,
  degradeLinks,
  linkProblems,
  linksOf,
  linkTargetParams,
  plannedOf,
  proveQualityRestored,
  requestAcross,
  sameLimit,
  tightest,
} from "./link-target.ts";

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
  inject: (target, context) =>
    degradeLinks(target, context, (planned) => degraded(target, planned)),
  async prove(target, context) {
    const told: string[] = [];
    for (const link of linksOf(target)) told.push(await proveLink(target, link, context));
    return told.join("; ");
  },
  proveHealed: proveQualityRestored,
});

/** Never faster than planned: delays add up, and the tighter limit holds. */
function degraded(target: Params, planned: LinkQuality): LinkQuality {
  return {
    latencyMs: planned.latencyMs + (target.latency ?? 0),
    jitterMs: planned.jitterMs + (target.jitter ?? 0),
    bandwidthBytesPerSecond: tightest(target.bandwidth, planned.bandwidthBytesPerSecond),
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
