/**
 * Heals the faults that are open, together: every undo acts, the last fault's first, before the first
 * heal is proven.
 *
 * Healed one by one, a heal may need what another fault still holds. A broker that is started while
 * its link to the active controller is cut gives up after a minute, and the proof of the region's heal
 * waits for it before the link has its turn.
 */
import type { Fidelity } from "../history/events.ts";
import { messageOf } from "../kernel/errors.ts";
import { withDeadline } from "../kernel/heal-stack.ts";
import type { OpenFault, RunContext } from "./run-context.ts";

const UNDONE_WITHIN_MS = 120_000;

/** Their heals start processes: they are proven first, since a link shows what lives at its ends. */
const STARTS_NODES: ReadonlySet<Fidelity> = new Set(["crash", "power-loss", "graceful", "pause"]);

/** A heal that fails is recorded and told by its step; the others still run. Throws nothing. */
export async function healOpen(context: RunContext): Promise<void> {
  const open = [...context.live.openFaults.values()].reverse();
  if (open.length > 1) await bringObservers(context);
  for (const { step, undo } of open) {
    context.progress.status(`healing ${step.id}`);
    // One that is late goes on beside the others, and its heal waits for it.
    await withDeadline(undo(), UNDONE_WITHIN_MS).catch(() => {});
  }
  for (const { step, heal } of nodesFirst(open)) {
    context.progress.status(`proving the heal of ${step.id}`);
    await heal().catch(() => {});
  }
}

/** A link from a region whose agents died is proven by nobody: somebody looks from everywhere. */
async function bringObservers({ plan, agents, progress }: RunContext): Promise<void> {
  for (const { name } of plan.topology.regions) {
    if (agents.observerIn(name) !== undefined) continue;
    try {
      await agents.start(name, "observer", "restore");
    } catch (error) {
      progress.note(`no observer in ${name}: ${messageOf(error)}`);
    }
  }
}

function nodesFirst(open: OpenFault[]): OpenFault[] {
  const starts = ({ reach }: OpenFault) => STARTS_NODES.has(reach.fidelity);
  return [...open.filter(starts), ...open.filter((fault) => !starts(fault))];
}
