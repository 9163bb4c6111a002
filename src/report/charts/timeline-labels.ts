/**
 * Where the labels above the lanes stand. A leader drops from each to its mark, so two things must
 * not be: a label that covers another, and a leader that runs through the words of a label.
 *
 *      3 decided                     a label stands above those whose leaders drop under it;
 *      │  4 first ack ┐              near the right edge a label is left of its leader, and then
 *      │  │  5 healed │              so are those that would reach under it: labels of two
 *                                    directions that overlap would each have to be the higher.
 */
import { shorten, textWidth, WIDTH } from "../drawing.ts";
import { formatMs } from "../format.ts";
import type { Side, TimeFrame } from "./time-frame.ts";
import { GLYPHS, type Mark, markerKind, styleOf } from "./timeline-marks.ts";

export interface PlacedLabel {
  x: number;
  width: number;
  text: string;
  marks: Mark[];
  /** The lowest is 0. */
  row: number;
  toLeft: boolean;
  /** Its marks lie outside of the chart. */
  side: Side;
}

const LABELS_MAX = 16;
const SIZE = 11;

/** Gives each label its place; marks of one kind that touch share one. */
export function placeLabels(marks: readonly Mark[], frame: TimeFrame): PlacedLabel[] {
  const labels = labelled(grouped(marks, frame));
  for (const label of labels) {
    label.text = textOf(label);
    label.width = textWidth(label.text, SIZE) + 12;
  }
  turn(labels);
  raise(labels);
  return labels;
}

function grouped(marks: readonly Mark[], frame: TimeFrame): PlacedLabel[] {
  const groups: PlacedLabel[] = [];
  for (const mark of marks) {
    const x = frame.x(mark.atMs);
    const side = frame.side(mark.atMs);
    const { label } = styleOf(mark.kind);
    const same = groups.find(
      (group) => group.side === side && x - group.x < 4 && labelOf(group) === label,
    );
    if (same) same.marks.push(mark);
    else groups.push({ x, width: 0, text: "", marks: [mark], row: 0, toLeft: false, side });
  }
  return groups;
}

function labelOf({ marks: [first] }: PlacedLabel): string {
  return first ? styleOf(first.kind).label : "";
}

/** With too many events for a label each, those of no known kind go without; all keep a mark. */
function labelled(groups: PlacedLabel[]): PlacedLabel[] {
  if (groups.length <= LABELS_MAX) return groups;
  const isKnown = (group: PlacedLabel) => markerKind(group.marks[0]?.kind ?? "") in GLYPHS;
  return groups.filter(isKnown).slice(0, LABELS_MAX);
}

/** `fault healed ×3`; of marks outside of the chart also when: `fault healed, later: 4 m 09 s`. */
function textOf(label: PlacedLabel): string {
  const name = shorten(labelOf(label), 150, SIZE);
  const times = label.marks.length > 1 ? ` ×${label.marks.length}` : "";
  if (label.side === null) return name + times;
  const instants = [label.marks[0], label.marks.at(-1)].map((mark) => formatMs(mark?.atMs ?? 0));
  return `${name}${times}, ${label.side}: ${[...new Set(instants)].join(" to ")}`;
}

type Span = Pick<PlacedLabel, "x" | "width" | "toLeft">;

function fromOf({ x, width, toLeft }: Span): number {
  return toLeft ? x - width : x;
}

function toOf({ x, width, toLeft }: Span): number {
  return toLeft ? x : x + width;
}

/** Whether the words of two labels would stand at one place, were they in one row. */
export function overlaps(one: Span, other: Span): boolean {
  return fromOf(one) < toOf(other) && fromOf(other) < toOf(one);
}

/** Whether a leader at `other` would run through the words of `one`, if it dropped from above. */
export function isUnder(other: Span, one: Span): boolean {
  return other.x > fromOf(one) && other.x < toOf(one);
}

/** From right to left: what does not fit is turned, and so is what would reach under it. */
function turn(labels: PlacedLabel[]): void {
  for (const [index, label] of [...labels.entries()].reverse()) {
    const turned = labels.slice(index + 1).filter(({ toLeft }) => toLeft);
    label.toLeft = toOf(label) > WIDTH || turned.some((other) => overlaps(label, other));
    // At the left edge there is no room to turn into.
    if (fromOf(label) < 0) label.toLeft = false;
  }
}

/** Rows rise until each label stands above those that are under it, and apart from all others. */
function raise(labels: PlacedLabel[]): void {
  for (const _ of labels) {
    for (const one of labels) {
      for (const other of labels) {
        if (one === other || !overlaps(one, other)) continue;
        const above = isUnder(other, one) && !isUnder(one, other);
        const beside = one.row === other.row && labels.indexOf(one) < labels.indexOf(other);
        if ((above && one.row <= other.row) || beside) one.row = other.row + 1;
      }
    }
  }
}
