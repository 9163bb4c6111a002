/**
 * `topic.corrupt` flips one bit in the body of one stored record, in one replica: what a bad disk, a
 * bad cable or a bad memory does to data at rest.
 *
 * The broker is stopped in order, so that its start looks at no segment again, the bit is flipped in
 * the file, and the broker starts. It serves what it has: a fetch checks no CRC on the broker's side,
 * clients may (the Java client does, kafkajs does not), followers do. Where the partition has other
 * replicas, the flaw lies still until this one leads again. On heal the bit is put back the same way.
 */
import { z } from "zod";
import type { Topology } from "../topology/types.ts";
import { defineFault, type FaultContext, type LiveTargets } from "./fault.ts";
import { proveServing, restartNodes, showDead } from "./node-acts.ts";
import { batchesOf, chooseFlip, type Flip, isValid } from "./segment.ts";
import { topicOf, topicProblems, topicTargetParams } from "./topic-target.ts";

const params = z.strictObject({
  ...topicTargetParams,
  partition: z.number().int().min(0).default(0),
  broker: z.string().optional().describe("The replica; the partition's leader unless given."),
});
type Params = z.infer<typeof params>;

interface LiveCorruption extends LiveTargets {
  file: string;
  flip: Flip | undefined;
}

const DATA = "/var/lib/kafka/data";
const STOP_GRACE_MS = 60_000;
const DUMP_WITHIN_MS = 60_000;
/** The tool moved between versions: since 4.0 it is no longer in Kafka's core. */
const DUMP =
  ". /opt/blackstart/bin/jvm.sh; for at in org.apache.kafka.tools kafka.tools; do " +
  'java -cp "$(class_path)" $at.DumpLogSegments --files "$0" && exit; done';

export const topicCorrupt = defineFault<Params, LiveCorruption>({
  kind: "topic.corrupt",
  summary: "flips one bit of a stored record in one replica; put back on heal",
  params,
  needs: () => ["stop", "start", "exec", "files"],
  check(target, topology, workload) {
    const problems: ReturnType<typeof topicProblems> = topicProblems(target, topology, workload);
    const has = topicOf(target, workload)?.partitions ?? 0;
    if (has > 0 && target.partition >= has) {
      const message = `"${target.topic}" has partitions 0 to ${has - 1}`;
      problems.push({ path: ["partition"], message });
    }
    const brokers = brokersOf(target, topology);
    if (target.broker !== undefined && !brokers.includes(target.broker)) {
      const message = `no broker named "${target.broker}" in ${target.cluster}; there are ${brokers.join(", ")}`;
      problems.push({ path: ["broker"], message });
    }
    return problems;
  },
  reach: (target, _topology, live) => ({
    fidelity: "graceful",
    targets: live?.nodes ?? [target.broker ?? `leader of ${target.topic}-${target.partition}`],
    affects: [`cluster:${target.cluster}`],
  }),
  resolve,
  async inject(target, context, live) {
    const [node = ""] = live.nodes;
    context.heals.defer(`put the bit in ${live.file} back`, async () => {
      const { flip } = live;
      if (!flip) return;
      await whileStopped(context, node, () =>
        writeByte(context, node, live.file, flip.at, flip.was),
      );
    });
    context.injecting();
    await whileStopped(context, node, async () => {
      const bytes = await context.runtime.readFile(node, live.file);
      const flip = chooseFlip(bytes);
      if (!flip) throw new Error(`${live.file} on ${node} holds no batch of plain records`);
      live.flip = flip;
      await writeByte(context, node, live.file, flip.at, flip.is);
    });
    context.injected();
    await proveServing(context, [node]);
    if (target.broker === undefined) await leadAgain(target, context);
  },
  prove: proveCorrupt,
  async proveHealed(_target, context, { nodes, file, flip }) {
    const serving = await proveServing(context, nodes);
    if (!flip) return serving;
    const bytes = await context.runtime.readFile(nodes[0] ?? "", file);
    const batch = batchesOf(bytes).find(({ at }) => at === flip.batch.at);
    // Retention may have taken the batch meanwhile; nothing is wrong then.
    if (batch && !isValid(bytes, batch))
      throw new Error(`${file} still has a batch with a wrong CRC`);
    return `${serving}; the CRC of the batch in ${file} is right again`;
  },
});

