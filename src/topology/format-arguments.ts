/**
 * What a node's storage is formatted with beside its properties: feature levels that are not those
 * Kafka gives a new cluster. They are written into the metadata log once, so they are said before the
 * first boot or not at all. The image's `kafka-node` hands them to Kafka's StorageTool.
 */
import type { KafkaNode } from "./types.ts";

/** Environment of the node's container; empty where everything is Kafka's own. */
export function formatArguments({ features }: Pick<KafkaNode, "features">): Record<string, string> {
  const levels = Object.entries(features ?? {}).map(
    ([name, level]) => `--feature ${name}=${level}`,
  );
  return levels.length === 0 ? {} : { KAFKA_FORMAT_ARGS: levels.join(" ") };
}
