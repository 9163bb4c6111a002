/**
 * `link.degrade` makes a link slower: latency, jitter, bandwidth. On heal the planned quality
 * comes back.
 *
 * Toxiproxy works on TCP streams, so there is no packet loss here, and the TCP handshake itself is
 * not delayed. Latency is the round trip it adds; half is added each way.
 */
import { z } from "zod";
import { durationSchema, sizeRateSchema } from "../kernel/schema-units.ts";
import { defineFault, type FaultContext } from "./fault.ts";
import { firstBroker, linkProblems, linksOf, linkTargetParams } from "./link-target.ts";

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
    const links = linksOf(target).map(({ from, to }) => context.runtime.link(from, to));
    for (const link of links) {
      context.heals.defer(`restore ${link.from}->${link.to}`, () => link.restoreQuality());
    }
    context.injecting();
    await Promise.all(links.map((link) => link.degrade(qualityOf(target))));
    context.injected();
  },
  async prove(target, context) {
    const told: string[] = [];
    for (const { from, to } of linksOf(target)) {
      told.push(await proveLink(target, from, to, context));
    }
    return told.join("; ");
  },
  async proveHealed(target, context) {
    for (const { from, to } of linksOf(target)) {
      const outcome = await context.observer.probe(from, firstBroker(context.topology, to), 5000);
      if (outcome !== "answered") throw new Error(`a probe ${from}->${to} met "${outcome}"`);
    }
    return "probes across the link are answered, toxics are as planned";
  },
});

function qualityOf(target: Params) {
  return {
    latencyMs: target.latency ?? 0,
    jitterMs: target.jitter ?? 0,
    bandwidthBytesPerSecond: target.bandwidth ?? null,
  };
}

/** A request and its answer must take at least the latency, less the jitter, that was added. */
async function proveLink(target: Params, from: string, to: string, context: FaultContext) {
  const node = firstBroker(context.topology, to);
  const started = performance.now();
  const outcome = await context.observer.probe(from, node, 30_000);
  const tookMs = performance.now() - started;
  if (outcome !== "answered") throw new Error(`a probe ${from}->${to} met "${outcome}"`);
  const leastMs = (target.latency ?? 0) - (target.jitter ?? 0);
  if (tookMs < leastMs) {
    throw new Error(`a probe ${from}->${to} took ${tookMs.toFixed(0)} ms, expected ≥ ${leastMs}`);
  }
  return `a request ${from}->${to} took ${tookMs.toFixed(0)} ms`;
}
