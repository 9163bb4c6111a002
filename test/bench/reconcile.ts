/**
 * `npm run bench:reconcile`: what judging costs, against what it is measured beside.
 *
 * Every ratio is taken side by side in one process, interleaved, median of the rounds; the machine's
 * mood hits both. Goals: checking and reconciling a record costs at most a fifth of what kafkajs
 * spends on decoding it; a set difference over JSON lines takes ten times as long; memory stays at
 * or below one byte a record at 100 million, and time grows with the records, not faster.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { OUTCOME } from "../../src/history/journal-format.ts";
import { readJournal } from "../../src/history/journal-reader.ts";
import { JournalWriter } from "../../src/history/journal-writer.ts";
import { judge } from "../../src/reconcile/judge.ts";
import { PayloadCodec } from "../../src/workload/payload.ts";
import { judging, largeHistory } from "./reconcile-rows.ts";

const ROUNDS = 5;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const require = createRequire(import.meta.url);
const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0");
const Record = require("kafkajs/src/protocol/recordBatch/record/v0");
const Decoder = require("kafkajs/src/protocol/decoder");
const decodeBatch = require("kafkajs/src/protocol/recordBatch/v0/decoder");

async function seconds(work: () => unknown): Promise<number> {
  const before = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - before) / 1e9;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Runs both in turn, `ROUNDS` times after one to warm up; gives the median seconds of each. */
async function sideBySide(one: () => unknown, other: () => unknown): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [a, b] = [await seconds(one), await seconds(other)];
    if (round > 0) {
      times[0].push(a);
      times[1].push(b);
    }
  }
  return [median(times[0]), median(times[1])];
}

const million = (rate: number) => `${(rate / 1e6).toFixed(2)} M records/s`;

/** Records as a client hands them over, and the batches they travelled in. */
async function makeRecords(count: number, bytes: number) {
  const codec = new PayloadCodec(1);
  const records = Array.from({ length: count }, (_, seq) => {
    const key = codec.key(3, seq);
    return { key, value: codec.encode(bytes, { producer: 1, partition: 3, seq }, seq, key) };
  });
  const batches: Buffer[] = [];
  for (let from = 0; from < count; from += 1000) {
    const some = records.slice(from, from + 1000);
    const encoded = await RecordBatch({
      firstTimestamp: 0,
      maxTimestamp: 0,
      records: some.map(({ key, value }, offsetDelta) =>
        Record({ offsetDelta, timestampDelta: 0, key, value, headers: {} }),
      ),
    });
    batches.push(encoded.buffer);
  }
  return { codec, records, batches };
}

/** Checking every byte of a record, writing what was found, judging it; against decoding it. */
async function againstDecode(bytes: number): Promise<void> {
  const count = 200_000;
  const { codec, records, batches } = await makeRecords(count, bytes);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-bench-"));
  const producer = producerJournal(dir, count, 1);
  const audit = path.join(dir, "audit.1.bin");
  const verify = () => {
    for (const { key, value } of records) {
      if (codec.verify(value, key).defect !== 0) throw new Error("a sound record has a defect");
    }
  };
  const write = (check: boolean) => {
    fs.rmSync(audit, { force: true });
    const identity = { run: "b", agent: "a", role: "audit", file: "audit.1.bin" };
    const journal = JournalWriter.open(dir, identity);
    records.forEach(({ key, value }, offset) => {
      const seq = check ? codec.verify(value, key).seq : offset;
      journal.seen(101, 1, 3, offset, 1, 3, seq, 1);
    });
    journal.end(101, 1, 3, 0, count, true, 2);
    journal.close();
  };
  const reconcile = () => judgeFiles([producer, audit]);
  const decode = async () => {
    let decoded = 0;
    for (const batch of batches) decoded += (await decodeBatch(new Decoder(batch))).records.length;
    if (decoded !== count) throw new Error(`decoded ${decoded} of ${count}`);
  };
  const all = () => {
    write(true);
    reconcile();
  };
  const [mine, decoding] = await sideBySide(all, decode);
  const [verifying] = await sideBySide(verify, decode);
  const [reconciling] = await sideBySide(reconcile, decode);
  fs.rmSync(dir, { recursive: true });
  const ns = (took: number) => `${((took * 1e9) / count).toFixed(0)} ns`;
  say(
    `${bytes} B records, each: kafkajs decode ${ns(decoding)}; every byte checked, journalled and ` +
      `judged ${ns(mine)}, ratio ${(decoding / mine).toFixed(2)} (goal 5); of this the check of ` +
      `bytes ${ns(verifying)}, the judge ${ns(reconciling)}, ratio ${(decoding / reconciling).toFixed(0)}`,
  );
}

/** The producer's side of the same records: sent and acked in batches of 100. */
function producerJournal(dir: string, count: number, n: number): string {
  const name = `producer.${n}.bin`;
  const journal = JournalWriter.open(dir, { run: "b", agent: "p", role: "producer", file: name });
  for (let seq = 0; seq < count; seq += 100) {
    journal.intent(1, 1, 3, seq, 100, seq, seq, seq + 99);
    journal.outcome(1, 1, 3, seq, 100, OUTCOME.acked, seq, seq + 150);
  }
  journal.close();
  return path.join(dir, name);
}

function judgeFiles(files: string[]) {
  const { plan, history, tool } = largeHistory(0);
  const result = judge({
    plan,
    history,
    tool,
    journals: files.map((file) => ({
      file: path.basename(file),
      agent: "a",
      role: path.basename(file).split(".")[0] ?? "",
      read: (onBlock) => readJournal(file, onBlock),
    })),
  });
  return result;
}

