/**
 * Keeps numbers and their units on one line of a page: the space between them does not break. On
 * pages alone: Markdown, metrics and JSON keep the space that programs and people type.
 */
const SPACE = "\u00a0";
/** Where: `18.61 s`, `8,927 records`; `2 m 05 s`; `≥ 9.00 s`, `± 13 ms`. */
const BETWEEN = [
  /\bm (?=\d\d s(?!\w))/g,
  /\d (?=(?:ms|s|m|h|%|B|kB|KiB|MiB|GiB|records?|partitions?)(?![\w-]))/g,
  /[≥≤±] (?=[\d−])/g,
];

/** Names, addresses and settings are copied from a page as they are. */
function isVerbatim(view: object): boolean {
  return "c" in view && typeof view.c === "string" && /\bcode\b/.test(view.c);
}

/** What is no text of the page: class names, outlines, identifiers. */
const KEPT = new Set(["c", "d", "id", "kind", "href", "folder", "a"]);

function bound(text: string): string {
  return BETWEEN.reduce(
    (told, place) => told.replace(place, (match) => match.slice(0, -1) + SPACE),
    text,
  );
}

/** The same view, with its texts so bound. */
export function unbroken<T>(view: T): T {
  return bind(view) as T;
}

function bind(value: unknown): unknown {
  if (typeof value === "string") return bound(value);
  if (Array.isArray(value)) return value.map(bind);
  if (typeof value !== "object" || value === null || isVerbatim(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, KEPT.has(key) ? item : bind(item)]),
  );
}
