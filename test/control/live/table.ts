/** The page docs/live-controls.md. */
import type { Outcome } from "./control.ts";

export function liveTable(outcomes: readonly Outcome[], date: string): string {
  const rows = outcomes.map(({ control, answer, falseAlarms }) => {
    const verdict = answer.wrong.length === 0 ? "yes" : answer.wrong.join("; ");
    const alarms = falseAlarms.length === 0 ? "none" : falseAlarms.join("; ");
    return `| ${control.name} | ${control.what} | ${answer.planted} | ${answer.found} | ${verdict} | ${alarms} |`;
  });
  return [
    "# Live controls",
    "",
    `\`npm run control:live -- --write\` made this page on ${date}; do not edit it.`,
    "",
    "Defects planted in real clusters. The truth is known from Kafka itself (leader epochs, end offsets,",
    "segment files) or by construction, never from the judge. A plant counts as found when class, count and",
    "place are exactly right; anything else that is called a defect is a false alarm.",
    "",
    "| control | what was done | the truth | what the judge found | right | false alarms |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
