/**
 * Runs inside an agent's container: Blackstart's producer and a bare kafkajs loop, in turn, in one
 * process, to the same topic of the same broker. `producer.ts` copies it there, with its imports set
 * to where the agent's code lies, and reads the JSON line that it prints.
 *
 * The bare loop has one `send` under way for each partition, each with a full batch, and makes a new
 * key and a new value for each record, as whoever sends records has to: nothing is summed or written
 * down. A second bare loop sends the same buffers again and again, which nobody can use and which is
 * the fastest that kafkajs allows with these settings. Blackstart's producer is told to send far more
 * than it can, so it never waits for a record to become due.
 */
import { kafkaClient } from "../../src/kafka/client.ts";
import { KafkajsSendClient } from "../../src/kafka/send-client.ts";
import { delay, monotonicUs } from "../../src/kernel/clock.ts";
import type { AgentContext } from "../../src/workload/agent-context.ts";
import { JournalShelf } from "../../src/workload/journal-shelf.ts";
import { WorkloadProducer } from "../../src/workload/producer.ts";

export interface Ask {
  bootstrap: string[];
  topic: string;
  partitions: number;
  recordBytes: number;
  batchRecords: number;
  rounds: number;
  secondsEach: number;
  journalDir: string;
}

/** Records acked a second. */
export interface Round {
  ours: number;
  bare: number;
  /** The bare loop that makes no records. */
  same: number;
}

const RATE_OUT_OF_REACH = 5_000_000;
/** Connecting and compiling are no part of the rate. */
const WARM_UP_MS = 700;
const DRAIN_MS = 5000;

/** `acked` counts from the start; what is acked between two looks at it is the rate. */
async function rateOf(acked: () => number, secondsEach: number): Promise<number> {
  await delay(WARM_UP_MS);
  const [beforeUs, before] = [monotonicUs(), acked()];
  await delay(secondsEach * 1000);
  return ((acked() - before) * 1e6) / (monotonicUs() - beforeUs);
}

async function ours(ask: Ask, round: number): Promise<number> {
  const { journalDir, topic, partitions } = ask;
  const shelf = new JournalShelf({ run: "bench", agent: `ours-${round}`, journalDir });
  const context: AgentContext = {
    openJournal: (role) => shelf.open(role),
    closeJournal: (journal) => shelf.close(journal),
    emit: () => {},
    clientEvent: () => {},
    producers: new Map(),
    readers: new Map(),
    crashed: new Set(),
  };
  const cluster = "main";
  const spec = {
    producer: 1,
    name: `ours-${round}`,
    runTag: 1,
    address: { cluster, bootstrap: ask.bootstrap },
    log: { id: 1, cluster, topic, partitions, role: "workload" as const, region: "solo" },
    ratePerSecond: RATE_OUT_OF_REACH,
    recordBytes: ask.recordBytes,
    acks: "all" as const,
    idempotent: false,
    lingerMs: 5,
    batchRecordsMax: ask.batchRecords,
    client: {},
    t0Us: monotonicUs(),
  };
  const producer = new WorkloadProducer(
    context,
    spec,
    ({ name, address, acks, idempotent, client }) =>
      new KafkajsSendClient({
        clientId: name,
        bootstrap: address.bootstrap,
        topic,
        acks,
        idempotent,
        settings: client,
      }),
  );
  producer.start();
  const rate = await rateOf(() => producer.figures(monotonicUs()).acked, ask.secondsEach);
  await producer.drain(0);
  shelf.closeAll();
  return rate;
}

async function bare(ask: Ask, makes: boolean): Promise<number> {
  const { bootstrap, topic, batchRecords, recordBytes } = ask;
  const kafka = kafkaClient({ clientId: "bare", bootstrap, settings: {} });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  let acked = 0;
  let going = true;
  const make = (partition: number) =>
    Array.from({ length: batchRecords }, (_, n) => {
      return {
        key: Buffer.from(`p${partition}-${n}`),
        value: Buffer.alloc(recordBytes, n),
        partition,
      };
    });
  const loop = async (partition: number): Promise<void> => {
    let messages = make(partition);
    while (going) {
      if (makes) messages = make(partition);
      await producer.send({ topic, acks: -1, messages });
      acked += messages.length;
    }
  };
  const loops = Promise.all(Array.from({ length: ask.partitions }, (_, n) => loop(n)));
  const rate = await rateOf(() => acked, ask.secondsEach);
  going = false;
  await Promise.race([loops, delay(DRAIN_MS)]);
  await producer.disconnect();
  return rate;
}

async function main(ask: Ask): Promise<void> {
  const rounds: Round[] = [];
  for (let round = 0; round <= ask.rounds; round += 1) {
    // Who goes first changes, because a machine may warm up or get busy; round 0 compiles the code.
    const rates = { ours: 0, bare: 0, same: 0 };
    const turns = [
      async () => {
        rates.ours = await ours(ask, round);
      },
      async () => {
        rates.bare = await bare(ask, true);
      },
      async () => {
        rates.same = await bare(ask, false);
      },
    ];
    for (let n = 0; n < turns.length; n += 1) await turns[(n + round) % turns.length]?.();
    if (round > 0) rounds.push(rates);
  }
  process.stdout.write(`${JSON.stringify(rounds)}\n`);
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? "{}") as Ask);