function brokersOf({ cluster }: Params, topology: Topology): string[] {
  return topology.nodes
    .filter((node) => node.cluster === cluster && node.clientPort !== null)
    .map(({ name }) => name);
}

async function resolve(target: Params, context: FaultContext): Promise<LiveCorruption> {
  const { topic, cluster, partition } = target;
  const views = await context.observer.partitions(cluster, topic);
  const view = views?.find((one) => one.partition === partition);
  const nodeOf = (id: number | undefined) =>
    context.topology.nodes.find((node) => node.cluster === cluster && node.id === id)?.name;
  const node = target.broker ?? nodeOf(view?.leader);
  const replicas = (view?.replicas ?? []).map(nodeOf);
  if (node === undefined || !replicas.includes(node)) {
    throw new Error(`${node ?? "nobody"} has no replica of ${topic}-${partition}`);
  }
  const folder = `${DATA}/${topic}-${partition}`;
  const { output, exitCode } = await context.runtime.exec(node, ["ls", folder]);
  const [oldest] = output
    .split("\n")
    .filter((name) => name.endsWith(".log"))
    .sort();
  if (exitCode !== 0 || oldest === undefined)
    throw new Error(`${node} has no segment in ${folder}`);
  return { nodes: [node], file: `${folder}/${oldest}`, flip: undefined };
}

/** Stops the node in order, acts on its disk, and starts it, whatever the act did. */
async function whileStopped(
  context: FaultContext,
  node: string,
  act: () => Promise<void>,
): Promise<void> {
  context.expectDeath(node);
  await showDead(context, [node], "refuse");
  try {
    await context.runtime.stop(node, STOP_GRACE_MS);
    await act();
  } finally {
    await restartNodes(context, [node]);
  }
}

async function writeByte(
  context: FaultContext,
  node: string,
  file: string,
  at: number,
  value: number,
): Promise<void> {
  const bytes = Buffer.from(await context.runtime.readFile(node, file));
  bytes[at] = value;
  await context.runtime.writeFile(node, file, bytes);
}

/** The replica that led leads again where the controller prefers it: else nobody reads the flaw. */
async function leadAgain({ topic, cluster, partition }: Params, context: FaultContext) {
  const partitions = [{ topic, partition }];
  const [outcome] = await context.ask(cluster, "leaders.elect", { type: "preferred", partitions });
  context.note(
    outcome?.errorCode === 0
      ? `the preferred replica of ${topic}-${partition} was elected`
      : `no election of the preferred replica: ${outcome?.reason || `code ${outcome?.errorCode}`}`,
  );
}

/** The byte on the disk differs, and both we and the broker's own tool find the CRC wrong. */
async function proveCorrupt(_target: Params, context: FaultContext, live: LiveCorruption) {
  const { nodes, file, flip } = live;
  const [node = ""] = nodes;
  if (!flip) throw new Error("nothing was flipped");
  const bytes = await context.runtime.readFile(node, file);
  const batch = batchesOf(bytes).find(({ at }) => at === flip.batch.at);
  if (bytes[flip.at] !== flip.is || !batch || isValid(bytes, batch)) {
    throw new Error(`byte ${flip.at} of ${file} on ${node} is ${bytes[flip.at]}, as it was`);
  }
  const { output } = await context.runtime.exec(node, ["sh", "-c", DUMP, file], DUMP_WITHIN_MS);
  const line = output
    .split("\n")
    .find((one) => one.startsWith(`baseOffset: ${batch.offsetFirst} `));
  if (!line?.includes("isvalid: false")) {
    throw new Error(`Kafka's own dump finds nothing wrong: ${line ?? output.slice(0, 200)}`);
  }
  const change = `byte ${flip.at} of ${file} on ${node} is ${flip.is}, was ${flip.was}`;
  return `${change}; Kafka's dump of the batch at offset ${batch.offsetFirst} says isvalid: false`;
}
