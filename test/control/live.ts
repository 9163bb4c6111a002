/**
 * `npm run control:live`: defects planted in real clusters, where the truth is known by construction
 * or from Kafka itself, and what the judge says of them.
 *
 * ```
 * npm run control:live                       all of them, about 8 minutes
 * npm run control:live -- --only mirror      those whose name contains the word
 * npm run control:live -- --write            writes docs/live-controls.md, too
 * ```
 * Exit 0 when every plant was found whole, at its place, and nothing else was called a defect.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readHistory } from "../../src/history/history-reader.ts";
import { runPaths } from "../../src/history/run-folder.ts";
import { wallTime } from "../../src/kernel/clock.ts";
import { messageOf } from "../../src/kernel/errors.ts";
import { Command, resultOf, runIn } from "../drill/command.ts";
import { type Control, type Finding, falseAlarms, type Outcome } from "./live/control.ts";
import { controls } from "./live/controls.ts";
import { liveTable } from "./live/table.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/live-controls.md");
const RECOVERY_WITHIN_MS = 300_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
});

function readFindings(folder: string): Finding[] {
  const text = readFileSync(runPaths(folder).findings, "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Finding);
}

async function runControl(control: Control): Promise<Outcome> {
  const out = mkdtempSync(join(tmpdir(), "blackstart-control-"));
  const file = join(import.meta.dirname, "experiments", control.file);
  const drill = new Command(["run", file, "--out", out]);
  let facts: unknown;
  if (control.during) {
    await drill.says(/\[6\/\d\]/, RECOVERY_WITHIN_MS);
    facts = await control.during(runIn(out));
  }
  const { stderr } = await drill.finished;
  const folder = runIn(out);
  const result = resultOf(folder);
  if (result.run.outcome !== "completed")
    throw new Error(`${control.name}: ${stderr.slice(-2000)}`);
  const findings = readFindings(folder);
  const { events } = readHistory(runPaths(folder).history);
  const answer = control.check({ folder, result, events, findings, facts });
  const alarms = falseAlarms(control, findings);
  if (answer.wrong.length + alarms.length === 0) rmSync(out, { recursive: true });
  else say(`   kept for a look: ${folder}`);
  return { control, answer, falseAlarms: alarms };
}

const chosen = controls.filter(({ name }) => name.includes(values.only));
const outcomes: Outcome[] = [];
let broken = 0;
for (const control of chosen) {
  say(`${control.name}: ${control.what}`);
  try {
    const outcome = await runControl(control);
    outcomes.push(outcome);
    const { answer } = outcome;
    say(`   planted: ${answer.planted}\n   found:   ${answer.found}`);
    for (const wrong of answer.wrong) say(`   WRONG: ${wrong}`);
    for (const alarm of outcome.falseAlarms) say(`   FALSE ALARM: ${alarm}`);
  } catch (error) {
    broken += 1;
    say(`   could not be carried out: ${messageOf(error)}`);
  }
}
const good = outcomes.filter((one) => one.answer.wrong.length + one.falseAlarms.length === 0);
say(`${good.length} of ${chosen.length} found whole, with no false alarm`);
if (values.write) {
  writeFileSync(PAGE, liveTable(outcomes, wallTime().slice(0, 10)));
  say(`wrote ${PAGE}`);
}
process.exitCode = chosen.length > 0 && good.length === chosen.length && broken === 0 ? 0 : 1;
