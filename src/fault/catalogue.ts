/** Every fault kind, by name. The experiment schema is composed from this list. */
import { brokerDisk } from "./broker-disk.ts";
import { brokerIsolate } from "./broker-isolate.ts";
import { brokerKill } from "./broker-kill.ts";
import { brokerPause } from "./broker-pause.ts";
import { brokerPowerLoss } from "./broker-power-loss.ts";
import { brokerRoll } from "./broker-roll.ts";
import { brokerStop } from "./broker-stop.ts";
import { brokerWipe } from "./broker-wipe.ts";
import { clientKill } from "./client-kill.ts";
import { clientPause } from "./client-pause.ts";
import { controllerKill } from "./controller-kill.ts";
import { controllerMove } from "./controller-move.ts";
import { electionPreferred } from "./election-preferred.ts";
import { electionStorm } from "./election-storm.ts";
import { electionUnclean } from "./election-unclean.ts";
import type { FaultDefinition } from "./fault.ts";
import { groupMove } from "./group-move.ts";
import { linkBandwidth } from "./link-bandwidth.ts";
import { linkDegrade } from "./link-degrade.ts";
import { linkFlap } from "./link-flap.ts";
import { linkPartition } from "./link-partition.ts";
import { regionShutdown } from "./region-shutdown.ts";
import { replicationKill } from "./replication-kill.ts";
import { replicationPause } from "./replication-pause.ts";
import { replicationRestart } from "./replication-restart.ts";
import { replicationStopAll } from "./replication-stop-all.ts";
import { replicationTask } from "./replication-task.ts";
import { topicAddPartitions } from "./topic-add-partitions.ts";
import { topicCorrupt } from "./topic-corrupt.ts";
import { topicDelete } from "./topic-delete.ts";
import { topicRecreate } from "./topic-recreate.ts";

export const faults = [
  brokerKill,
  brokerPause,
  brokerStop,
  brokerRoll,
  brokerIsolate,
  brokerDisk,
  brokerWipe,
  brokerPowerLoss,
  controllerKill,
  controllerMove,
  electionPreferred,
  electionUnclean,
  electionStorm,
  linkPartition,
  linkFlap,
  linkDegrade,
  linkBandwidth,
  replicationKill,
  replicationPause,
  replicationRestart,
  replicationStopAll,
  replicationTask,
  clientKill,
  clientPause,
  groupMove,
  topicDelete,
  topicRecreate,
  topicAddPartitions,
  topicCorrupt,
  regionShutdown,
] as const;

export type FaultKind = (typeof faults)[number]["kind"];

/** The definition of a kind; parameters are those its own schema parsed. */
export function faultOf(kind: string): FaultDefinition<unknown> | undefined {
  return faults.find((fault) => fault.kind === kind) as FaultDefinition<unknown> | undefined;
}
