/**
 * The process that holds the brokers and cuts their paths; it shares nothing with the meter but the
 * clock. Its argument is the schedule's parameters; it prints one JSON line per outage, then ends.
 */
import { delay, monotonicUs } from "../../src/kernel/clock.ts";
import { scheduleOutages } from "./outage-schedule.ts";
import { PacketFilter } from "./packet-filter.ts";
import { PathBroker } from "./path-broker.ts";
import type { Act, Mode } from "./path-cut.ts";

/** Below the ports that the kernel gives to clients. */
export const FIRST_PORT = 20_000;

export interface StubAsk {
  seed: number;
  count: number;
  paths: number;
}

/** One outage as it was made. */
export interface KnownOutage {
  id: number;
  path: number;
  mode: Mode;
  cut: Act;
  mend: Act;
}

export function topicOf(path: number): string {
  return `path-${path}`;
}

async function main(ask: StubAsk): Promise<void> {
  const filter = new PacketFilter();
  const brokers: PathBroker[] = [];
  for (let path = 0; path < ask.paths; path += 1) {
    const broker = new PathBroker(FIRST_PORT + path, topicOf(path), filter);
    await broker.listen();
    brokers.push(broker);
  }
  process.stdout.write("ready\n");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  const startUs = monotonicUs();
  const sleepUntil = (ms: number) => delay(Math.max(0, ms - (monotonicUs() - startUs) / 1000));
  const planned = scheduleOutages(ask.seed, ask.count, ask.paths);
  await Promise.all(
    brokers.map(async (broker, path) => {
      for (const { id, mode, atMs, lengthMs } of planned.filter((one) => one.path === path)) {
        await sleepUntil(atMs);
        const cut = await broker.cut(mode);
        await delay(lengthMs);
        const mend = await broker.mend(mode);
        process.stdout.write(`${JSON.stringify({ id, path, mode, cut, mend })}\n`);
      }
    }),
  );
  process.stdout.write("done\n");
}

if (import.meta.main) {
  process.stdin.once("end", () => process.exit(0));
  await main(JSON.parse(process.argv[2] ?? "{}") as StubAsk);
}
