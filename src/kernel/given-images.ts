/**
 * Images that are not ours to build or to download: who has a licence names them, by --image or by a
 * variable of the environment. What is not named is not run.
 */
import { environmentVariable, setEnvironmentVariable } from "./environment.ts";

/** `cp-server` → `BLACKSTART_IMAGE_CP_SERVER`. */
export function imageVariable(name: string): string {
  return `BLACKSTART_IMAGE_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Its reference, or undefined. */
export function givenImage(name: string): string | undefined {
  const reference = environmentVariable(imageVariable(name));
  return reference === "" ? undefined : reference;
}

export function giveImage(name: string, reference: string): void {
  setEnvironmentVariable(imageVariable(name), reference);
}
