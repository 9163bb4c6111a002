/** Elections that were asked for: what two faults have in common. */
import { poll } from "../kernel/clock.ts";
import { atMost } from "./cluster-acts.ts";
import type { TopicPartitionView } from "./cluster-asks.ts";
import { partitionsMeant, type TopicTarget } from "./cluster-target.ts";
import { type FaultContext, type LiveTargets, note } from "./fault.ts";

const ELECTED = 0;
const NOT_NEEDED = 84;
/** Who was asked for leads: it was elected, or did so already. */
export const LEADS: ReadonlySet<number> = new Set([ELECTED, NOT_NEEDED]);
const LED_WITHIN_MS = 15_000;

/** Asks for the election, and notes what became of each partition and in which epoch it was. */
export async function holdElection(
  type: "preferred" | "unclean",
  target: TopicTarget,
  context: FaultContext,
  live: LiveTargets,
): Promise<void> {
  const before = await partitionsMeant(target, context);
  const partitions = before.map(({ topic, partition }) => ({ topic, partition }));
  context.injecting();
  const outcomes = await context.ask(target.cluster, "leaders.elect", { type, partitions });
  context.injected();
  for (const one of before) note(live, `epoch ${one.partition}`, one.leaderEpoch);
  for (const { partition, errorCode } of outcomes) note(live, `code ${partition}`, errorCode);
}

/** At least one was elected, none was refused, and those elected are led as `right` says. */
export async function proveElected(
  target: TopicTarget,
  context: FaultContext,
  live: LiveTargets,
  right: (partition: TopicPartitionView) => boolean,
): Promise<string> {
  const codes = (await partitionsMeant(target, context)).map(({ partition }) => ({
    partition,
    code: Number(live.noted?.get(`code ${partition}`) ?? NOT_NEEDED),
  }));
  const refused = codes.find(({ code }) => !LEADS.has(code));
  if (refused) {
    throw new Error(`${target.topic}-${refused.partition}: broker error ${refused.code}`);
  }
  const elected = codes.filter(({ code }) => code === ELECTED).map(({ partition }) => partition);
  if (elected.length === 0) throw new Error("no election was needed: nothing changed");
  const led = await poll(
    async () => {
      const now = await partitionsMeant({ ...target, partitions: elected }, context);
      const moved = now.every(
        (one) => one.leaderEpoch > Number(live.noted?.get(`epoch ${one.partition}`)) && right(one),
      );
      return moved ? now : undefined;
    },
    { everyMs: 200, withinMs: atMost(context, LED_WITHIN_MS), signal: context.signal },
  );
  if (!led) throw new Error(`${target.topic} is not led as the election said`);
  const words = led.map(
    (one) =>
      `${one.topic}-${one.partition} by ${one.leader} (epoch ${live.noted?.get(`epoch ${one.partition}`)} became ${one.leaderEpoch})`,
  );
  return `elected: ${words.join(", ")}`;
}

/** There is nothing to undo; shown is that everything has a leader. */
export async function proveLed(target: TopicTarget, context: FaultContext): Promise<string> {
  let state = "";
  const led = await poll(
    async () => {
      const now = await partitionsMeant(target, context);
      const without = now.filter(({ leader }) => leader < 0).map(({ partition }) => partition);
      state = `partitions ${without.join(", ")} have no leader`;
      return without.length === 0 || undefined;
    },
    { everyMs: 200, withinMs: context.healedWithinMs, signal: context.signal },
  );
  if (!led) throw new Error(`${target.topic}: ${state}`);
  return `nothing to undo; every partition meant of ${target.topic} has a leader`;
}
