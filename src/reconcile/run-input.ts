/**
 * A run folder as the judge's input: the history, and each journal read lazily, once, with what the
 * history knew about it. Everything on disk is reached through `history/`.
 */
import path from "node:path";
import type { HistoryEvent } from "../history/events.ts";
import { readHistory } from "../history/history-reader.ts";
import { type JournalExpectation, readJournal } from "../history/journal-reader.ts";
import { listJournals, type RunPaths } from "../history/run-folder.ts";
import type { JudgeInput, PlanSummary } from "./judge.ts";
import type { JournalInput } from "./rows.ts";

/** Reads the history at once; journals only when the judge asks for their rows. */
export function runInput(paths: RunPaths, plan: PlanSummary, tool: JudgeInput["tool"]): JudgeInput {
  const { events, problems, sha256 } = readHistory(paths.history);
  const known = knownJournals(events);
  const journals = listJournals(paths).map((file) =>
    journalInput(path.join(paths.journals, file), file, plan.run, known.get(file)),
  );
  return { plan, history: { events, problems, sha256 }, journals, tool };
}

interface Known {
  agent: string;
  role: string;
  progress: { blocks: number; crc: number }[];
}

function knownJournals(events: readonly HistoryEvent[]): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const event of events) {
    if (event.type === "journal.opened") {
      const { agent, role } = event;
      known.set(path.basename(event.file), { agent, role, progress: [] });
    } else if (event.type === "journal.progress") {
      for (const { file, blocks, crc } of event.journals) {
        known.get(path.basename(file))?.progress.push({ blocks, crc });
      }
    }
  }
  return known;
}

function journalInput(
  whole: string,
  file: string,
  run: string,
  known: Known | undefined,
): JournalInput {
  const { agent, role } = known ?? readJournal(whole).header ?? { agent: "?", role: "?" };
  const expected: JournalExpectation = known ? { run, ...known } : {};
  return {
    file,
    agent,
    role,
    read: (onBlock) => {
      const { state, rows, detail } = readJournal(whole, onBlock, expected);
      return { state, rows, detail };
    },
  };
}
