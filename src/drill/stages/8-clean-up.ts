/**
 * Stage 8, whatever happened before: heals, the agents close their journals, logs are kept, and
 * everything of the run is removed; of a world that other runs may use, what was this run's own.
 */
import { join } from "node:path";
import { readHistory } from "../../history/history-reader.ts";
import { messageOf } from "../../kernel/errors.ts";
import { healOpen } from "../heal-open.ts";
import { keepLogs } from "../kept-logs.ts";
import {
  type DrillOutcome,
  operatingError,
  type RunContext,
  recordOrFail,
} from "../run-context.ts";
import { whyNotReusable } from "../world-fitness.ts";

export interface CleanUp {
  /** Leave the containers as they are, for exploring. */
  keep: boolean;
  /** The world is not this run's to remove. */
  shared: boolean;
}

export async function cleanUp(
  context: RunContext,
  outcome: DrillOutcome,
  { keep, shared }: CleanUp,
): Promise<DrillOutcome> {
  const { runtime, progress, agents, world } = context;
  for (const name of context.plan.topology.nodes) context.expected.add(name.name);
  for (const { name } of agents.all()) context.expected.add(name);
  for (const { name } of context.plan.topology.replications) context.expected.add(name);
  await healOpen(context);
  const failures = await context.heals.healAll();
  for (const { name, reason } of failures) progress.note(`heal FAILED: ${name}: ${reason}`);
  await agents.sayBye();
  await keepLogs(context, everyName(context));
  if (shared) judgeWorld(context, outcome);
  const ended = endHistory(context, outcome);
  for (const end of context.unlisten) end();
  if (keep) {
    runtime.detach();
    progress.note(`containers kept; \`blackstart sweep --run ${world.id}\` removes them`);
    return ended;
  }
  if (shared) {
    world.leave();
    return ended;
  }
  try {
    await world.close();
  } catch (error) {
    progress.note(`clean-up failed: ${messageOf(error)}; run \`blackstart sweep\``);
  }
  return ended;
}

/** Whether another run may use the world: from what this one wrote down, while it still writes. */
function judgeWorld(context: RunContext, { outcome }: DrillOutcome): void {
  const { world, progress, folder } = context;
  const { events } = readHistory(join(folder, "history.ndjson"));
  const reason =
    outcome === "completed" ? whyNotReusable(events) : `run ${context.plan.run} was ${outcome}`;
  if (reason === null) return;
  world.spoil(reason);
  recordOrFail(context, { type: "world.spoiled", reason });
  progress.note(`world ${world.id} is not used again: ${reason}`);
}

/** The last event. A history that cannot end fails the run; the clean-up goes on. */
function endHistory({ history, monitor }: RunContext, outcome: DrillOutcome): DrillOutcome {
  let ended = outcome;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!ended.error) ended = { outcome: "failed", error: operatingError(error) };
    }
  };
  attempt(() => monitor.flush());
  attempt(() =>
    history.record({
      type: "run.ended",
      outcome: outcome.outcome,
      ...(outcome.error ? { code: outcome.error.code, reason: outcome.error.message } : {}),
    }),
  );
  attempt(() => history.close());
  return ended;
}

function everyName({ plan, agents }: RunContext): string[] {
  const { nodes, replications } = plan.topology;
  return [...nodes, ...replications, ...agents.all()].map(({ name }) => name);
}
