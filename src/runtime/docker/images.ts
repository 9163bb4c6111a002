/**
 * Which image serves which role. Set-up writes `.blackstart/images.json`; this reads it and checks
 * that the engine still has what it names.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { packageRoot } from "../../kernel/environment.ts";
import { DrillError } from "../../kernel/errors.ts";

export interface Image {
  tag: string;
  id: string;
}

export interface Images {
  kafka: Record<string, Image>;
  gateway: Image;
  agent: Image;
  source: string;
}

export function imagesFile(): string {
  return join(packageRoot(), ".blackstart", "images.json");
}

/** The manifest, or E_IMAGE_ABSENT when set-up has not run. */
export function readImages(): Images {
  try {
    return JSON.parse(readFileSync(imagesFile(), "utf8")) as Images;
  } catch (error) {
    throw new DrillError("E_IMAGE_ABSENT", "no images were built yet", { cause: error });
  }
}

/** The image of a Kafka version, or E_IMAGE_ABSENT naming the versions there are. */
export function kafkaImage(images: Images, version: string): Image {
  const image = images.kafka[version];
  if (image) return image;
  const known = Object.keys(images.kafka).join(", ") || "none";
  throw new DrillError(
    "E_IMAGE_ABSENT",
    `no image of Kafka ${version} (there are: ${known}); \`blackstart images --kafka-version ${version}\` builds it`,
  );
}

/** Fails with E_IMAGE_ABSENT unless the engine has every image. */
export async function requireImages(docker: Docker, wanted: Image[]): Promise<void> {
  for (const { tag } of wanted) {
    try {
      await docker.getImage(tag).inspect();
    } catch (error) {
      throw new DrillError("E_IMAGE_ABSENT", `the engine has no image ${tag}`, { cause: error });
    }
  }
}
