/** The state of a classic consumer group, from its coordinator. */
import { describeGroupsV5 } from "@platformatic/kafka";
import { BrokerRefusal, withCoordinator } from "./cluster-requests.ts";

/** Kafka's own word: Stable, Empty, PreparingRebalance, CompletingRebalance or Dead. */
export async function describeGroup(
  bootstrap: string[],
  clientId: string,
  group: string,
): Promise<{ state: string; members: number }> {
  const answer = await withCoordinator(bootstrap, clientId, group, (connection) =>
    connection.call(describeGroupsV5.api, [group], false),
  );
  const [found] = answer.groups;
  if (found === undefined || found.errorCode !== 0) {
    throw new BrokerRefusal(`state of ${group}`, found?.errorCode ?? -1);
  }
  return { state: found.groupState, members: found.members.length };
}
