/**
 * Nodes of an image that was given: no script of ours is in it. It must have Kafka's own commands on
 * its PATH, as Confluent's images do. Written after their documentation; never run here, because no
 * licensed image was at hand.
 */
import type Docker from "dockerode";
import type { GenericContainer } from "testcontainers";
import { DrillError } from "../../kernel/errors.ts";
import { givenImage, imageVariable } from "../../kernel/given-images.ts";
import type { Image } from "./images.ts";

const PROPERTIES = "/etc/blackstart/server.properties";

/** Formats what is blank, then becomes Kafka: signals reach the JVM. */
export const GIVEN_START =
  `kafka-storage format --ignore-formatted -t "$KAFKA_CLUSTER_ID" -c ${PROPERTIES} && ` +
  `exec kafka-server-start ${PROPERTIES}`;

/** Root, because the disk of the node's machine belongs to it. */
export function givenCommand(container: GenericContainer, heapMiB: number): void {
  container
    .withEntrypoint(["sh"])
    .withUser("root")
    .withEnvironment({ KAFKA_HEAP_OPTS: `-Xms${Math.min(heapMiB, 128)}m -Xmx${heapMiB}m` });
}

/** The engine must have it: Blackstart downloads nothing that others license. */
export async function requireGiven(docker: Docker, name: string): Promise<Image> {
  const tag = givenImage(name);
  if (tag === undefined) {
    throw new DrillError("E_IMAGE_ABSENT", `no image ${name} was given: ${imageVariable(name)}`);
  }
  try {
    const { Id } = await docker.getImage(tag).inspect();
    return { tag, id: Id };
  } catch (error) {
    throw new DrillError("E_IMAGE_ABSENT", `the engine has no image ${tag}`, { cause: error });
  }
}
