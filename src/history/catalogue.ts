/**
 * `catalogue`: which row of the catalogue of experiments a file is, and what its text rests on. The
 * experiment file, plan.json and result.json carry it as it was written, so that a page over many
 * runs can name row, variant, scaling and source of each.
 *
 * A quick variant has timers scaled down, and must say which: a number that was measured with another
 * timer than the shipped one is a number about another system.
 */
import { z } from "zod";

export const catalogueSchema = z
  .strictObject({
    row: z
      .string({ error: "expected the row of the catalogue, such as A1, A1g or C6a" })
      .regex(/^[A-I][1-9]\d?[a-z]?$/, {
        error: "expected the row of the catalogue, such as A1, A1g or C6a",
      })
      .describe("Row of the catalogue: A1, A1g, C6a."),
    variant: z
      .enum(["quick", "full"])
      .optional()
      .describe("quick: timers are scaled down. full: the shipped ones. Left out: there is one."),
    scaled: z
      .string()
      .min(1)
      .optional()
      .describe("What a quick variant scales down: `partition 10 min -> 40 s`."),
    source: z
      .array(
        z.string().regex(/^(S[0-3]|KIP-\d+|KAFKA-\d+|[\w.-]+(\/[\w.-]+)?#\d+)$/, {
          error: "expected S0 to S3, KIP-n, KAFKA-n or project#n",
        }),
      )
      .describe("What the row is taken from: S0 to S3 (articles), KIP-n, KAFKA-n, project#n."),
    refuted: z
      .string()
      .min(1)
      .optional()
      .describe("Why a prediction of it was refuted, with the run that showed it."),
  })
  .superRefine(({ variant, scaled }, context) => {
    const quick = variant === "quick";
    if (quick === (scaled !== undefined)) return;
    const message = quick
      ? "a quick variant must say what it scales down: scaled: partition 10 min -> 40 s"
      : "only a quick variant scales timers down: add variant: quick, or take `scaled` out";
    context.addIssue({ code: "custom", path: quick ? ["variant"] : ["scaled"], message });
  });
export type Catalogue = z.infer<typeof catalogueSchema>;

/** `A1`, `A1 full`: the row as a name of its own for each variant. */
export function rowName({ row, variant }: Catalogue): string {
  return variant === undefined ? row : `${row} ${variant}`;
}
