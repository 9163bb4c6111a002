/**
 * zod schemas of the units an experiment file may use. They turn text into numbers (ms, per second,
 * bytes, shares) and refuse bare numbers, so that a unit is never guessed.
 */
import { z } from "zod";
import { parseDurationMs, parsePercent, parseRatePerSecond, parseSizeBytes } from "./units.ts";

function unit(parse: (text: string) => number | undefined, expected: string, pattern: string) {
  const examples = expected.replace(/^.* such as /, "").split(/, | or /);
  return z
    .string({ error: `expected ${expected}` })
    .meta({ pattern, examples })
    .transform((text, context) => {
      const value = parse(text.trim());
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: `"${text}": expected ${expected}` });
      return z.NEVER;
    });
}

const DURATION_MS_MAX = 24 * 3_600_000;

/** Milliseconds, at most a day: a drill is watched by people. */
export const durationSchema = unit(
  parseDurationMs,
  "a duration such as 250ms, 5s or 1m30s",
  "^(\\d+(\\.\\d+)?(ms|s|m|h))+$",
).refine((ms) => ms <= DURATION_MS_MAX, { error: "expected at most 24h" });

/** Events a second. */
export const rateSchema = unit(
  parseRatePerSecond,
  "a rate such as 2000/s or 30/m",
  "^\\d+(\\.\\d+)?/(s|m)$",
);

/** Bytes. */
export const sizeSchema = unit(
  parseSizeBytes,
  "a size such as 512B, 10kB or 1MiB",
  "^\\d+(\\.\\d+)?(B|kB|MB|KiB|MiB|GiB)$",
);

/** Bytes a second. */
export const sizeRateSchema = unit(
  (text) => (text.endsWith("/s") ? parseSizeBytes(text.slice(0, -2)) : undefined),
  "a bandwidth such as 500kB/s or 6MiB/s",
  "^\\d+(\\.\\d+)?(B|kB|MB|KiB|MiB|GiB)/s$",
);

/** A share of one: 95% is 0.95. */
export const percentSchema = unit(parsePercent, "a percentage such as 95%", "^\\d+(\\.\\d+)?%$");
