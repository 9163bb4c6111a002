/**
 * `objectives` and `predict`: numbers that are aimed at.
 *
 * An objective is an upper bound: `rpo: { records: 500 }` is met by 500 or less. A prediction says
 * what will be measured: `0`, a range `"7s..13s"`, a bound `"<= 10s"` or `">= 1"`, or the shape of
 * the loss. A time is predicted by a range, because no measured time equals a written one.
 *
 * The keys are those of METRICS in `judging.ts`; a metric `a.b` is `a: { b: … }`, and one that
 * counts records of one class (`lost.records`) is just `lost: …`.
 */
import { z } from "zod";
import { type Expectation, METRICS, type MetricId, metricIds } from "../history/judging.ts";
import { parseDurationMs, parseSizeBytes } from "../kernel/units.ts";

const SHAPES = ["none", "tail", "hole"] as const;
const EXAMPLES = { records: "0", partitions: "0", ms: "30s", bytes: "1MiB", shape: "none" };

type Role = "objective" | "prediction";
export type Target = Omit<Expectation, "metric">;

function parseAmount(text: string, unit: string): number | undefined {
  if (unit === "ms") return parseDurationMs(text);
  if (unit === "bytes") return parseSizeBytes(text);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A bound, a range or a plain amount; undefined when it is none of them. */
function parseBounds(text: string, unit: string): { low?: number; high?: number } | undefined {
  const bound = /^(<=|>=|≤|≥)\s*(\S+)$/.exec(text);
  if (bound) {
    const amount = parseAmount(bound[2] as string, unit);
    if (amount === undefined) return undefined;
    return bound[1] === "<=" || bound[1] === "≤" ? { high: amount } : { low: amount };
  }
  const range = /^(\S+?)\s*\.\.\s*(\S+)$/.exec(text);
  if (range) {
    const low = parseAmount(range[1] as string, unit);
    const high = parseAmount(range[2] as string, unit);
    return low === undefined || high === undefined || low > high ? undefined : { low, high };
  }
  const amount = parseAmount(text, unit);
  return amount === undefined ? undefined : { low: amount, high: amount };
}

/** What is wrong with bounds in this role, or nothing. */
function objection(bounds: { low?: number; high?: number }, unit: string, role: Role) {
  const exact = bounds.low !== undefined && bounds.low === bounds.high;
  if (role === "objective" && bounds.low !== undefined && !exact) {
    return "an objective is an upper bound, such as 10 or 30s; ranges belong under `predict`";
  }
  if (role === "prediction" && unit === "ms" && exact && bounds.low !== 0) {
    return 'a measured time never equals a written one: say a range "7s..13s" or "<= 10s"';
  }
  return undefined;
}

function expected(unit: string, role: Role): string {
  if (unit === "shape") return `expected one of ${SHAPES.join(", ")}`;
  const example = EXAMPLES[unit as keyof typeof EXAMPLES];
  const what = { ms: "a duration", bytes: "a size" }[unit] ?? `a number of ${unit}`;
  if (role === "objective") return `expected ${what}, such as ${example}`;
  const range = { ms: "7s..13s", bytes: "1kB..1MiB" }[unit] ?? "0..500";
  const bound = { ms: "10s", bytes: "1MiB" }[unit] ?? "1";
  return `expected ${what} as a range "${range}", a bound "<= ${bound}" or ">= ${bound}"${
    unit === "ms" ? "" : `, or exactly ${example}`
  }`;
}

function targetSchema(metric: MetricId, role: Role) {
  const { unit, label } = METRICS[metric];
  const hint = expected(unit, role);
  return z
    .union([z.string(), z.number()], { error: hint })
    .transform((raw, context): Target => {
      const written = String(raw);
      const text = written.trim();
      if (unit === "shape") {
        if ((SHAPES as readonly string[]).includes(text)) return { text, written };
        context.addIssue({ code: "custom", message: `"${written}": ${hint}` });
        return z.NEVER;
      }
      const bounds = parseBounds(text, unit);
      const reason = bounds ? objection(bounds, unit, role) : hint;
      if (bounds && !reason) {
        return role === "objective"
          ? { high: bounds.high as number, written }
          : { ...bounds, written };
      }
      context.addIssue({ code: "custom", message: `"${written}": ${reason}` });
      return z.NEVER;
    })
    .optional()
    .describe(`${label}: ${hint}.`);
}

/** What is expected of one metric, as `predict` would say it. */
export function predictedSchema(metric: MetricId) {
  return targetSchema(metric, "prediction").unwrap();
}

type TargetSchema = ReturnType<typeof targetSchema>;

/** `lost.records` is written `lost`; every other metric as `group: { name }`. */
function writtenAs(metric: MetricId): [group: string, name: string | null] {
  const [group = "", name = ""] = metric.split(".");
  const alone = metricIds.filter((other) => other.startsWith(`${group}.`)).length === 1;
  return [group, alone && name === "records" ? null : name];
}

/** Where each metric stands under `objectives` and `predict`. */
export const METRIC_PATHS: readonly (readonly [MetricId, ReturnType<typeof writtenAs>])[] =
  metricIds.map((metric) => [metric, writtenAs(metric)]);

function targetShape(
  role: Role,
): Record<string, z.ZodType<Target | Record<string, Target> | undefined>> {
  const groups = new Map<string, Record<string, TargetSchema> | TargetSchema>();
  for (const metric of metricIds) {
    const [group, name] = writtenAs(metric);
    if (name === null) groups.set(group, targetSchema(metric, role));
    else {
      const members = (groups.get(group) ?? {}) as Record<string, TargetSchema>;
      groups.set(group, { ...members, [name]: targetSchema(metric, role) });
    }
  }
  return Object.fromEntries(
    [...groups].map(([group, members]) => [
      group,
      members instanceof z.ZodType ? members : z.strictObject(members).optional(),
    ]),
  ) as Record<string, z.ZodType<Target | Record<string, Target> | undefined>>;
}

export const objectivesSchema = z.strictObject(targetShape("objective"));
export const predictionsSchema = z.strictObject({
  ...targetShape("prediction"),
  because: z.string().optional().describe("Why this is expected: what the drill is to teach."),
});

/** The targets as the judge wants them, in the order of METRICS. */
export function expectationsOf(targets: Record<string, unknown>): Expectation[] {
  const found: Expectation[] = [];
  for (const metric of metricIds) {
    const [group, name] = writtenAs(metric);
    const value = targets[group] as Record<string, unknown> | undefined;
    const target = (name === null ? value : value?.[name]) as Target | undefined;
    if (target !== undefined) found.push({ metric, ...target });
  }
  return found;
}
