/**
 * The truth is by construction: the coordinator was given offsets that many lower, or higher, than
 * the group's own. Between them lie probes of the canary, too, which no application reads: how many
 * records of the application are meant is counted from the audit's journal.
 */
import { seenBetween } from "./acked.ts";
import type { Control } from "./control.ts";

const PARTITIONS = [0, 1, 2, 3];
const MOVES = [
  { group: "back", by: -70, verdict: "replay" },
  { group: "forward", by: 20, verdict: "skip" },
] as const;
const APPLICATION = 1;

export const groupMoved: Control = {
  name: "group moved back and forward",
  what: "the offsets of one group moved back by 70 on each of 4 partitions, of another forward by 20",
  file: "group-moved.yaml",
  explains: ["redelivery", "unread"],
  check: ({ folder, result }) => {
    const wrong: string[] = [];
    const planted: string[] = [];
    const found: string[] = [];
    for (const { group, by, verdict } of MOVES) {
      for (const partition of PARTITIONS) {
        const one = result.offsets.find((o) => o.group === group && o.partition === partition);
        const where = `${group}-${partition}`;
        const [from, to] = [one?.resumedOffset ?? 0, one?.committedOffset ?? 0];
        const between = { producer: APPLICATION, partition };
        const records =
          by < 0
            ? seenBetween(folder, { ...between, from: to + by, to })
            : seenBetween(folder, { ...between, from: to, to: to + by });
        planted.push(`${where} ${verdict} ${records}`);
        found.push(`${where} ${one?.verdict} ${one?.records}`);
        if (from - to !== by)
          wrong.push(`${where} resumed at ${from}, ${from - to} from its commit`);
        if (one?.verdict !== verdict) wrong.push(`${where} is called ${one?.verdict}`);
        if (one?.records !== records) wrong.push(`${where}: ${one?.records}, planted ${records}`);
      }
    }
    return { planted: planted.join(", "), found: found.join(", "), wrong };
  },
};
