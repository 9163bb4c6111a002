/** Every live control, in the order in which they run. */
import type { Control } from "./control.ts";
import { groupMoved } from "./group-moved.ts";
import { leaderCut } from "./leader-cut.ts";
import { mirrorRestarted } from "./mirror-restarted.ts";
import { uncleanElection } from "./unclean-election.ts";

export const controls: Control[] = [leaderCut, uncleanElection, mirrorRestarted, groupMoved];
