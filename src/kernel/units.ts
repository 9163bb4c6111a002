/**
 * The units of the experiment file: durations, rates, sizes, percents. A bare number is never a
 * duration, because "5" has been seconds to one reader and milliseconds to the next.
 */

const DURATION_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SIZE_BYTES: Record<string, number> = {
  B: 1,
  kB: 1000,
  MB: 1_000_000,
  KiB: 1024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/** `250ms`, `5s`, `1m30s` → milliseconds; `undefined` when the text is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (DURATION_MS[unit as string] as number);
  }
  return total;
}

/** `2000/s`, `30/m` → events a second. */
export function parseRatePerSecond(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\/(s|m)$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) / (match[2] === "m" ? 60 : 1);
}

/** `512B`, `1MiB` → bytes. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(B|kB|MB|KiB|MiB|GiB)$/.exec(text);
  if (!match) return undefined;
  return Math.round(Number(match[1]) * (SIZE_BYTES[match[2] as string] as number));
}

/** `95%` → 0.95. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  return match ? Number(match[1]) / 100 : undefined;
}

/** Milliseconds for people: `340 ms`, `7.42 s`, `2 m 05 s`. */
export function formatDurationMs(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Math.round(ms * 10) / 10} ms`;
  if (Math.abs(ms) < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`;
}

/** `5 s` rather than `5.00 s`: for times that a file says, and that are exact. */
export function formatExactMs(ms: number): string {
  return formatDurationMs(ms).replace(/\.(\d*?)0+ s$/, (_, rest) => `${rest && `.${rest}`} s`);
}

/** Bytes for people: `512 B`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1024).toFixed(1)} KiB`;
  if (bytes < 1_073_741_824) return `${(bytes / 1_048_576).toFixed(1)} MiB`;
  return `${(bytes / 1_073_741_824).toFixed(2)} GiB`;
}

/** A bound as a file writes it, for people: `3000..14000` → `3,000..14,000`, `>=1500` → `≥ 1,500`. */
export function formatWritten(written: string): string {
  return written
    .replace(/^>=\s*/, "≥ ")
    .replace(/^<=\s*/, "≤ ")
    .replace(/(?<![\w,]|\d\.)\d{4,}(?!\w|\.\d)/g, (digits) => formatCount(Number(digits)));
}

/** `1234567` → `1,234,567`, in any locale. */
export function formatCount(count: number): string {
  const [whole = "0", fraction] = String(count).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
