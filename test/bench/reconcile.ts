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
import os from "node:os";
import path from "node:path";
import { JournalWriter } from "../../src/history/journal-writer.ts";
import { judge } from "../../src/reconcile/judge.ts";
import { judgeFiles, median, producerJournal, say, seconds } from "./bench-tools.ts";
import { againstDecode } from "./reconcile-decode.ts";
import { judging, largeHistory } from "./reconcile-rows.ts";

const ROUNDS = 5;

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

interface Measured {
  tookMs: number;
  bytes: number;
  lost: number;
}

/** The median of `runs` processes, each measure for itself. */
function inChildren(mode: string, records: number, runs: number): Measured {
  const args = ["--expose-gc", import.meta.filename, mode, String(records)];
  const all = Array.from({ length: runs }, (): Measured => {
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  const middle = (of: (one: Measured) => number) => median(all.map(of));
  return {
    tookMs: middle((one) => one.tookMs),
    bytes: middle((one) => one.bytes),
    lost: middle((one) => one.lost),
  };
}

function memory(): void {
  say("records        judged in   ns a record   (before)   MB at the peak   B a record   (before)");
  let before: { ns: number; bytes: number } | undefined;
  for (const [records, runs] of [[1e6, 5] as const, [1e7, 5] as const, [1e8, 1] as const]) {
    const { tookMs, bytes, lost } = inChildren("--judge", records, runs);
    if (lost !== records / 100_000) throw new Error(`${lost} lost records found`);
    const each = { ns: (tookMs * 1e6) / records, bytes: bytes / records };
    const share = (of: "ns" | "bytes") => (before ? `x${(each[of] / before[of]).toFixed(2)}` : "");
    say(
      `${`${records / 1e6} M`.padEnd(12)}${`${(tookMs / 1000).toFixed(2)} s`.padStart(12)}` +
        `${each.ns.toFixed(0).padStart(14)}${share("ns").padStart(11)}` +
        `${(bytes / 1e6).toFixed(0).padStart(17)}${each.bytes.toFixed(2).padStart(13)}` +
        `${share("bytes").padStart(11)}${records >= 1e7 ? "   (goal 1 B)" : ""}`,
    );
    before = each;
  }
  const { tookMs, bytes } = inChildren("--set", 5e6, 1);
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
  // `--decode`: that far only.
  if (mode !== "--decode") {
    await againstSets();
    memory();
  }
}
