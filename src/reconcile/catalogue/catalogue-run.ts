/**
 * A run as pages over many runs see it: what was run, what it came to, and what it measured. Small,
 * because a result with its curves is not, and a session has many.
 *
 * A run belongs to a row of the catalogue by the name of its experiment. One with another variable, or
 * another Kafka, than the file says has been another experiment, and is no evidence about the row.
 */
import type { Assessment, Result } from "../result.ts";

/** What plan.json knows of a run and result.json does not. */
export interface PlanFacts {
  vars: Record<string, string>;
  cell?: string | undefined;
  /** Files that the experiment includes, in the plan's order. */
  includes?: readonly { sha256: string }[] | undefined;
}

export interface CatalogueRun extends Omit<PlanFacts, "includes"> {
  /** The run's id. */
  run: string;
  /** Of the experiment. */
  name: string;
  title: string;
  startedAt: string;
  durationMs: number;
  seed: number;
  /** Of the experiment: see `versionOf`. */
  version: string;
  verdict: Result["verdict"];
  reasons: string[];
  objectives: Assessment[];
  predictions: Assessment[];
  recoveries: { viewpoint: string; measure: Assessment["measured"] }[];
  limits: string[];
  /** Tag and id of the images it used, by what they are for. */
  images: Record<string, string>;
  kafka: string[];
}

/**
 * The version of an experiment: the SHA-256 of its file, and of each that it includes. Those may hold
 * the steps, so the same file above another one below asks another question.
 */
export function versionOf(sha256: string, includes: readonly { sha256: string }[] = []): string {
  return [sha256, ...includes.map((one) => one.sha256)].join("+");
}

export function catalogueRun(result: Result, { vars, cell, includes }: PlanFacts): CatalogueRun {
  const { run } = result;
  const kafka = kafkaOf(result.topology);
  return {
    run: run.id,
    name: run.name,
    title: run.title,
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    seed: run.seed,
    version: versionOf(run.experimentSha256, includes),
    verdict: result.verdict,
    reasons: result.reasons,
    objectives: result.objectives,
    predictions: result.predictions,
    recoveries: result.recoveries.map(({ viewpoint, measure }) => ({ viewpoint, measure })),
    limits: result.limits,
    images: imagesOf(result.environment["images"], kafka),
    kafka,
    vars,
    cell,
  };
}

/** Versions of Kafka, each once, in order. */
export function kafkaOf(topology: Record<string, unknown>): string[] {
  const clusters = Array.isArray(topology["clusters"]) ? topology["clusters"] : [];
  const versions = clusters.map((cluster: { kafka?: unknown }) => String(cluster.kafka ?? ""));
  return [...new Set(versions)].filter((version) => version !== "").sort();
}

/** Those of the gateways, the agents, and the Kafka versions that ran; others lay about only. */
function imagesOf(images: unknown, kafka: string[]): Record<string, string> {
  if (images === null || typeof images !== "object") return {};
  const wanted = ["gateway", "agent", ...kafka.map((version) => `kafka ${version}`)];
  const known = images as Record<string, { tag?: unknown; id?: unknown } | undefined>;
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const image = known[name];
      return image ? [[name, `${String(image.tag)} ${String(image.id)}`]] : [];
    }),
  );
}
