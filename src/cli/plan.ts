/** `blackstart plan`: what a run would boot and do, without doing it, and whether it would fit here. */
import { Command } from "commander";
import { requireCapabilities } from "../drill/capabilities.ts";
import { describeMatrix } from "../experiment/describe.ts";
import { loadCells } from "../experiment/load.ts";
import type { Plan } from "../experiment/plan.ts";
import { planExperiment } from "../experiment/planner.ts";
import { DrillError } from "../kernel/errors.ts";
import { DOCKER_CAPABILITIES } from "../runtime/docker/docker-capabilities.ts";
import { capacityOf } from "./capacity.ts";
import { collectVars } from "./vars.ts";

/** The only place to run for now; what it can do is known without asking it. */
const DOCKER = { kind: "docker", capabilities: DOCKER_CAPABILITIES };

/** Stands where a run's own id would be; it only shapes cluster ids and the tag of records. */
const RUN = "plan";

export function planCommand(): Command {
  return new Command("plan")
    .description("print what experiments would boot, break and measure; nothing boots")
    .argument("<file...>", "experiment files")
    .option("--var <name=value>", "set a variable of the experiments (repeatable)", collectVars)
    .option("--cell <name>", "this cell of a matrix only")
    .option("--json", "print the plan as JSON; of several files, a list of plans")
    .addHelpText(
      "after",
      `
The same file, variables and seed give the same plan, byte for byte. What this machine has to hold it,
and whether that is enough, goes to stderr; exit code 4 when it is not.

Examples:
  blackstart plan experiments/active-passive-region-loss.yaml
  blackstart plan drill.yaml --var rate=500/s --json`,
    )
    .action(plan);
}

interface PlanOptions {
  var?: Record<string, string>;
  cell?: string;
  json?: boolean;
}

function plan(files: string[], options: PlanOptions): void {
  const { cell } = options;
  const matrices = files.map((file) =>
    loadCells(file, { vars: options.var ?? {}, cell }).map((loaded) =>
      planExperiment(loaded, { run: RUN }),
    ),
  );
  const plans = matrices.flat();
  for (const one of plans) requireCapabilities(one, DOCKER);
  const text = options.json
    ? JSON.stringify(plans.length === 1 ? plans[0] : plans, null, 2)
    : matrices.map(describeMatrix).join("\n\n");
  process.stdout.write(`${text}\n`);
  weigh(plans);
}

/**
 * Whether this machine holds what would boot. Beside the plan, on stderr: the plan is the same on
 * every machine, and is whole also when it is refused. Cells and files run one after another, so the
 * largest decides.
 */
function weigh(plans: Plan[]): void {
  const [largest] = plans.toSorted((a, b) => b.memoryMiB.total - a.memoryMiB.total);
  if (!largest) return;
  const { holds, words } = capacityOf(largest);
  if (!holds) throw new DrillError("E_CAPACITY", words);
  process.stderr.write(`${words}\n`);
}
