/**
 * `broker.disk` makes the disk of brokers take no writes while they run (KIP-858, KIP-112): readonly,
 * full, or failing at one file. On heal the disk is mended and the brokers are started again.
 *
 * Each of our nodes has one log folder. Kafka gives a folder up at its first failed write, and a
 * broker without a folder ends by itself: so this is how a broker dies of its disk, with the seconds
 * it needs to notice. A node with several folders that goes on without one is not shown, nor a disk
 * that is slow. `full` needs a cluster with `disk: <size>`; else the machine's own disk would fill.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import type { DiskTrouble } from "../runtime/runtime.ts";
import { brokerProblems, brokersReach, nodeTargetParams, resolveNodes } from "./broker-target.ts";
import { atMost, proveCaughtUp } from "./cluster-acts.ts";
import { defineFault } from "./fault.ts";
import { proveRemoteView, proveServing, restartNodes, showDead } from "./node-acts.ts";

const params = z.strictObject({
  ...nodeTargetParams,
  mode: z
    .enum(["readonly", "full", "failing"])
    .default("failing")
    .describe(
      "readonly: no write succeeds. full: no block is left. failing: one checkpoint cannot be written.",
    ),
});
type Params = z.infer<typeof params>;

/** Kafka writes its checkpoint every 5 s, so it notices by then; ending takes as long again. */
const ENDS_WITHIN_MS = 60_000;

export const brokerDisk = defineFault<Params>({
  kind: "broker.disk",
  summary: "makes the disk of brokers readonly, full or failing; mended on heal",
  params,
  lasting: "a log folder had failed",
  needs: () => ["machine.disk", "start"],
  check(target, topology) {
    const problems = brokerProblems(target, topology);
    if (target.mode !== "full" || problems.length > 0) return problems;
    const meant = topology.nodes.filter(({ name, cluster }) =>
      target.brokers ? target.brokers.includes(name) : cluster === target.leaderOf?.cluster,
    );
    const unsized = meant.find(({ diskBytes }) => diskBytes === undefined);
    if (!unsized) return [];
    const message = `${unsized.name} would fill this machine's own disk: give ${unsized.cluster} a \`disk\` of some size, such as 256MiB`;
    return [{ path: ["mode"], message }];
  },
  reach: (target, topology, live) => brokersReach(target, topology, live, "crash"),
  resolve: resolveNodes,
  async inject({ mode }, context, live) {
    const disks = live.nodes.map((name) => ({ name, disk: context.runtime.machine(name).disk }));
    for (const { name, disk } of disks) {
      context.heals.defer(`start ${name} with its disk mended`, async () => {
        await disk.mend();
        await restartNodes(context, [name]);
      });
      context.expectDeath(name);
    }
    context.injecting();
    await Promise.all(disks.map(({ disk }) => disk.spoil(mode)));
    context.injected();
  },
  async prove({ mode }, context, live) {
    const told: string[] = [];
    for (const name of live.nodes) {
      if (await context.runtime.machine(name).disk.writable()) {
        throw new Error(`the disk of ${name} still takes a write`);
      }
      const code = await poll(async () => (await context.runtime.exitCode(name)) ?? undefined, {
        everyMs: 200,
        withinMs: atMost(context, ENDS_WITHIN_MS),
        signal: context.signal,
      });
      if (code === undefined)
        throw new Error(`${name} runs on, ${ENDS_WITHIN_MS} ms after its disk failed`);
      await showDead(context, [name], "refuse");
      told.push(`the disk of ${name} takes no write (${WORDS[mode]}) and Kafka gave up (${code})`);
    }
    return `${told.join(", ")}${await proveRemoteView(context, live.nodes, "refuse")}`;
  },
  async proveHealed(_target, context, live) {
    for (const name of live.nodes) {
      if (await context.runtime.machine(name).disk.writable()) continue;
      throw new Error(`the disk of ${name} still takes no write`);
    }
    const serving = await proveServing(context, live.nodes);
    return `${serving}; ${await proveCaughtUp(context, live.nodes)}`;
  },
});

const WORDS: Record<DiskTrouble, string> = {
  readonly: "not permitted",
  full: "no space",
  failing: "a checkpoint fails",
};
