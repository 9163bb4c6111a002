/** The first thing a client asks a broker. Answering it shows that the broker serves requests. */
import { apiVersionsV3 } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";

export async function apiVersions(connection: BrokerConnection): Promise<void> {
  const answer = await connection.call(apiVersionsV3.api, "blackstart", "1");
  if (answer.errorCode !== 0) throw new Error(`ApiVersions: broker error ${answer.errorCode}`);
}
