/** The page docs/killed-harness.md: what became of every run whose harness was killed. */
import type { Killed } from "./killed-run.ts";

export interface KillsMade {
  seed: number;
  /** How long a whole run takes, ms. */
  lifeMs: number;
  date: string;
}

export function killTable(kills: readonly Killed[], { seed, lifeMs, date }: KillsMade): string {
  const good = kills.filter(({ faults }) => faults.length === 0).length;
  const rows = kills.map(
    (one) =>
      `| ${(one.afterMs / 1000).toFixed(1)} | ${one.stage} | ${one.journals} | ${one.blocks} | ` +
      `${one.acked} | ${one.judged ?? "-"} | ${one.verdict} | ${one.exitCode ?? "-"} | ` +
      `${one.faults.length === 0 ? "yes" : one.faults.join("; ")} |`,
  );
  return [
    "# A killed harness",
    "",
    "`npm run control:kills -- --write` made this page; do not edit it.",
    "",
    `SIGKILL to the harness at ${kills.length} moments of a real run (one broker, seed ${seed}, ${date}; ` +
      `a whole run took ${(lifeMs / 1000).toFixed(1)} s), one moment drawn in each equal part of its life. ` +
      "After each: `blackstart sweep` must leave no container and no network; every journal must be",
    "valid up to its last complete block and hold all that the history knew of it; `blackstart judge`",
    "must call the run crashed and inconclusive, call no objective met, count every acked record that",
    "the journals hold, and give the same bytes when asked again. A run that had written down its end",
    "before the kill is whole, and judged as one: its row has `after the end` for a stage.",
    "",
    `**${good} of ${kills.length} were as they must be.**`,
    "",
    "| killed after, s | stage | journals | blocks | acked, in the journals | acked, as judged | verdict | judge's exit | as it must be |",
    "|---:|---|---:|---:|---:|---:|---|---:|---|",
    ...rows,
    "",
  ].join("\n");
}
