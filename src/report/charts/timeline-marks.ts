/** What can happen on a lane, and how each of it is drawn. */
import type { Glyph } from "../drawing.ts";

export interface Mark {
  lane: number;
  atMs: number;
  kind: string;
  label: string;
}

export const GLYPHS: Record<string, { glyph: Glyph; c: string; label: string }> = {
  injected: { glyph: "down", c: "mark k-bad", label: "fault injected" },
  effective: { glyph: "diamond", c: "mark k-bad", label: "fault effective" },
  healed: { glyph: "diamond", c: "mark k-open", label: "fault healed" },
  waiting: { glyph: "circle", c: "mark k-line", label: "waits for a condition" },
  met: { glyph: "circle", c: "mark k-good", label: "condition met" },
  missed: { glyph: "circle", c: "mark k-bad", label: "condition not met in time" },
  guard: { glyph: "square", c: "mark k-bad", label: "guard ended the run" },
  config: { glyph: "up", c: "mark k-line", label: "configuration changed" },
  created: { glyph: "up", c: "mark k-line", label: "topic made" },
  load: { glyph: "diamond", c: "mark k-line", label: "load changes" },
  sent: { glyph: "square", c: "mark k-line", label: "a record of another size" },
  detected: { glyph: "circle", c: "mark k-open", label: "detected" },
  decided: { glyph: "square", c: "mark k-open", label: "decided" },
  booted: { glyph: "up", c: "mark k-open", label: "cold cluster booted" },
  restarted: { glyph: "up", c: "mark k-open", label: "restarted" },
  "first-ack": { glyph: "circle", c: "mark k-good", label: "first ack" },
  "first-delivery": { glyph: "circle", c: "mark k-good", label: "first delivery" },
  recovered: { glyph: "square", c: "mark k-good", label: "recovered" },
};
export const OTHER = { glyph: "plus" as Glyph, c: "mark k-line", label: "other event" };

/** `First ack` and `first_ack` are `first-ack`; a prefix such as `fault.` is dropped. */
export function markerKind(kind: string): string {
  const plain = kind
    .toLowerCase()
    .replace(/^.*\./, "")
    .replace(/[^a-z]+/g, "-");
  return plain in GLYPHS ? plain : kind;
}

/** How a mark is drawn; one of no known kind by a plus. */
export function styleOf(kind: string): { glyph: Glyph; c: string; label: string } {
  return GLYPHS[markerKind(kind)] ?? { ...OTHER, label: kind };
}
