/**
 * Logs whose topic was deleted during the run, and perhaps made again. Their offsets begin anew, so an
 * offset names two records, each of its own incarnation, and no order follows from offsets of both.
 *
 * Naive rule: two acks that name one offset are a defect. Counter-example: `topic.recreate`, after which
 * every ack names an offset that an ack named before. Real rule: of such a log nothing is compared by
 * offset but what one reading of it shows.
 */
import type { Chronicle } from "./chronicle.ts";
import type { World } from "./world.ts";

const DELETING: ReadonlySet<string> = new Set(["topic.delete", "topic.recreate"]);

/** Ids of the logs. A fault that may have happened counts: proven or not. */
export function madeAnew(world: World, chronicle: Chronicle): ReadonlySet<number> {
  const deleted = chronicle.faults.filter(({ injecting }) => DELETING.has(injecting.kind));
  const logs = world.judging.logs.filter(({ topic, cluster }) =>
    deleted.some(
      ({ injecting: { targets, affects } }) =>
        targets.includes(topic) && affects.includes(`cluster:${cluster}`),
    ),
  );
  return new Set(logs.map(({ id }) => id));
}
