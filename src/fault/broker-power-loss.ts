/**
 * `broker.power-loss` kills brokers and takes from their logs what was not on the disk: the loss of
 * power that a kill is not. A killed process loses nothing it had written, because the kernel still
 * has it; a machine without power does.
 *
 * Kafka acknowledges without asking the kernel to write. What is cut lies beyond each log's recovery
 * point (`recovery-point-offset-checkpoint`: up to there Kafka did ask) and, unless `unflushed: all`,
 * is younger than the given time before the newest record: Linux writes pages by itself that are 30 s
 * old, so 30 s is what a loss of power can take at most by default, and `all` what Kafka promises.
 * Cut are whole batches; a torn page is not made. The metadata log stays whole: Kafka flushes it
 * before it counts. The mark of a clean shutdown is removed (KIP-966).
 */
import { z } from "zod";
import { durationSchema } from "../kernel/schema-units.ts";
import { brokerProblems, brokersReach, nodeTargetParams, resolveNodes } from "./broker-target.ts";
import { proveCaughtUp } from "./cluster-acts.ts";
import { defineFault, note } from "./fault.ts";
import { killNodes, proveDead, proveServing, restartNodes } from "./node-acts.ts";

const params = z.strictObject({
  ...nodeTargetParams,
  unflushed: z
    .union(
      [z.literal("all"), durationSchema.refine((ms) => ms > 0, { error: "expected more than 0s" })],
      {
        error: 'expected "all" or a duration such as 30s',
      },
    )
    .prefault("30s")
    .describe("Age of what was not on the disk yet; all: everything Kafka did not flush."),
  start: z
    .enum(["on-heal", "at-once"])
    .default("on-heal")
    .describe("When the power is back and the node starts."),
});
type Params = z.infer<typeof params>;

export const brokerPowerLoss = defineFault<Params>({
  kind: "broker.power-loss",
  summary: "SIGKILL to brokers and the unflushed tail of their logs cut off",
  params,
  lasting: "logs were cut",
  needs: () => ["kill", "start", "machine.disk"],
  check: brokerProblems,
  reach: (target, topology, live) => brokersReach(target, topology, live, "power-loss"),
  resolve: resolveNodes,
  async inject({ unflushed, start }, context, live) {
    context.heals.defer(`start ${live.nodes.join(", ")}`, () => restartNodes(context, live.nodes));
    await killNodes(context, live.nodes, "refuse");
    const youngerThanMs = unflushed === "all" ? null : unflushed;
    for (const name of live.nodes) {
      const cut = await context.runtime.machine(name).disk.cutUnflushed(youngerThanMs);
      const bytes = cut.reduce((sum, log) => sum + log.bytes, 0);
      note(live, name, bytes);
      note(live, `logs of ${name}`, cut.length);
    }
    if (start === "at-once") await restartNodes(context, live.nodes);
  },
  async prove({ start }, context, live) {
    const told = live.nodes.map((name) => {
      const bytes = live.noted?.get(name) ?? 0;
      if (bytes === 0) throw new Error(`${name} had nothing that was not flushed: nothing was cut`);
      return `${bytes} bytes of ${live.noted?.get(`logs of ${name}`)} logs of ${name} were cut`;
    });
    const after =
      start === "at-once"
        ? await proveServing(context, live.nodes)
        : await proveDead(context, live.nodes);
    return `${told.join(", ")}; ${after}`;
  },
  async proveHealed(_target, context, live) {
    const serving = await proveServing(context, live.nodes);
    return `${serving}; ${await proveCaughtUp(context, live.nodes)}`;
  },
});
