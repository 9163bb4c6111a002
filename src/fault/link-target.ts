/** How a step names links: two regions, and which direction. Shared by the link faults. */
import { z } from "zod";
import type { Topology } from "../topology/types.ts";

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

/** A node of the region that clients can connect to, for probes. */
export function firstBroker(topology: Topology, region: string): string {
  const node = topology.nodes.find(
    (candidate) => candidate.region === region && candidate.clientPort !== null,
  );
  if (!node) throw new Error(`region ${region} has no broker to probe`);
  return node.name;
}
