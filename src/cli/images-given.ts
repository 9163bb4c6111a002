/** `--image name=reference`, and runs that need an image nobody gave. */
import type { Plan } from "../experiment/plan.ts";
import { History } from "../history/history-writer.ts";
import { type RunPaths, sha256Of } from "../history/run-folder.ts";
import { wallTime } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import { giveImage, givenImage, imageVariable } from "../kernel/given-images.ts";

/** An option that may be given several times; the environment is where all commands look. */
export function takeImage(text: string): string {
  const [, name, reference] = /^([a-z][a-z0-9-]*)=(\S+)$/.exec(text) ?? [];
  if (name === undefined || reference === undefined) {
    throw new DrillError("E_USAGE", `--image: expected name=reference, got "${text}"`);
  }
  giveImage(name, reference);
  return text;
}

/** Why a plan cannot be run with the images that were given; undefined when it can. */
export function imagesLacking({ topology }: Pick<Plan, "topology">): string | undefined {
  const wanted = new Set(topology.clusters.flatMap(({ image }) => image ?? []));
  const absent = [...wanted].filter((name) => givenImage(name) === undefined);
  if (absent.length === 0) return undefined;
  const how = absent.map((name) => `--image ${name}=… or ${imageVariable(name)}`).join(", ");
  return `it needs the image ${absent.join(", ")}, which is not part of Blackstart: give ${how}`;
}

/** The history of a run that was not begun; the judge makes *not run* of it, never a pass. */
export function recordNotRun(paths: RunPaths, plan: Plan, tool: string, reason: string): void {
  const history = History.open(paths.history);
  try {
    const planSha256 = sha256Of(paths.plan);
    history.record({ type: "run.started", run: plan.run, wall: wallTime(), tool, planSha256 });
    history.record({ type: "run.ended", outcome: "not-run", reason });
  } finally {
    history.close();
  }
}
