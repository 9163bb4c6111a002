/**
 * `experiments/claims/claims.yaml` → claims, or every problem as `file:line:column: message`, with the same
 * reader, the same sentences and the same language of numbers as an experiment file.
 */
import { z } from "zod";
import { catalogueSchema } from "../history/catalogue.ts";
import type { Claim, ClaimCondition } from "../history/claims.ts";
import { type MetricId, metricIds } from "../history/judging.ts";
import { findingsOf } from "./issues.ts";
import type { Problem } from "./problems.ts";
import { readBytes, textOf } from "./read-text.ts";
import { predictedSchema, type Target } from "./schema-targets.ts";
import { nameSchema } from "./schema-topology.ts";
import { Source, throwProblems } from "./source.ts";

const { row, source } = catalogueSchema.shape;

const conditionSchema = z
  .strictObject({
    of: z
      .union([nameSchema, z.array(nameSchema).min(1)], {
        error: "expected the name of an experiment, or a list of them",
      })
      .describe("Whose measurement: an experiment's name; of several, the first that has one."),
    metric: z.enum(metricIds).describe("What it measured."),
    is: z.union([z.string(), z.number()], { error: "expected a number, a range or a shape" }),
  })
  .transform(({ of, metric, is }, context): ClaimCondition => {
    const target = predictedSchema(metric).safeParse(is);
    if (!target.success) {
      const message = target.error.issues[0]?.message ?? "expected a number";
      context.addIssue({ code: "custom", path: ["is"], message });
      return z.NEVER;
    }
    return { of: typeof of === "string" ? [of] : of, is: { metric, ...(target.data as Target) } };
  });

const conditionsSchema = z
  .union([conditionSchema, z.array(conditionSchema).min(1)], {
    error: "expected a condition { of, metric, is }, or a list of them",
  })
  .transform((given) => (Array.isArray(given) ? given : [given]));

const ruleKeys = {
  refutedWhen: conditionsSchema.optional().describe("All of it measured: the claim is refuted."),
  qualifiedWhen: conditionsSchema.optional().describe("Else, all of it measured: qualified."),
  otherwise: z.enum(["confirmed", "qualified", "refuted"]).optional(),
};

const claimSchema = z
  .strictObject({
    id: nameSchema.describe("Short name."),
    text: z.string().min(1).describe("What is claimed, in our own words."),
    source: source.min(1),
    rows: z.array(row).min(1).describe("Rows of the catalogue that are about it."),
    doubt: z.string().min(1).describe("Why it may not hold."),
    qualified: z.string().min(1).optional().describe("What is left of it when it is qualified."),
    ...ruleKeys,
  })
  .superRefine(({ refutedWhen, qualifiedWhen, otherwise }, context) => {
    const rules = refutedWhen !== undefined || qualifiedWhen !== undefined;
    if (rules === (otherwise !== undefined)) return;
    const message = rules
      ? "a claim with a rule needs `otherwise`: what it is when no rule holds"
      : "`otherwise` needs a rule: refutedWhen or qualifiedWhen";
    context.addIssue({ code: "custom", path: [rules ? "id" : "otherwise"], message });
  });

const claimsSchema = z.strictObject({
  version: z.literal(1, { error: "expected version: 1" }),
  claims: z.array(claimSchema).min(1),
});

/** Throws ExperimentError with every problem of the file. */
export function loadClaims(file: string): Claim[] {
  return parseClaims(textOf(readBytes(file), file), file);
}

export function parseClaims(text: string, file: string): Claim[] {
  const problems: Problem[] = [];
  const read = new Source(text, file, problems);
  const value = read.value();
  for (const finding of findingsOf(claimsSchema, value)) read.find(finding);
  const parsed = claimsSchema.safeParse(value);
  const claims = parsed.success ? parsed.data.claims : [];
  for (const [at, { id }] of claims.entries()) {
    if (claims.findIndex((other) => other.id === id) === at) continue;
    read.find({ path: ["claims", at, "id"], message: `another claim is called "${id}"` });
  }
  throwProblems(problems);
  return claims.map(({ refutedWhen, qualifiedWhen, otherwise, ...claim }): Claim => {
    if (otherwise === undefined) return claim;
    const decides = {
      refutedWhen: refutedWhen ?? [],
      qualifiedWhen: qualifiedWhen ?? [],
      otherwise,
    };
    return { ...claim, decides };
  });
}

/** Experiments that the claims ask, each once, with the metrics that they are asked for. */
export function askedOf(claims: readonly Claim[]): Map<string, Set<MetricId>> {
  const asked = new Map<string, Set<MetricId>>();
  for (const { decides } of claims) {
    for (const { of, is } of [...(decides?.refutedWhen ?? []), ...(decides?.qualifiedWhen ?? [])]) {
      for (const name of of) asked.set(name, (asked.get(name) ?? new Set()).add(is.metric));
    }
  }
  return asked;
}
