/**
 * `link.bandwidth` limits how many bytes a second a link carries, each way. On heal the planned limit
 * comes back.
 *
 * Toxiproxy holds each TCP connection to the limit, not the link as a whole: ten connections carry
 * ten times as much. The proof is a transfer across the link that takes as long as the limit says.
 */
import { z } from "zod";
import { sizeRateSchema } from "../kernel/schema-units.ts";
import { formatBytes } from "../kernel/units.ts";
import { defineFault, type FaultContext } from "./fault.ts";
import {
  brokerToProbe,
  type Direction,
  degradeLinks,
  linkProblems,
  linksOf,
  linkTargetParams,
  plannedOf,
  proveQualityRestored,
  sameLimit,
  tightest,
} from "./link-target.ts";

const params = z.strictObject({
  ...linkTargetParams,
  limit: sizeRateSchema.describe("Bytes a second of each connection, each way."),
});
type Params = z.infer<typeof params>;

/** Below this a broker's smallest answers take so long that clients give up on it. */
const LIMIT_LEAST = 1000;
/** A transfer long enough to be told from no limit, and short enough to wait for. */
const TRANSFER_MS = 500;
const TRANSFER_BYTES = { least: 4000, most: 1_000_000 };
/** Toxiproxy lets a chunk pass in steps of 100 ms, and counts kB. */
const COARSE_SHARE = 0.2;

export const linkBandwidth = defineFault<Params>({
  kind: "link.bandwidth",
  summary: "limits the bytes a second that a link carries, each way",
  params,
  needs: () => ["link.degrade"],
  check(target, topology) {
    const problems = linkProblems(target, topology);
    if (target.limit < LIMIT_LEAST) {
      problems.push({ path: ["limit"], message: "expected at least 1kB/s" });
    }
    return problems;
  },
  reach: (target) => ({
    fidelity: "degrade",
    targets: linksOf(target).map(({ from, to }) => `${from}->${to}`),
    affects: linksOf(target).map(({ from, to }) => `${from}->${to}`),
  }),
  inject: (target, context) =>
    degradeLinks(target, context, (planned) => ({
      latencyMs: planned.latencyMs,
      jitterMs: planned.jitterMs,
      bandwidthBytesPerSecond: limitOf(target, planned.bandwidthBytesPerSecond),
    })),
  async prove(target, context) {
    const told: string[] = [];
    for (const link of linksOf(target)) told.push(await proveLimit(target, link, context));
    return told.join("; ");
  },
  proveHealed: proveQualityRestored,
});

/** Never faster than planned. */
function limitOf(target: Params, planned: number | null): number {
  return tightest(target.limit, planned) ?? target.limit;
}

async function proveLimit(target: Params, link: Direction, context: FaultContext): Promise<string> {
  const name = `${link.from}->${link.to}`;
  const planned = plannedOf(context, link);
  const limit = limitOf(target, planned.bandwidthBytesPerSecond);
  const reported = await context.runtime.link(link.from, link.to).quality();
  if (!sameLimit(reported, { ...planned, bandwidthBytesPerSecond: limit })) {
    throw new Error(`gateway ${name} does not report a limit of ${formatBytes(limit)}/s`);
  }
  const { least, most } = TRANSFER_BYTES;
  const bytes = Math.min(most, Math.max(least, (limit * TRANSFER_MS) / 1000));
  const node = await brokerToProbe(context, link.to);
  const { bytesEachWay, tookMs } = await context.observer.transfer(link.from, node, bytes);
  const leastMs = ((2 * bytesEachWay) / limit) * 1000 * (1 - COARSE_SHARE);
  const told = `${formatBytes(bytesEachWay)} to ${node} and back took ${tookMs.toFixed(0)} ms`;
  if (tookMs < leastMs) throw new Error(`${told}, expected ≥ ${leastMs.toFixed(0)} ms`);
  return `gateway ${name} limits to ${formatBytes(limit)}/s; ${told}`;
}
