/**
 * `npm run control:partial-send`: can kafkajs 2.2.4 resolve a `send` of which a part never happened
 * (kafkajs#1303)? And does Blackstart's producer take such an answer for an ack?
 *
 * A drill with its own workload runs on three brokers; beside it a bare kafkajs producer sends each
 * record to two partitions in one call, one leader of which the drill kills. When that partition's
 * next leader is the broker that has answered already, kafkajs does not send to it again and resolves
 * with the other partition's answer alone. Both topics are read back from the brokers.
 *
 * Exit 0: Blackstart's producer acked nothing that is not there, whatever kafkajs did.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { poll } from "../../src/kernel/clock.ts";
import { Command, resultOf, runIn } from "../drill/command.ts";
import { addressesOf, BareSends, bareClient, readBack } from "./bare-sends.ts";

const FILE = join(import.meta.dirname, "experiments", "two-leaders.yaml");
const TOPIC = "bare";
const BOOT_MS = 120_000;
const HEALED_MS = 120_000;
const SEND_EVERY_MS = 20;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const out = mkdtempSync(join(tmpdir(), "blackstart-partial-"));
const drill = new Command(["run", FILE, "--out", out]);
await drill.says(/steady state reached/, BOOT_MS);
const addresses = await addressesOf(basename(runIn(out)));
const names = [...addresses.keys()].filter((name) => /^main-solo-\d$/.test(name)).sort();
const kafka = bareClient(
  names.map((name) => `${name}:${portOf(name)}`),
  addresses,
);

/** Ports of a plan are handed out in the order of its nodes. */
function portOf(name: string): number {
  return 19100 + Number(name.slice(-1));
}

const admin = kafka.admin();
await admin.connect();
const [orders] = (await admin.fetchTopicMetadata({ topics: ["orders"] })).topics;
const victim = orders?.partitions.find(({ partitionId }) => partitionId === 1)?.leader;
if (victim === undefined) throw new Error("orders has no partition 1");
const other = victim === 1 ? 2 : 1;
await admin.createTopics({
  waitForLeaders: true,
  topics: [
    {
      topic: TOPIC,
      replicaAssignment: [
        { partition: 0, replicas: [other, victim] },
        { partition: 1, replicas: [victim, other] },
      ],
    },
  ],
});
const bare = new BareSends(kafka, TOPIC);
await bare.start(SEND_EVERY_MS);
await drill.says(/crash: healed/, HEALED_MS);
await bare.stop();
await poll(async () => (await inSync()) || undefined, { everyMs: 500, withinMs: 30_000 });
const found = await readBack(kafka, TOPIC);
await admin.disconnect();
await drill.finished;

async function inSync(): Promise<boolean> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
  return topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === 2));
}

const resolved = bare.sends.filter((send) => send.resolved);
const partial = resolved.filter(({ named }) => named.length < 2);
const gone = resolved.filter(({ n }) => !found[0].has(n) || !found[1].has(n));
say(`bare kafkajs: ${bare.sends.length} sends of two records, ${resolved.length} resolved`);
say(`  resolved, though the answer names one partition of two: ${partial.length}`);
say(`  resolved, and a record is on no log: ${gone.length}`);
const { rpo, run, reasons } = resultOf(runIn(out));
const acked = rpo.partitions.reduce((sum, one) => sum + one.acked, 0);
say(`blackstart's producer, same kill: ${acked} acked, ${rpo.lost} of them on no log`);
rmSync(out, { recursive: true, force: true });
if (resolved.length === 0 || acked === 0 || run.outcome !== "completed") {
  say(`this run shows nothing: ${reasons.join("; ")}`);
  process.exitCode = 3;
} else {
  process.exitCode = rpo.lost === 0 ? 0 : 1;
}
