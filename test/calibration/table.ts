/** `node test/calibration/table.ts` writes the detection table to docs/calibration.md. */
import fs from "node:fs";
import path from "node:path";
import { renderTable } from "./reconcile/render-table.ts";

const file = path.join(import.meta.dirname, "../../docs/calibration.md");
fs.writeFileSync(file, renderTable());
process.stdout.write(`wrote ${file}\n`);
