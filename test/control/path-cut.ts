/** How a path can be cut, and what is known of when it was. */
export const MODES = ["refuse", "stall", "blackhole"] as const;
export type Mode = (typeof MODES)[number];

/** The instants right before and right after an act, µs: it happened between them. */
export interface Act {
  beforeUs: number;
  afterUs: number;
}
