/** An unclean election: who is elected had left the ISR. */
import type { Control } from "./control.ts";
import { epochStarts } from "./epochs.ts";
import { checkLostSet } from "./lost-set.ts";

export const uncleanElection: Control = {
  name: "unclean election after the ISR shrank",
  what: "the ISR shrinks to the leader, the leader gets SIGKILL, a former replica is elected uncleanly",
  file: "unclean-election.yaml",
  // The new leader gives the offsets of what was lost to other records, and acks them as well.
  explains: ["lost", "unread", "redelivery", "duplicate-acked-offset"],
  during: (folder) => epochStarts(folder, "orders"),
  check: (evidence) => checkLostSet(evidence, "crash"),
};
