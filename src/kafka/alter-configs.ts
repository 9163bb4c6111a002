/** Changes of a topic's configuration that leave its other settings as they are (KIP-339). */
import {
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
  incrementalAlterConfigsV1,
} from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";
import { BrokerRefusal } from "./cluster-requests.ts";

/** Throws a `BrokerRefusal` with Kafka's own words when the settings are not accepted. */
export async function alterTopicConfigs(
  connection: BrokerConnection,
  topic: string,
  set: Record<string, string>,
): Promise<void> {
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: topic,
    configs: Object.entries(set).map(([name, value]) => ({
      name,
      configOperation: IncrementalAlterConfigOperationTypes.SET,
      value,
    })),
  };
  const answer = await connection.call(incrementalAlterConfigsV1.api, [resource], false);
  const [result] = answer.responses;
  if (result?.errorCode === 0) return;
  throw new BrokerRefusal(
    `alter configs of ${topic}`,
    result?.errorCode ?? -1,
    result?.errorMessage,
  );
}
