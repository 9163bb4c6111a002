/**
 * What a new leader did not have, from Kafka itself: each replica keeps a file of leader epochs with
 * the offset at which each began (KIP-101). Whatever the leader before it had acked at or after that
 * offset was not on the new leader's log, and is gone when nobody brings it back.
 */
import { basename } from "node:path";
import Docker from "dockerode";
import { readHistory } from "../../../src/history/history-reader.ts";
import { runPaths } from "../../../src/history/run-folder.ts";
import { poll } from "../../../src/kernel/clock.ts";

/** Per partition: the first offset that the last leader wrote itself. */
export type EpochStarts = Record<number, number>;

const WORKLOAD_LOG = 1;
const DATA = "/var/lib/kafka/data";

/**
 * Where the last leader of each partition that changed its leader began, read from that leader's own
 * disk while it runs. Who leads is in the history, as the observer saw it.
 */
export async function epochStarts(folder: string, topic: string): Promise<EpochStarts> {
  const starts: EpochStarts = {};
  for (const [partition, leader] of newLeaders(folder)) {
    const broker = `main-solo-${leader}`;
    const container = new Docker().getContainer(`blackstart-${basename(folder)}-${broker}`);
    const file = `${DATA}/${topic}-${partition}/leader-epoch-checkpoint`;
    // Written by a scheduler a moment after the epoch began.
    const start = await poll(async () => lastStart(await read(container, file)), {
      everyMs: 500,
      withinMs: 20_000,
    });
    if (start === undefined) throw new Error(`${broker}: ${file} has no second epoch`);
    starts[partition] = start;
  }
  return starts;
}

/** The workload's partitions whose leader is another than at first, with the leader they have now. */
function newLeaders(folder: string): Map<number, number> {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const event of readHistory(runPaths(folder).history).events) {
    if (event.type !== "partition.state" || event.log !== WORKLOAD_LOG || event.leader < 0)
      continue;
    if (!first.has(event.partition)) first.set(event.partition, event.leader);
    last.set(event.partition, event.leader);
  }
  return new Map([...last].filter(([partition, leader]) => first.get(partition) !== leader));
}

async function read(container: Docker.Container, file: string): Promise<string> {
  const exec = await container.exec({ Cmd: ["cat", file], AttachStdout: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** `0 / count / epoch start / ...`: the start of the last epoch, when there was one before it. */
export function lastStart(text: string): number | undefined {
  const [, , ...entries] = text.trim().split(/\r?\n/);
  const last = entries.at(-1)?.split(" ");
  return entries.length < 2 || last === undefined ? undefined : Number(last[1]);
}
