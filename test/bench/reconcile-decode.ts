/**
 * What it costs to check, journal and judge a record, beside what kafkajs spends on decoding it. Both
 * begin with the same bytes, a record batch as a fetch brings it: kafkajs makes objects of it and looks
 * at no checksum; the reader of audits and watchers finds each record, checks every byte of header,
 * key and body, and writes down what it found. In one process and in turn, batch by batch, so the
 * machine's mood hits both. What a consumer adds on top of kafkajs' decoding is given beside it.
 *
 * Two clocks. A wall clock, median of the batches, because a machine that does other things stops
 * it on few of them; but a judgement takes longer than a turn on a busy core, and has no short parts.
 * And the CPU time of the whole process, its collectors and compilers included, which waits for nobody.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { ROW } from "../../src/history/journal-format.ts";
import { JournalWriter } from "../../src/history/journal-writer.ts";
import { walkBatches } from "../../src/kafka/record-batch.ts";
import type { Result } from "../../src/reconcile/result.ts";
import { PayloadCodec } from "../../src/workload/payload.ts";
import { RecordLog } from "../../src/workload/record-log.ts";
import { judgeFiles, median, producerJournal, say } from "./bench-tools.ts";
import { judging } from "./reconcile-rows.ts";

const ROUNDS = 5;
const require = createRequire(import.meta.url);
const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0");
const Record = require("kafkajs/src/protocol/recordBatch/record/v0");
const Decoder = require("kafkajs/src/protocol/decoder");
const decodeBatch = require("kafkajs/src/protocol/recordBatch/v0/decoder");

const BATCH_RECORDS = 1000;
const RECORDS = 400_000;
/** Of one journal: what it costs to clear away what kafkajs left falls on the first. */
const JUDGINGS = 3;

/** What a broker would answer to fetches of `count` records: batches as kafkajs makes them. */
async function makeBatches(codec: PayloadCodec, count: number, bytes: number): Promise<Buffer[]> {
  const batches: Buffer[] = [];
  for (let from = 0; from < count; from += BATCH_RECORDS) {
    const records = Array.from({ length: BATCH_RECORDS }, (_, offsetDelta) => {
      const seq = from + offsetDelta;
      const key = codec.key(3, seq);
      const value = codec.encode(bytes, { producer: 1, partition: 3, seq }, seq, key);
      return Record({ offsetDelta, timestampDelta: 0, key, value, headers: {} });
    });
    const firstOffset = from;
    const batch = await RecordBatch({ firstTimestamp: 0, maxTimestamp: 0, firstOffset, records });
    batches.push(batch.buffer);
  }
  return batches;
}

/** Nanoseconds a record, by the wall clock and of CPU. */
interface Cost {
  wall: number;
  cpu: number;
}

interface Reading {
  decode: Cost;
  /** Found, checked and journalled, as audits and watchers do it. */
  read: Cost;
  /** Checked and journalled after kafkajs has decoded it, as consumers do it. */
  onTop: Cost;
  judge: Cost;
}

/** Times pieces of work of so many records each. */
class Stopwatch {
  readonly #wallNs: number[] = [];
  #cpuNs = 0;
  #sinceNs = 0n;
  #sinceCpu = process.cpuUsage();

  start(): void {
    this.#sinceCpu = process.cpuUsage();
    this.#sinceNs = process.hrtime.bigint();
  }

