/**
 * `npm run control:kills`: SIGKILL to the harness at random moments of a real run. Whatever moment it
 * is, the journals must be valid up to their last complete block and hold all that the history knew
 * of them, `sweep` must leave nothing, and `judge` must say what it can and call the rest
 * inconclusive.
 *
 * ```
 * npm run control:kills                            20 kills, about 15 minutes
 * npm run control:kills -- --count 3 --seed 7
 * npm run control:kills -- --write                 writes docs/killed-harness.md, too
 * ```
 * The moments are drawn from the seed, one in each of `count` equal parts of a run's life, so that
 * every stage is met. How long a run lives is taken from a whole run at the start.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { delay, monotonicUs, wallTime } from "../../src/kernel/clock.ts";
import { Random } from "../../src/kernel/random.ts";
import { Command, tinyFile } from "../drill/command.ts";
import { examine, type Killed } from "./killed-run.ts";
import { killTable } from "./killed-table.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/killed-harness.md");

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20" },
    seed: { type: "string", default: "42" },
    write: { type: "boolean", default: false },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A run that nobody disturbs, for how long it takes, ms. */
async function undisturbed(): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), "blackstart-kills-"));
  const startUs = monotonicUs();
  const { code, stderr } = await new Command(["run", tinyFile, "--out", out]).finished;
  const tookMs = (monotonicUs() - startUs) / 1000;
  rmSync(out, { recursive: true, force: true });
  if (code !== 0 && code !== 3)
    throw new Error(`expected a whole run, it exited ${code}\n${stderr}`);
  return tookMs;
}

/** One run, killed `afterMs` after its start. */
async function kill(afterMs: number): Promise<Killed> {
  const out = mkdtempSync(join(tmpdir(), "blackstart-kills-"));
  const run = new Command(["run", tinyFile, "--out", out]);
  await Promise.race([delay(afterMs), run.finished]);
  run.child.kill("SIGKILL");
  await run.finished;
  const killed = await examine(out, afterMs);
  if (killed.faults.length === 0) rmSync(out, { recursive: true, force: true });
  else say(`   kept for a look: ${out}`);
  return killed;
}

const lifeMs = await undisturbed();
say(`a whole run takes ${(lifeMs / 1000).toFixed(1)} s; ${count} kills, seed ${seed}`);
const random = new Random(seed, "kills");
const kills: Killed[] = [];
for (let i = 0; i < count; i += 1) {
  const killed = await kill(((i + random.unit()) / count) * lifeMs);
  kills.push(killed);
  const verdict = killed.faults.length === 0 ? "as it must be" : killed.faults.join("; ");
  say(`${i + 1}/${count}  ${(killed.afterMs / 1000).toFixed(1)} s  ${killed.stage}: ${verdict}`);
}
const bad = kills.filter(({ faults }) => faults.length > 0);
say(`${kills.length - bad.length} of ${kills.length} as they must be`);
if (values.write) {
  writeFileSync(PAGE, killTable(kills, { seed, lifeMs, date: wallTime().slice(0, 10) }));
  say(`wrote ${PAGE}`);
}
process.exitCode = kills.length > 0 && bad.length === 0 ? 0 : 1;
