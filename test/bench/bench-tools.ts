/** What the benches share: clocks, medians, and a history's journals on disk. */
import path from "node:path";
import { OUTCOME } from "../../src/history/journal-format.ts";
import { readJournal } from "../../src/history/journal-reader.ts";
import { JournalWriter } from "../../src/history/journal-writer.ts";
import { judge } from "../../src/reconcile/judge.ts";
import type { Result } from "../../src/reconcile/result.ts";
import { largeHistory } from "./reconcile-rows.ts";

export const say = (line: string) => void process.stdout.write(`${line}\n`);

export async function seconds(work: () => unknown): Promise<number> {
  const before = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - before) / 1e9;
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The producer's side of the same records: sent and acked in batches of 100. */
export function producerJournal(dir: string, count: number, n: number): string {
  const name = `producer.${n}.bin`;
  const journal = JournalWriter.open(dir, { run: "b", agent: "p", role: "producer", file: name });
  for (let seq = 0; seq < count; seq += 100) {
    journal.intent(1, 1, 3, seq, 100, seq, seq, seq + 99);
    journal.outcome(1, 1, 3, seq, 100, OUTCOME.acked, seq, seq + 150);
  }
  journal.close();
  return path.join(dir, name);
}

export function judgeFiles(files: string[]): Result {
  const { plan, history, tool } = largeHistory(0);
  return judge({
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
}
