/**
 * What must be true of a run folder whose harness was killed. Everything is read from the disk and
 * the engine anew, through the commands a user has; nothing is asked of the killed process.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { HistoryEvent } from "../../src/history/events.ts";
import { readHistory } from "../../src/history/history-reader.ts";
import { OUTCOME, ROW } from "../../src/history/journal-format.ts";
import { readJournal } from "../../src/history/journal-reader.ts";
import { listJournals, RUN_FILES, runPaths } from "../../src/history/run-folder.ts";
import { command, leftovers, resultOf } from "../drill/command.ts";

export interface Killed {
  afterMs: number;
  /** The stage the history was in; what there was instead, when there was none. */
  stage: string;
  journals: number;
  blocks: number;
  /** Acked records in the journals, counted here, and the same number as the judge gives it. */
  acked: number;
  judged: number | null;
  /** Exit code of `blackstart judge`; null where there is no run to judge. */
  exitCode: number | null;
  verdict: string;
  /** What is not as it must be. */
  faults: string[];
}

/** Examines the one run below `out`: sweeps, reads the journals, judges twice. */
export async function examine(out: string, afterMs: number): Promise<Killed> {
  const [id] = readdirSync(out);
  const killed: Killed = {
    afterMs,
    stage: "before there was a folder",
    journals: 0,
    blocks: 0,
    acked: 0,
    judged: null,
    exitCode: null,
    verdict: "none",
    faults: [],
  };
  await sweepAll(id, killed.faults);
  if (id === undefined) return killed;
  const folder = join(out, id);
  const missing = [RUN_FILES.plan, RUN_FILES.history, RUN_FILES.journals].filter(
    (name) => !existsSync(join(folder, name)),
  );
  if (missing.length > 0) {
    killed.stage = `before there was a ${missing.join(", a ")}`;
    return killed;
  }
  const { events, altered } = readHistory(runPaths(folder).history);
  if (altered) killed.faults.push("the history's chain is broken before its end");
  killed.stage = stageOf(events);
  readJournals(folder, events, killed);
  await judgeTwice(folder, events, killed);
  return killed;
}

async function sweepAll(id: string | undefined, faults: string[]): Promise<void> {
  const swept = await command("sweep");
  if (swept.code !== 0) faults.push(`sweep exited ${swept.code}: ${swept.stderr.trim()}`);
  const left = id === undefined ? [] : await leftovers(id);
  if (left.length > 0) faults.push(`sweep left ${left.join(", ")}`);
}

function stageOf(events: HistoryEvent[]): string {
  if (events.some(({ type }) => type === "run.ended")) return "after the end";
  const open = events.filter((event) => event.type === "stage.started").at(-1);
  return open?.type === "stage.started" ? open.stage : "before the first stage";
}

/** Each journal: whole blocks up to its end, and no fewer than the history knew of. */
function readJournals(folder: string, events: HistoryEvent[], killed: Killed): void {
  const paths = runPaths(folder);
  const roles = new Map(
    events.flatMap((event) =>
      event.type === "journal.opened" ? [[basename(event.file), event.role] as const] : [],
    ),
  );
  for (const file of listJournals(paths)) {
    const progress = events.flatMap((event) =>
      event.type === "journal.progress"
        ? event.journals.filter((one) => one.file.endsWith(file))
        : [],
    );
    // The balance of sends is the application's; a canary's records are not in it.
    const isProducers = roles.get(file) === "producer";
    const { state, blocks, detail } = readJournal(
      join(paths.journals, file),
      (block) => {
        for (let i = 0; i < block.rows; i += 1) {
          const acked = block.kind(i) === ROW.outcome && block.code(i) === OUTCOME.acked;
          if (isProducers && acked) killed.acked += block.count(i);
        }
      },
      { progress },
    );
    if (state === "cut" || state === "corrupt")
      killed.faults.push(`${file} is ${state}: ${detail}`);
    killed.journals += 1;
    killed.blocks += blocks;
  }
}

/** A crashed run is inconclusive, and judging it again gives the same bytes. */
async function judgeTwice(folder: string, events: HistoryEvent[], killed: Killed): Promise<void> {
  const { faults } = killed;
  const first = await command("judge", folder);
  killed.exitCode = first.code;
  if (!existsSync(runPaths(folder).result)) {
    faults.push(`judge exited ${first.code} without a result: ${first.stderr.trim()}`);
    return;
  }
  const bytes = readFileSync(runPaths(folder).result);
  const result = resultOf(folder);
  killed.verdict = result.verdict;
  killed.judged = result.balances[0]?.rows.find(({ id }) => id === "acked")?.count ?? 0;
  await command("judge", folder);
  if (!readFileSync(runPaths(folder).result).equals(bytes)) faults.push("judged again, it differs");
  if (events.some(({ type }) => type === "run.ended")) return;
  if (result.run.outcome !== "crashed") faults.push(`its outcome is ${result.run.outcome}`);
  if (result.verdict !== "inconclusive") faults.push(`its verdict is ${result.verdict}`);
  if (first.code !== 3) faults.push(`judge exited ${first.code}`);
  if (result.reasons.length === 0) faults.push("it gives no reason");
  if (killed.judged !== killed.acked) {
    faults.push(`${killed.acked} acked in the journals, ${killed.judged} in the result`);
  }
  const met = result.objectives.filter((one) => one.verdict === "met").map((one) => one.label);
  if (met.length > 0) faults.push(`it calls ${met.join(", ")} met`);
}