  stop(): void {
    this.#wallNs.push(Number(process.hrtime.bigint() - this.#sinceNs));
    const { user, system } = process.cpuUsage(this.#sinceCpu);
    this.#cpuNs += (user + system) * 1000;
  }

  /** Median of the pieces by the wall clock; CPU is a sum, so that no collector's work is left out. */
  cost(records: number): Cost {
    const cpu = this.#cpuNs / this.#wallNs.length / records;
    return { wall: median(this.#wallNs) / records, cpu };
  }
}

/** Reads all batches once; in the end what the audit read is judged. */
async function readAll(batches: Buffer[], dir: string): Promise<Reading> {
  const count = batches.length * BATCH_RECORDS;
  const producer = producerJournal(dir, count, 1);
  const identity = { run: "b", agent: "a", role: "audit", file: "audit.1.bin" };
  const journal = JournalWriter.open(dir, identity);
  const { logs, runTag } = judging;
  const records = new RecordLog({ journal, reader: 101, kind: ROW.seen, runTag, logs });
  const group = JournalWriter.open(dir, { ...identity, role: "consumer", file: "group.1.bin" });
  const kind = ROW.delivered;
  const handed = new RecordLog({ journal: group, reader: 1, kind, runTag, logs });
  const [decode, read, onTop] = [new Stopwatch(), new Stopwatch(), new Stopwatch()];
  for (const [n, batch] of batches.entries()) {
    // A copy, so that the bytes lie in the caches as they do after a read from a socket.
    const received = Buffer.from(batch);
    decode.start();
    const decoded = await decodeBatch(new Decoder(received));
    decode.stop();
    onTop.start();
    const take = handed.batch("orders", 3, n);
    for (const { offset, key, value } of decoded.records) take(Number(offset), key, value);
    group.flush();
    onTop.stop();
    const fetched = Buffer.from(batch);
    read.start();
    walkBatches(fetched, 0, records.fetched("orders", 3, n));
    journal.flush();
    read.stop();
  }
  journal.end(101, 1, 3, 0, count, true, batches.length);
  journal.close();
  group.close();
  let survived: number | undefined;
  const judge = new Stopwatch();
  for (let again = 0; again < JUDGINGS; again += 1) {
    judge.start();
    survived = countOf(judgeFiles([producer, journal.path]), "surviving");
    judge.stop();
  }
  for (const file of [producer, journal.path, group.path]) fs.rmSync(file);
  if (survived !== count) throw new Error(`${survived} of ${count} records found sound`);
  const of = (watch: Stopwatch) => watch.cost(BATCH_RECORDS);
  return { decode: of(decode), read: of(read), onTop: of(onTop), judge: judge.cost(count) };
}

function countOf({ balances }: Result, id: string): number | undefined {
  return balances.flatMap(({ rows }) => rows).find((row) => row.id === id)?.count;
}

/** What is measured must find one flipped bit among all records. */
async function provesItself(batches: Buffer[], dir: string): Promise<void> {
  const [first = Buffer.alloc(0), ...others] = batches;
  const hurt = Buffer.from(first);
  hurt[hurt.length - 40] = (hurt[hurt.length - 40] as number) ^ 4;
  const reading = readAll([hurt, ...others], dir);
  const found = await reading.then(
    () => "nothing",
    (error: Error) => error.message,
  );
  const count = batches.length * BATCH_RECORDS;
  const wanted = `${count - 1} of ${count} records found sound`;
  if (found !== wanted) throw new Error(`with a flipped bit: ${found}`);
}

/** Checking every byte of a record, writing what was found, judging it; against decoding it. */
export async function againstDecode(bytes: number): Promise<void> {
  const batches = await makeBatches(new PayloadCodec(1), RECORDS, bytes);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-bench-"));
  await provesItself(batches.slice(0, 10), dir);
  const readings: Reading[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const reading = await readAll(batches, dir);
    if (round > 0) readings.push(reading);
  }
  fs.rmSync(dir, { recursive: true });
  for (const clock of ["wall", "cpu"] as const) {
    const middle = (of: (reading: Reading) => number) => median(readings.map(of));
    const ns = (of: keyof Reading) => `${middle((one) => one[of][clock]).toFixed(0)} ns`;
    const ratio = ({ decode, read, judge }: Reading) =>
      decode[clock] / (read[clock] + judge[clock]);
    const ratios = readings.map(ratio).map((one) => one.toFixed(1));
    say(
      `${bytes} B records, each, ${clock === "wall" ? "by the clock" : "CPU time"}: kafkajs decode ` +
        `${ns("decode")}; every byte checked and journalled ${ns("read")}, judged ${ns("judge")}: ` +
        `ratio ${middle(ratio).toFixed(2)} (goal 5; rounds ${ratios.join(" ")}); checked and ` +
        `journalled by a consumer on top of the decoding ${ns("onTop")}`,
    );
  }
}
