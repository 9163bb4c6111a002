/**
 * A drawing is data: layers of paths and texts with a closed set of class names. The templates turn
 * it into SVG, so every string in it is escaped by Handlebars and none can become markup.
 * Positions are rounded to a tenth, so that the same result gives the same bytes.
 */

export interface PathShape {
  d: string;
  /** Class names, from style.ts. Never data. */
  c: string;
  /** Tooltip; null for none. */
  t: string | null;
}

export interface TextShape {
  x: number;
  y: number;
  s: string;
  c: string;
  /** text-anchor */
  a: "start" | "middle" | "end";
  /** Tooltip: the whole of a text that was cut; null for none. */
  t: string | null;
}

export interface Layer {
  paths: PathShape[];
  texts: TextShape[];
}

export interface Drawing {
  id: string;
  title: string;
  desc: string;
  width: number;
  height: number;
  layers: Layer[];
}

/** One entry of a legend: a small sample of the mark, and what it stands for. */
export interface LegendItem {
  paths: PathShape[];
  label: string;
}

/** All drawings have one width, so that their text has one size. */
export const WIDTH = 980;

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function layer(): Layer {
  return { paths: [], texts: [] };
}

export function path(d: string, c: string, t: string | null = null): PathShape {
  return { d, c, t };
}

export function text(
  x: number,
  y: number,
  s: string,
  c = "t",
  a: TextShape["a"] = "start",
): TextShape {
  return { x: round(x), y: round(y), s, c, a, t: null };
}

/** A text cut to a width; the whole of it is its tooltip then. */
export function shortText(
  x: number,
  y: number,
  s: string,
  width: number,
  c = "t",
  a: TextShape["a"] = "start",
): TextShape {
  const cut = shorten(s, width);
  return { ...text(x, y, cut, c, a), t: cut === s ? null : s };
}

export function rect(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
}

export function horizontal(x1: number, x2: number, y: number): string {
  return `M${round(x1)} ${round(y)}H${round(x2)}`;
}

export function vertical(x: number, y1: number, y2: number): string {
  return `M${round(x)} ${round(y1)}V${round(y2)}`;
}

export const glyphNames = [
  "circle",
  "square",
  "diamond",
  "up",
  "down",
  "cross",
  "plus",
  "left",
  "right",
] as const;
export type Glyph = (typeof glyphNames)[number];

/** The outline of a mark around (x, y); `r` is half its size. */
export function glyph(name: Glyph, atX: number, atY: number, radius: number): string {
  const x = round(atX);
  const y = round(atY);
  const r = round(radius);
  const big = round(radius * 1.2);
  switch (name) {
    case "circle":
      return `M${round(x - r)} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    case "square":
      return rect(x - r, y - r, 2 * r, 2 * r);
    case "diamond":
      return `M${x} ${round(y - big)}l${big} ${big}l${-big} ${big}l${-big} ${-big}z`;
    case "up":
      return `M${round(x - r)} ${round(y + r)}h${2 * r}l${-r} ${-2 * r}z`;
    case "down":
      return `M${round(x - r)} ${round(y - r)}h${2 * r}l${-r} ${2 * r}z`;
    case "left":
      return `M${round(x + r)} ${round(y - r)}v${2 * r}l${-2 * r} ${-r}z`;
    case "right":
      return `M${round(x - r)} ${round(y - r)}v${2 * r}l${2 * r} ${-r}z`;
    case "cross":
      return `M${round(x - r)} ${round(y - r)}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
    case "plus":
      return `M${x} ${round(y - r)}v${2 * r}m${-r} ${-r}h${2 * r}`;
  }
}

const NARROW = new Set("iIjl.,:;|'!()[] ");
const WIDE = new Set("mwMW@%");

/**
 * How wide a text is in the system font: an estimate on the safe side, because a pure function
 * has no font to ask. It only decides where labels go, so an error costs a gap, not a number.
 */
export function textWidth(s: string, size = 12): number {
  let units = 0;
  for (const char of s) {
    if (NARROW.has(char)) units += 0.34;
    else if (WIDE.has(char)) units += 0.9;
    else if (char >= "A" && char <= "Z") units += 0.72;
    else units += 0.58;
  }
  return units * size;
}

/** Cuts a text to a width and says so with an ellipsis. */
export function shorten(s: string, width: number, size = 12): string {
  if (textWidth(s, size) <= width) return s;
  let kept = [...s];
  while (kept.length > 1 && textWidth(`${kept.join("")}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept.join("").trimEnd()}…`;
}

/** The sample of a legend is 22 × 12. */
export function sample(paths: PathShape[], label: string): LegendItem {
  return { paths, label };
}

export function lineSample(c: string, label: string): LegendItem {
  return sample([path("M1 6H21", c)], label);
}

export function boxSample(c: string, label: string): LegendItem {
  return sample([path(rect(2, 1, 18, 10), c)], label);
}

export function glyphSample(name: Glyph, c: string, label: string): LegendItem {
  return sample([path(glyph(name, 11, 6, 4), c)], label);
}
