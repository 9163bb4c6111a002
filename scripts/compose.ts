/**
 * `npm run compose`: writes a Compose file for each topology of the library into compose/, and the tags
 * of the images that set-up built here into compose/.env, which git ignores.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeText } from "../src/experiment/compose-text.ts";
import { packageRoot } from "../src/kernel/environment.ts";
import { readImages } from "../src/runtime/docker/images.ts";
import { imageVariableOf } from "../src/topology/compose-file.ts";

const FOLDER = "experiments/topologies";

/** Text by path from the root of the repository. */
export function composeFiles(): Map<string, string> {
  const files = readdirSync(join(packageRoot(), FOLDER))
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return new Map(
    files.map((name, index) => {
      const shown = `${FOLDER}/${name}`;
      return [`compose/${name}`, composeText(join(packageRoot(), shown), shown, index)];
    }),
  );
}

function environmentText(): string {
  const { kafka, gateway } = readImages();
  const roles = Object.entries(kafka).map(([version, { tag }]) => [`kafka ${version}`, tag]);
  return [...roles, ["gateway", gateway.tag]]
    .map(([role = "", tag]) => `${imageVariableOf(role)}=${tag}\n`)
    .join("");
}

if (import.meta.main) {
  for (const [path, text] of composeFiles()) writeFileSync(join(packageRoot(), path), text);
  writeFileSync(join(packageRoot(), "compose/.env"), environmentText());
  process.stdout.write("wrote compose/*.yaml and compose/.env\n");
}
