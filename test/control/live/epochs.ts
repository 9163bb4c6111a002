/**
 * What a new leader did not have, from Kafka itself: each replica keeps a file of leader epochs with
 * the offset at which each began (KIP-101). Whatever the leader before it had acked at or after that
 * offset was not on the new leader's log, and is gone when nobody brings it back.
 */
import Docker from "dockerode";
import { poll } from "../../../src/kernel/clock.ts";

/** Per partition: the first offset that the last leader wrote itself. */
export type EpochStarts = Record<number, number>;

const DATA = "/var/lib/kafka/data";

/** Reads the leader epoch file of every partition of `topic` on one living broker. */
export async function epochStarts(
  run: string,
  broker: string,
  { topic, partitions }: { topic: string; partitions: number[] },
): Promise<EpochStarts> {
  const container = new Docker().getContainer(`blackstart-${run}-${broker}`);
  const starts: EpochStarts = {};
  for (const partition of partitions) {
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
