/**
 * `link.partition` cuts a link between two regions, in one direction or both.
 *
 * Three manners, because they differ in what clients learn: `refuse` closes and refuses at once
 * (clients fail fast, recovery looks too good), `stall` accepts and never answers, `blackhole`
 * drops packets (closest to a lost WAN; connections resume after the heal). A direction is that of
 * opening connections: cutting east→west leaves what west opened to east.
 */
import { z } from "zod";
import { defineFault, LINK_FIDELITY } from "./fault.ts";
import {
  linkProblems,
  linksOf,
  linkTargetParams,
  probeAcross,
  proveMended,
} from "./link-target.ts";
import { SHOWS_AS } from "./node-acts.ts";

const params = z.strictObject({
  ...linkTargetParams,
  mode: z.enum(["refuse", "stall", "blackhole"]).default("blackhole"),
});
type Params = z.infer<typeof params>;

export const linkPartition = defineFault<Params>({
  kind: "link.partition",
  summary: "cuts a link between two regions (refuse, stall or blackhole)",
  params,
  needs: ({ mode }) => [`link.${mode}`],
  check: linkProblems,
  reach: (target) => ({
    fidelity: LINK_FIDELITY[target.mode],
    targets: linksOf(target).map(({ from, to }) => `${from}->${to}`),
    affects: linksOf(target).map(({ from, to }) => `${from}->${to}`),
  }),
  async inject(target, context) {
    const links = linksOf(target).map(({ from, to }) => context.runtime.link(from, to));
    for (const link of links) {
      context.heals.defer(`mend ${link.from}->${link.to}`, () => link.mend());
    }
    context.injecting();
    await Promise.all(links.map((link) => link.cut(target.mode)));
    context.injected();
  },
  async prove(target, context) {
    const outcomes = await probeAcross(target, context);
    for (const { from, to, outcome } of outcomes) {
      if (!SHOWS_AS[target.mode].includes(outcome)) {
        throw new Error(`a probe ${from}->${to} met "${outcome}", expected ${target.mode}`);
      }
    }
    return outcomes
      .map(({ from, to, outcome }) => `probe ${from}->${to} met "${outcome}"`)
      .join("; ");
  },
  proveHealed: proveMended,
});
