/** Folders for tests, all in one that goes with the process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(tmpdir(), "blackstart-test-"));

process.once("exit", () => {
  try {
    rmSync(root, { recursive: true, force: true });
  } catch {
    // What a container wrote may belong to somebody else.
  }
});

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(root, `${name}-`));
}
