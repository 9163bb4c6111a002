/** The first thing a client asks a broker. Answering it shows that the broker serves requests. */
import { apiVersionsV3 } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";

/** Levels of the cluster's features, as it has settled on them; one at level 0 is not among them. */
export type FeatureLevels = Record<string, number>;

export async function apiVersions(connection: BrokerConnection): Promise<FeatureLevels> {
  const answer = await connection.call(apiVersionsV3.api, "blackstart", "1");
  if (answer.errorCode !== 0) throw new Error(`ApiVersions: broker error ${answer.errorCode}`);
  return Object.fromEntries(
    (answer.finalizedFeatures ?? []).map(({ name, maxVersionLevel }) => [name, maxVersionLevel]),
  );
}
