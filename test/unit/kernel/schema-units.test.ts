import { expect } from "chai";
import { z } from "zod";
import {
  durationSchema,
  percentSchema,
  rateSchema,
  sizeRateSchema,
  sizeSchema,
} from "../../../src/kernel/schema-units.ts";

const schemas = { durationSchema, rateSchema, sizeSchema, sizeRateSchema, percentSchema };

describe("schemas of units", () => {
  it("turn text into numbers, with room around it", () => {
    expect(durationSchema.parse(" 1m30s ")).to.equal(90_000);
    expect(rateSchema.parse("30/m")).to.equal(0.5);
    expect(sizeSchema.parse("1KiB")).to.equal(1024);
    expect(sizeRateSchema.parse("1.5kB/s")).to.equal(1500);
    expect(percentSchema.parse("95%")).to.equal(0.95);
  });

  it("refuse bare numbers and other types, and say what they expected", () => {
    for (const [name, schema] of Object.entries(schemas)) {
      for (const value of [5, true, null, undefined, []]) {
        const result = schema.safeParse(value);
        expect(result.success, `${name} ${value}`).to.equal(false);
        expect(result.error?.issues[0]?.message, name).to.match(/^expected a/);
      }
    }
  });

  it("quote what they could not read", () => {
    const message = (schema: z.ZodType, text: string) =>
      schema.safeParse(text).error?.issues[0]?.message;
    expect(message(durationSchema, "5")).to.equal(
      `"5": expected a duration such as 250ms, 5s or 1m30s`,
    );
    expect(message(sizeRateSchema, "5MB")).to.contain(`"5MB": expected a bandwidth`);
    expect(message(rateSchema, "2000")).to.contain("expected a rate");
  });

  it("tell editors the same rule by a pattern", () => {
    const good = {
      durationSchema: ["250ms", "1m30s", "1.5h"],
      rateSchema: ["2000/s", "0.5/m"],
      sizeSchema: ["512B", "1.5MiB"],
      sizeRateSchema: ["500kB/s"],
      percentSchema: ["95%", "99.9%"],
    };
    const bad = ["5", "", "-1s", "five", "5 s"];
    for (const [name, schema] of Object.entries(schemas)) {
      const { pattern = "" } = z.toJSONSchema(schema, { io: "input" }) as { pattern?: string };
      for (const text of good[name as keyof typeof good]) {
        expect(schema.safeParse(text).success, text).to.equal(true);
        expect(text, name).to.match(new RegExp(pattern));
      }
      for (const text of bad) {
        expect(schema.safeParse(text).success, `${name} ${text}`).to.equal(false);
        expect(new RegExp(pattern).test(text), `${name} ${text}`).to.equal(false);
      }
    }
  });
});
