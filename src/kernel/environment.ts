/**
 * The only reader of the process environment, and the only one to know where the package lies.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of package.json, found upward from here: works from src/ and from dist/. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json not found above the program");
    folder = parent;
  }
  return folder;
}

/** "src" when run from sources, "dist" when compiled; with the ending its files have. */
export function codeFolder(): { folder: "src" | "dist"; extension: "ts" | "js" } {
  return fileURLToPath(import.meta.url).endsWith(".ts")
    ? { folder: "src", extension: "ts" }
    : { folder: "dist", extension: "js" };
}

/** A variable of the environment. */
export function environmentVariable(name: string): string | undefined {
  // biome-ignore lint/style/noProcessEnv: this module is the one place that may.
  return process.env[name];
}

/** Sets a variable that a library reads from the environment (testcontainers). */
export function setEnvironmentVariable(name: string, value: string): void {
  // biome-ignore lint/style/noProcessEnv: this module is the one place that may.
  process.env[name] = value;
}
