/** acks=1 and a leader cut off from its followers, then killed. */
import type { Control } from "./control.ts";
import { epochStarts } from "./epochs.ts";
import { checkLostSet } from "./lost-set.ts";

export const leaderCut: Control = {
  name: "acks=1, leader cut off, then killed",
  what: "a leader's followers cut off for 5 s while it goes on answering acks=1; then SIGKILL",
  file: "leader-cut.yaml",
  // The new leader gives the offsets of what was lost to other records, and acks them as well.
  explains: ["lost", "unread", "redelivery", "duplicate-acked-offset"],
  during: (folder) => epochStarts(folder, "orders"),
  check: (evidence) => checkLostSet(evidence, "crash"),
};
