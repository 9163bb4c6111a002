/** Acks as the producer journalled them: counted here, without the judge. */
import { join } from "node:path";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import { readJournal } from "../../../src/history/journal-reader.ts";
import { listJournals, runPaths } from "../../../src/history/run-folder.ts";
import type { EpochStarts } from "./epochs.ts";

/** `partition/seq` of application records acked before `beforeUs` at or after an epoch's start. */
export function ackedBeyond(folder: string, starts: EpochStarts, beforeUs: number): Set<string> {
  const paths = runPaths(folder);
  const beyond = new Set<string>();
  for (const file of listJournals(paths).filter((name) => name.includes(".producer."))) {
    readJournal(join(paths.journals, file), (block) => {
      for (let i = 0; i < block.rows; i += 1) {
        if (block.kind(i) !== ROW.outcome || block.code(i) !== OUTCOME.acked) continue;
        const partition = block.partition(i);
        const start = starts[partition];
        if (start === undefined || block.tUs(i) > beforeUs) continue;
        for (let n = 0; n < block.count(i); n += 1) {
          if (block.offset(i) + n >= start) beyond.add(`${partition}/${block.seqFirst(i) + n}`);
        }
      }
    });
  }
  return beyond;
}

/** Records of one producer that the audit saw at offsets [from, to) of a partition. */
export function seenBetween(
  folder: string,
  place: { producer: number; partition: number; from: number; to: number },
): number {
  const paths = runPaths(folder);
  let seen = 0;
  for (const file of listJournals(paths).filter((name) => name.includes(".audit."))) {
    readJournal(join(paths.journals, file), (block) => {
      for (let i = 0; i < block.rows; i += 1) {
        const ours = block.kind(i) === ROW.seen && block.producer(i) === place.producer;
        if (!ours || block.partition(i) !== place.partition) continue;
        const [first, end] = [block.offset(i), block.offset(i) + block.count(i)];
        seen += Math.max(0, Math.min(end, place.to) - Math.max(first, place.from));
      }
    });
  }
  return seen;
}
