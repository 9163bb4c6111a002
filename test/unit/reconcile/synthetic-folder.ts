/** A synthetic run written to disk as a whole run folder, by the same writers a drill uses. */
import fs from "node:fs";
import { History } from "../../../src/history/history-writer.ts";
import { JournalWriter } from "../../../src/history/journal-writer.ts";
import {
  createRunFolder,
  type RunPaths,
  sha256Of,
  writeJson,
} from "../../../src/history/run-folder.ts";
import { whole } from "./memory-journal.ts";
import { newEventsOf } from "./synthetic-rows.ts";
import { SYNTHETIC_EXPERIMENT, type SyntheticRun } from "./synthetic-run.ts";

/** Writes plan.json, history.ndjson and journals/ into an empty folder; gives its paths. */
export function writeRunFolder(run: SyntheticRun, dir: string): RunPaths {
  const paths = createRunFolder(dir);
  writeJson(paths.plan, run.plan());
  fs.writeFileSync(paths.experiment, SYNTHETIC_EXPERIMENT);
  const planSha256 = sha256Of(paths.plan);
  const journals = run.journals();
  const progress = journals.map((journal) => {
    const { file, agent, role, rows, state } = journal;
    const writer = JournalWriter.open(
      paths.journals,
      { run: "synthetic-run", agent, role, file },
      { rowsPendingMax: 512 },
    );
    for (const one of rows) writer.append(whole(one));
    writer.flush();
    const reached = writer.progress();
    if (state === "closed") writer.close();
    return reached;
  });
  using history = History.open(paths.history);
  for (const event of newEventsOf(run, run.announced())) {
    if (event.type === "run.ended") {
      const { tUs } = event;
      history.record({
        type: "journal.progress",
        journals: progress,
        ...(tUs === undefined ? {} : { tUs }),
      });
    }
    history.record(event.type === "run.started" ? { ...event, planSha256 } : event);
  }
  return paths;
}
