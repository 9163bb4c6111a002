/** `blackstart schema`: the JSON Schemas of the files people write and programs read. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { z } from "zod";
import { experimentJsonSchema, suiteFileJsonSchema } from "../experiment/json-schema.ts";
import { suiteSchema } from "../history/suite-folder.ts";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { setResultSchema } from "../reconcile/repetition/set-result.ts";
import { resultSchema } from "../reconcile/result.ts";

function resultJsonSchema(): unknown {
  return {
    ...z.toJSONSchema(resultSchema, { target: "draft-7" }),
    $id: "https://blackstart.dev/schema/result.v1.json",
    title: "Blackstart result, version 1",
  };
}

function setResultJsonSchema(): unknown {
  return {
    ...z.toJSONSchema(setResultSchema, { target: "draft-7" }),
    $id: "https://blackstart.dev/schema/set-result.v1.json",
    title: "Blackstart result of a set of runs, version 1",
  };
}

function suiteJsonSchema(): unknown {
  return {
    ...z.toJSONSchema(suiteSchema, { target: "draft-7" }),
    $id: "https://blackstart.dev/schema/suite.v1.json",
    title: "suite.json of Blackstart, version 1",
  };
}

const SCHEMAS = {
  experiment: experimentJsonSchema,
  result: resultJsonSchema,
  "set-result": setResultJsonSchema,
  suite: suiteJsonSchema,
  "suite-file": suiteFileJsonSchema,
};
type SchemaName = keyof typeof SCHEMAS;
const names = Object.keys(SCHEMAS) as SchemaName[];

/** The file's text, as it is kept in git. */
export function schemaText(name: SchemaName): string {
  return `${JSON.stringify(SCHEMAS[name](), null, 2)}\n`;
}

export function schemaFile(name: SchemaName): string {
  return join(packageRoot(), "schema", `${name}.v1.json`);
}

export function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema (draft-07) of a file that people write or programs read")
    .addArgument(new Argument("[name]", "which schema").choices(names).default("experiment"))
    .option("--write", "write all schemas into schema/ instead")
    .addHelpText(
      "after",
      `
An editor checks and completes an experiment file whose first line is
  # yaml-language-server: $schema=../schema/experiment.v1.json

In a value, \${name} is a variable: its default stands under \`vars:\`, --var name=value sets it.
Keys that begin with x- are ignored.

Examples:
  blackstart schema
  blackstart schema result > result.v1.json`,
    )
    .action((name: SchemaName, options: { write?: boolean }) => {
      if (options.write) writeSchemas();
      else process.stdout.write(schemaText(name));
    });
}

function writeSchemas(): void {
  for (const name of names) {
    const file = schemaFile(name);
    try {
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, schemaText(name));
    } catch (error) {
      const message = `${file} cannot be written: ${messageOf(error)}`;
      throw new DrillError("E_USAGE", message, { cause: error });
    }
    process.stderr.write(`wrote ${file}\n`);
  }
}
