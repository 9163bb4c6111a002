/** Requests that change a topic as a whole: delete it, widen it. */
import { createPartitionsV3, deleteTopicsV6 } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";
import { BrokerRefusal } from "./cluster-requests.ts";

const TIMEOUT_MS = 4000;

export async function deleteTopic(at: BrokerConnection, name: string): Promise<void> {
  const answer = await at.call(deleteTopicsV6.api, [{ name, topicId: null }], TIMEOUT_MS);
  for (const { errorCode, errorMessage } of answer.responses) {
    if (errorCode !== 0) throw new BrokerRefusal(`delete topic ${name}`, errorCode, errorMessage);
  }
}

/** `count`: in all, afterwards. The controller places the new ones. */
export async function widenTopic(at: BrokerConnection, name: string, count: number): Promise<void> {
  const wanted = [{ name, count, assignments: null }];
  const answer = await at.call(createPartitionsV3.api, wanted, TIMEOUT_MS, false);
  for (const { errorCode, errorMessage } of answer.results) {
    if (errorCode !== 0) throw new BrokerRefusal(`widen topic ${name}`, errorCode, errorMessage);
  }
}
