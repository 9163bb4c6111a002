/** What could change a number and is not in the experiment: engine, kernel, images, machine. */
import { cpus, release, totalmem } from "node:os";
import type Docker from "dockerode";
import type { Images } from "./images.ts";

export async function engineFacts(
  docker: Docker,
  images: Images,
): Promise<Record<string, unknown>> {
  const version = await docker.version();
  return {
    engine: { version: version.Version, api: version.ApiVersion, platform: version.Os },
    host: {
      kernel: release(),
      cores: cpus().length,
      cpu: cpus()[0]?.model ?? "unknown",
      memoryBytes: totalmem(),
      node: process.version,
    },
    images: {
      source: images.source,
      gateway: images.gateway,
      agent: images.agent,
      ...Object.fromEntries(
        Object.entries(images.kafka).map(([kafka, image]) => [`kafka ${kafka}`, image]),
      ),
    },
  };
}
