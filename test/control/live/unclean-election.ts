/** An unclean election: who is elected had left the ISR. */
import type { Control } from "./control.ts";
import { epochStarts } from "./epochs.ts";
import { checkLostSet } from "./lost-set.ts";

export const uncleanElection: Control = {
  name: "unclean election after the ISR shrank",
  what: "the ISR shrinks to the leader, the leader gets SIGKILL, a former replica is elected uncleanly",
  file: "unclean-election.yaml",
  explains: ["lost", "unread", "redelivery"],
  during: (folder) => epochStarts(folder, "orders"),
  check: (evidence) => checkLostSet(evidence, "crash"),
};
