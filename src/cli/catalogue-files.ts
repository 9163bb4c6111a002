/** The catalogue as files: experiments that are rows of it, and runs that were made of them. */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { loadCells } from "../experiment/load.ts";
import type { LoadedExperiment } from "../experiment/planner.ts";
import { expectationsOf } from "../experiment/schema-targets.ts";
import { findRunFolders } from "../history/find-runs.ts";
import { METRICS } from "../history/judging.ts";
import { readJson, runPaths } from "../history/run-folder.ts";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError } from "../kernel/errors.ts";
import {
  type CatalogueRun,
  catalogueRun,
  versionOf,
} from "../reconcile/catalogue/catalogue-run.ts";
import { resultSchema } from "../reconcile/result.ts";
import type { CatalogueEntry } from "../report/catalogue/rows.ts";

/** Folders of the groups whose rows are files. */
const GROUP = /^[a-i]-/;

/** Every experiment file of the catalogue, by path from the root of the repository. */
export function catalogueFiles(): string[] {
  const experiments = join(packageRoot(), "experiments");
  return readdirSync(experiments, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && GROUP.test(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(experiments, name))
        .filter((file) => file.endsWith(".yaml"))
        .map((file) => relative(packageRoot(), join(experiments, name, file))),
    )
    .sort();
}

/** The shipped drills that are no rows. */
export function drillFiles(): string[] {
  return readdirSync(join(packageRoot(), "experiments"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => join("experiments", file))
    .sort();
}

/** Throws when a file of the catalogue does not say which row it is. */
export function catalogueEntries(): CatalogueEntry[] {
  const read = (file: string) =>
    loadCells(join(packageRoot(), file)).map((loaded) => entryOf(loaded, file));
  const rows = catalogueFiles().flatMap(read);
  const mute = rows.find(({ catalogue }) => catalogue === undefined);
  if (mute) {
    const message = `${mute.file} lies in the catalogue and has no key "catalogue"`;
    throw new DrillError("E_USAGE", message);
  }
  return [...rows, ...drillFiles().flatMap(read)];
}

function entryOf({ experiment, vars, cell, sha256, includes }: LoadedExperiment, file: string) {
  const { name, title, catalogue, objectives, predict, topology } = experiment;
  const { because } = predict as { because?: string };
  const entry: CatalogueEntry = {
    name,
    title,
    file,
    version: versionOf(sha256, includes),
    ...(catalogue === undefined ? {} : { catalogue }),
    vars,
    kafka: [...new Set(Object.values(topology.clusters).map(({ kafka }) => kafka))].sort(),
    metrics: [...expectationsOf(objectives), ...expectationsOf(predict)].map(
      ({ metric }) => metric,
    ),
    predictions: expectationsOf(predict).map(({ metric, written }) => ({
      label: METRICS[metric].label,
      written,
    })),
    ...(because === undefined ? {} : { because }),
    ...(cell === undefined ? {} : { cell: cell.name }),
  };
  return entry;
}

const planFactsSchema = z.looseObject({
  vars: z.record(z.string(), z.string()),
  cell: z.string().optional(),
  includes: z.array(z.looseObject({ sha256: z.string() })).optional(),
});

/** The runs below the given folders, each once. One whose files are of another version is named. */
export function readRuns(dirs: readonly string[], onSkip: (why: string) => void): CatalogueRun[] {
  const folders = [...new Set(dirs.flatMap(findRunFolders))];
  const runs = folders.flatMap((folder) => {
    const paths = runPaths(folder);
    const result = resultSchema.safeParse(readJson(paths.result));
    const plan = planFactsSchema.safeParse(readJson(paths.plan));
    if (result.success && plan.success) return [catalogueRun(result.data, plan.data)];
    onSkip(`${folder}: its plan or result is of another version of blackstart`);
    return [];
  });
  return runs.filter(({ run }, at) => runs.findIndex((other) => other.run === run) === at);
}
