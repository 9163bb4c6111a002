/**
 * `client.pause` freezes a process of the application and, on heal, lets it go on: a long collection
 * of garbage, a machine that swaps, a poll loop that hangs.
 *
 * Frozen for longer than its session timeout, a consumer is a member no more: the group has given its
 * partitions to others, and it wakes with records in hand that are not its own. How long it takes is
 * the step's `for`; kafkajs' session timeout is 30 s unless the experiment sets another.
 */
import { z } from "zod";
import { monotonicUs, poll } from "../kernel/clock.ts";
import {
  clientProblems,
  clientsReach,
  clientTargetParams,
  type LiveClientTargets,
  resolveClients,
} from "./client-target.ts";
import { defineFault, type FaultContext } from "./fault.ts";
import { resumeNodes } from "./node-acts.ts";

const params = z.strictObject({ ...clientTargetParams });
type Params = z.infer<typeof params>;

/** A process reports every 200 ms: this long without a word is silence. */
const SILENT_MS = 700;
const SILENT_WITHIN_MS = 5000;
const POLL_MS = 50;

export const clientPause = defineFault<Params, LiveClientTargets>({
  kind: "client.pause",
  summary: "freezes a process of the application; thawed on heal",
  params,
  needs: () => ["pause"],
  check: clientProblems,
  reach: (target, _topology, live) => clientsReach(target, live, "pause"),
  resolve: resolveClients,
  async inject(_target, context, { nodes }) {
    context.heals.defer(`resume ${nodes.join(", ")}`, async () => {
      await resumeNodes(context, nodes);
      context.setFrozen(nodes, false);
    });
    context.setFrozen(nodes, true);
    context.injecting();
    await Promise.all(nodes.map((process) => context.runtime.pause(process)));
    context.injected();
  },
  async prove(_target, context, { nodes }) {
    for (const process of nodes) await proveSilence(context, process);
    return `the engine reports ${nodes.join(", ")} frozen, and nothing was heard for ${SILENT_MS} ms`;
  },
  async proveHealed(_target, context, { nodes }) {
    const there = context.topology.regions.flatMap(({ name }) => context.agentsIn(name));
    const left = nodes.filter((process) => there.includes(process));
    if (left.length === 0) return `${nodes.join(", ")}: ended before the thaw`;
    const sinceUs = monotonicUs();
    const spoke = (process: string) => (context.application.heardUs(process) ?? 0) > sinceUs;
    const waiting = () => left.filter((process) => !spoke(process));
    await poll(async () => waiting().length === 0 || undefined, {
      everyMs: POLL_MS,
      withinMs: context.healedWithinMs,
    });
    const [silent] = waiting();
    if (silent) throw new Error(`${silent} is still silent after ${context.healedWithinMs} ms`);
    return `${left.join(", ")} is heard again`;
  },
});

async function proveSilence(context: FaultContext, process: string): Promise<void> {
  if (await context.runtime.isRunning(process)) {
    throw new Error(`${process} still runs after the freeze`);
  }
  const silent = await poll(
    async () => {
      const heardUs = context.application.heardUs(process) ?? 0;
      return monotonicUs() - heardUs >= SILENT_MS * 1000 || undefined;
    },
    { everyMs: POLL_MS, withinMs: SILENT_WITHIN_MS, signal: context.signal },
  );
  if (!silent) throw new Error(`${process} still speaks after the freeze`);
}
