/**
 * `exec`: a program inside of a Kafka node, for what has no step of its own, such as the commands of a
 * licensed image. A program and its arguments, no shell: what runs is what the file says.
 */
import { z } from "zod";
import { durationSchema } from "../kernel/schema-units.ts";
import { nameSchema } from "./schema-topology.ts";

export const execSchema = z.strictObject({
  node: nameSchema.describe("The Kafka node it runs in."),
  tool: z
    .string({ error: "expected the name of a program" })
    .regex(/^[A-Za-z0-9][\w.-]*$/, { error: "expected a program by its name alone, no path" })
    .describe("A program of the node's image, found by its PATH: kafka-mirrors."),
  args: z
    .array(z.string({ error: "expected a text" }))
    .default([])
    .describe("Its arguments. `{bootstrap:NAME}` stands for the brokers of a cluster."),
  within: durationSchema.prefault("30s").describe("How long it may take; then the run ends."),
});
export type ExecParams = z.output<typeof execSchema>;

const BOOTSTRAP = /\{bootstrap:([^}]*)\}/g;

/** Clusters that the arguments speak of. */
export function clustersIn(args: readonly string[]): string[] {
  return args.flatMap((arg) => [...arg.matchAll(BOOTSTRAP)].map(([, name = ""]) => name));
}

/** Arguments with addresses for names. */
export function resolveArgs(
  args: readonly string[],
  bootstrapOf: (cluster: string) => string[],
): string[] {
  return args.map((arg) =>
    arg.replace(BOOTSTRAP, (_, name: string) => bootstrapOf(name).join(",")),
  );
}