/** The usual script: ids in two files of JSON lines, a Set, what is left is lost. */
async function againstSets(): Promise<void> {
  const count = 1_000_000;
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-bench-"));
  const lost = new Set([17, 500_000]);
  const line = (seq: number) =>
    `${JSON.stringify({ producer: "one", partition: 3, seq, offset: seq })}\n`;
  const all = Array.from({ length: count }, (_, seq) => seq);
  fs.writeFileSync(path.join(dir, "acked.ndjson"), all.map(line).join(""));
  fs.writeFileSync(
    path.join(dir, "seen.ndjson"),
    all
      .filter((s) => !lost.has(s))
      .map(line)
      .join(""),
  );
  const producer = producerJournal(dir, count, 1);
  const audit = JournalWriter.open(dir, {
    run: "b",
    agent: "a",
    role: "audit",
    file: "audit.1.bin",
  });
  for (const seq of all)
    if (!lost.has(seq)) audit.seen(101, 1, 3, seq, 1, 3, seq, Math.floor(seq / 500));
  audit.end(101, 1, 3, 0, count, true, 9e9);
  audit.close();
  const ours = () => {
    const found = judgeFiles([producer, path.join(dir, "audit.1.bin")]);
    const gone = found.rpo.partitions.reduce((sum, { missing }) => sum + (missing ?? 0), 0);
    if (gone !== lost.size) throw new Error(`judged ${gone} lost`);
  };
  const theirs = () => {
    const acked = new Set<string>();
    for (const file of ["acked.ndjson", "seen.ndjson"]) {
      for (const text of fs.readFileSync(path.join(dir, file), "utf8").split("\n")) {
        if (text === "") continue;
        const { producer: name, partition, seq } = JSON.parse(text);
        if (file === "acked.ndjson") acked.add(`${name}/${partition}/${seq}`);
        else acked.delete(`${name}/${partition}/${seq}`);
      }
    }
    if (acked.size !== lost.size) throw new Error(`subtracted to ${acked.size}`);
  };
  const [mine, sets] = await sideBySide(ours, theirs);
  const bytes = (names: string[]) =>
    names.reduce((sum, name) => sum + fs.statSync(path.join(dir, name)).size, 0) / count;
  say(
    `1 M records from disk: judge ${million(count / mine)} ` +
      `(${bytes(["producer.1.bin", "audit.1.bin"]).toFixed(1)} B of journal a record); set difference ` +
      `over JSON lines ${million(count / sets)} (${bytes(["acked.ndjson", "seen.ndjson"]).toFixed(0)} B ` +
      `a record); ratio ${(sets / mine).toFixed(1)} (goal 10)`,
  );
  fs.rmSync(dir, { recursive: true });
}

/** Peak memory of this process. Not `maxRSS`: a child inherits its parent's peak there. */
function peakBytes(): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync("/proc/self/status", "utf8"))?.[1];
  if (kib === undefined) throw new Error("no VmHWM in /proc/self/status: Linux only");
  return Number(kib) * 1024;
}

/** In a process of its own: peak memory beyond what judging a small history had taken already. */
function measureOne(records: number): void {
  judge(largeHistory(200_000));
  globalThis.gc?.();
  const baseBytes = process.memoryUsage.rss();
  const before = process.hrtime.bigint();
  const { rpo, balances } = judge(largeHistory(records));
  const tookMs = Number(process.hrtime.bigint() - before) / 1e6;
  if (!balances.every(({ ties }) => ties)) throw new Error("an account does not tie out");
  say(JSON.stringify({ tookMs, bytes: peakBytes() - baseBytes, lost: rpo.records.value }));
}

/** The same with a Set of strings, at a size that a Set can take. */
function measureSet(records: number): void {
  globalThis.gc?.();
  const baseBytes = process.memoryUsage.rss();
  const before = process.hrtime.bigint();
  const acked = new Set<string>();
  for (let n = 0; n < records; n += 1) acked.add(`${n % 2}/${n % 12}/${n}`);
  const tookMs = Number(process.hrtime.bigint() - before) / 1e6;
  say(JSON.stringify({ tookMs, bytes: peakBytes() - baseBytes, lost: acked.size }));
}

function inChild(mode: string, records: number): { tookMs: number; bytes: number; lost: number } {
  const args = ["--expose-gc", import.meta.filename, mode, String(records)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function memory(): void {
  for (const records of [1e6, 1e7, 1e8]) {
    const { tookMs, bytes, lost } = inChild("--judge", records);
    const perRecord = (bytes / records).toFixed(2);
    say(
      `${records / 1e6} M records judged in ${(tookMs / 1000).toFixed(2)} s ` +
        `(${((tookMs * 1e6) / records).toFixed(0)} ns a record): ${(bytes / 1e6).toFixed(0)} MB more ` +
        `at the peak, ${perRecord} B a record${records === 1e8 ? " (goal 1)" : ""}; ${lost} lost found`,
    );
  }
  const { tookMs, bytes } = inChild("--set", 5e6);
  say(
    `a Set of 5 M ids, filled once: ${((tookMs * 1e6) / 5e6).toFixed(0)} ns and ` +
      `${(bytes / 5e6).toFixed(0)} B a record`,
  );
}

const [mode, size] = process.argv.slice(2);
if (mode === "--judge") measureOne(Number(size));
else if (mode === "--set") measureSet(Number(size));
else {
  say(
    `${os.cpus()[0]?.model}, ${os.cpus().length} cores, Node ${process.version}, ${judging.logs.length} logs`,
  );
  await againstDecode(100);
  await againstDecode(512);
  await againstSets();
  memory();
}
