/**
 * `schema/experiment.v1.json` and `schema/suite-file.v1.json`: the formats of what people write, for
 * editors (draft-07, which the YAML language server reads). Generated from `schema.ts` and
 * `suite-file.ts`; what a file may contain, before defaults and units.
 */
import { z } from "zod";
import { experimentSchema } from "./schema.ts";
import { suiteFileSchema } from "./suite-file.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const VARIABLE = "\\$\\{[A-Za-z_][A-Za-z0-9_-]*\\}";

export function experimentJsonSchema(): Json {
  return forEditors(experimentSchema, "experiment", "Blackstart experiment, version 1");
}

export function suiteFileJsonSchema(): Json {
  return forEditors(suiteFileSchema, "suite-file", "Blackstart suite, version 1");
}

function forEditors(schema: z.ZodType, name: string, title: string): Json {
  const generated = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
  }) as Json;
  return adapt({
    ...(generated as { [key: string]: Json }),
    $id: `https://blackstart.dev/schema/${name}.v1.json`,
    title,
  });
}

/**
 * Editors see a file before variables are put in and `x-…` keys are taken out: both are allowed.
 * Not where a constant tells the branches of a union apart, and not in keys.
 */
function adapt(node: Json): Json {
  if (Array.isArray(node)) return node.map(adapt);
  if (node === null || typeof node !== "object") return node;
  const inner: { [key: string]: Json } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "propertyNames" ? value : adapt(value),
    ]),
  );
  if (node["type"] === "object" && node["additionalProperties"] === false) {
    return { ...inner, patternProperties: { "^x-": {} } };
  }
  if (typeof node["pattern"] === "string") {
    return { ...inner, pattern: `${node["pattern"]}|${VARIABLE}` };
  }
  const typed = ["number", "integer", "boolean"].includes(String(node["type"]));
  if ((!typed && !("enum" in node)) || "const" in node) return inner;
  const { description, default: value, ...bare } = inner;
  return {
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value }),
    anyOf: [bare, { type: "string", pattern: VARIABLE }],
  };
}
