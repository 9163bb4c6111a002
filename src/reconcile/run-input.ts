/**
 * A run folder as the judge's input: the history, and each journal read lazily, once, with what the
 * history knew about it. Everything on disk is reached through `history/`.
 */
import path from "node:path";
import type { HistoryEvent } from "../history/events.ts";
import { readHistory } from "../history/history-reader.ts";
import { type JournalExpectation, readJournal } from "../history/journal-reader.ts";
import { includedFile, listJournals, type RunPaths, sha256Of } from "../history/run-folder.ts";
import type { JudgeInput, PlanSummary } from "./judge.ts";
import type { JournalInput } from "./rows.ts";

/** Reads the history at once; journals only when the judge asks for their rows. */
export function runInput(paths: RunPaths, plan: PlanSummary, tool: JudgeInput["tool"]): JudgeInput {
  const { events, problems, sha256 } = readHistory(paths.history);
  const known = knownJournals(events);
  const journals = listJournals(paths).map((file) =>
    journalInput(path.join(paths.journals, file), file, plan.run, known.get(file)),
  );
  const altered = alteredFiles(paths, plan, events);
  return { plan, history: { events, problems, sha256 }, journals, tool, altered };
}

interface Included {
  includes?: { file: string; sha256: string }[];
}

/**
 * What the run was started with and is another thing now, in words: the plan, by the hash that the
 * history begins with, and the experiment's files, by the hashes in the plan.
 */
function alteredFiles(
  paths: RunPaths,
  plan: PlanSummary & Included,
  events: readonly HistoryEvent[],
): string[] {
  const started = events.find((event) => event.type === "run.started");
  const files = [
    { file: paths.plan, sha256: started?.type === "run.started" ? started.planSha256 : undefined },
    { file: paths.experiment, sha256: plan.experimentSha256 },
    ...(plan.includes ?? []).map(({ file, sha256 }, index) => ({
      file: includedFile(paths, index, file),
      sha256,
    })),
  ];
  return files.flatMap(({ file, sha256 }) => {
    if (sha256 === undefined || sameBytes(file, sha256)) return [];
    return [`${path.relative(paths.dir, file)} is not what the run was started with`];
  });
}

function sameBytes(file: string, sha256: string): boolean {
  try {
    return sha256Of(file) === sha256;
  } catch {
    return false;
  }
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
