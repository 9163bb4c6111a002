/** How a step names links: two regions, and which direction. Shared by the link faults. */
import { z } from "zod";
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
 * the link and not from another fault's victim.
 */
export async function brokerToProbe(context: FaultContext, region: string): Promise<string> {
  const names = context.topology.nodes
    .filter((node) => node.region === region && node.clientPort !== null)
    .map(({ name }) => name);
  for (const name of names) {
    if (await context.runtime.isRunning(name)) return name;
  }
  const [first] = names;
  if (first === undefined) throw new Error(`region ${region} has no broker to probe`);
  return first;
}
