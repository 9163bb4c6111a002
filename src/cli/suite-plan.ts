/**
 * A suite as a list of drills in the order they will run. Drills that need the same world follow one
 * another, so that the nodes of one serve the next, and those after which a world is not used again come
 * last among them; otherwise the order is that of the suite's file.
 */
import { createHash } from "node:crypto";
import { estimateMs } from "../experiment/estimate.ts";
import { loadCells } from "../experiment/load.ts";
import type { Plan } from "../experiment/plan.ts";
import { type LoadedExperiment, planExperiment } from "../experiment/planner.ts";
import { ExperimentError, type Problem } from "../experiment/problems.ts";
import type { LoadedSuite, SuiteEntry } from "../experiment/suite-file.ts";
import { faultOf } from "../fault/catalogue.ts";
import { DrillError } from "../kernel/errors.ts";
import { worldKey } from "../topology/world-key.ts";

/** Stands where the id of a run or a world would be: so plans can be compared. */
const NOBODY = "plan";

export interface SuiteDrill {
  /** From 1, in the order of running. */
  index: number;
  name: string;
  folder: string;
  entry: SuiteEntry;
  loaded: LoadedExperiment;
  plan: Plan;
  /** Hash of all that decides what the run is. */
  identity: string;
  /** A letter: those with the same one can share their nodes. */
  topology: string;
  estimateMs: number;
}

/** Reads and plans every file before anything boots; throws every problem of all of them. */
export function planSuite(suite: LoadedSuite, { warm }: { warm: boolean }): SuiteDrill[] {
  const drills = neighbours(loadAll(suite.entries), warm);
  const folders = new Map<string, number>();
  return drills.map(({ letter, ...drill }, at) => {
    const { experiment, cell } = drill.loaded;
    const name = cell ? `${experiment.name}-${cell.folder}` : experiment.name;
    const twins = folders.get(name) ?? 0;
    folders.set(name, twins + 1);
    const shared = warm && at > 0 && drills[at - 1]?.letter === letter;
    return {
      ...drill,
      index: at + 1,
      name,
      folder: twins === 0 ? name : `${name}-v${twins + 1}`,
      identity: identityOf(drill.loaded, drill.plan),
      topology: letter,
      estimateMs: estimateMs(drill.plan, { warm: shared }),
    };
  });
}

type Read = Pick<SuiteDrill, "entry" | "loaded" | "plan">;

function loadAll(entries: readonly SuiteEntry[]): Read[] {
  const problems: Problem[] = [];
  const read = entries.flatMap((entry): Read[] => {
    try {
      return loadCells(entry.file, { vars: entry.vars }).map((loaded) => {
        return { entry, loaded, plan: planExperiment(loaded, { run: NOBODY }) };
      });
    } catch (error) {
      if (error instanceof ExperimentError) problems.push(...error.problems);
      else if (error instanceof DrillError) problems.push(unreadable(entry.file, error));
      else throw error;
      return [];
    }
  });
  if (problems.length > 0) throw new ExperimentError(problems);
  return read;
}

function unreadable(file: string, { message }: DrillError): Problem {
  return { file, line: 1, column: 1, message: message.replace(`${file}: `, "") };
}

/**
 * Stable: worlds in the order they are first needed, drills of a world in the order of the file, but
 * for those that leave it as no other may find it.
 */
function neighbours(read: readonly Read[], warm: boolean): (Read & { letter: string })[] {
  const keys = [...new Set(read.map(({ plan }) => worldKey(plan.topology)))];
  const lettered = read.map((one) => {
    const at = keys.indexOf(worldKey(one.plan.topology));
    return { ...one, letter: letterOf(at), at, last: spoilsItsWorld(one.plan) };
  });
  if (warm) lettered.sort((a, b) => a.at - b.at || Number(a.last) - Number(b.last));
  return lettered.map(({ at: _, last: __, ...one }) => one);
}

/** What is known of it before it runs: an act that lasts, or a cluster that is cold no longer. */
function spoilsItsWorld({ steps, topology }: Plan): boolean {
  const lasts = steps.some((step) => step.type === "fault" && faultOf(step.kind)?.lasting);
  return lasts || topology.clusters.some(({ cold }) => cold);
}

/** A, B, … Z, AA, AB, … */
function letterOf(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : letterOf(Math.floor(at / 26) - 1) + last;
}

function identityOf({ sha256, includes, vars, cell }: LoadedExperiment, { seed }: Plan): string {
  const parts = [sha256, (includes ?? []).map((one) => one.sha256), vars, cell?.name ?? "", seed];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
