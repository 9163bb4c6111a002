/**
 * What other ways of measuring would have said of the same outages, from the same journals.
 *
 * - *windows*: seconds without an ack. Counts whole seconds, wherever they fall.
 * - *callbacks*: first to last failed send of a client that retries by itself. A client that waits
 *   its retries out reports nothing at all.
 * - *last ack*: start of the fault − the last ack before it. Known tools print it; it says how old
 *   the last ack was, and nothing of the outage.
 * - *gap*: the longest time between two acks. Honest about one outage of one partition; knows
 *   nothing of due times, of a second stall, or of a cause.
 */
import { OUTCOME, ROW } from "../../src/history/journal-format.ts";
import { readJournal } from "../../src/history/journal-reader.ts";
import type { KnownOutage } from "./outage-stub.ts";

export const USUAL = ["windows", "callbacks", "lastAck", "gap"] as const;
export type Usual = (typeof USUAL)[number];

export interface Answers {
  /** When each ack came, µs, in order. */
  acksUs: number[];
  failuresUs: number[];
}

const SECOND_US = 1_000_000;

export function answersOf(file: string): Answers {
  const answers: Answers = { acksUs: [], failuresUs: [] };
  readJournal(file, (block) => {
    for (let i = 0; i < block.rows; i += 1) {
      if (block.kind(i) !== ROW.outcome) continue;
      const acked = block.code(i) === OUTCOME.acked;
      (acked ? answers.acksUs : answers.failuresUs).push(block.tUs(i));
    }
  });
  answers.acksUs.sort((a, b) => a - b);
  return answers;
}

/** Recovery times in ms, by method. `sinceUs`, `untilUs`: what belongs to this outage. */
export function usualMethods(
  outage: KnownOutage,
  by: { canary: Answers; application: Answers; originUs: number },
  sinceUs: number,
  untilUs: number,
): Record<Usual, number> {
  const during = (times: readonly number[]) => times.filter((us) => us >= sinceUs && us < untilUs);
  const acks = during(by.canary.acksUs);
  const startUs = (outage.cut.beforeUs + outage.cut.afterUs) / 2;
  const failures = during(by.application.failuresUs).filter((us) => us >= outage.cut.beforeUs);
  const gaps = acks.slice(1).map((us, at) => us - (acks[at] as number));
  const last = acks.findLast((us) => us <= startUs) ?? startUs;
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    windows: emptySeconds(acks, by.originUs, sinceUs, untilUs) * 1000,
    callbacks: failures.length === 0 ? 0 : (most(failures) - Math.min(...failures)) / 1000,
    lastAck: (startUs - last) / 1000,
    gap: most(gaps) / 1000,
  };
}

/** Whole seconds of the run's clock, inside the window, in which no ack came. */
function emptySeconds(acks: readonly number[], originUs: number, sinceUs: number, untilUs: number) {
  const second = (us: number) => Math.floor((us - originUs) / SECOND_US);
  const filled = new Set(acks.map(second));
  let empty = 0;
  for (let at = second(sinceUs) + 1; at < second(untilUs); at += 1) if (!filled.has(at)) empty += 1;
  return empty;
}
