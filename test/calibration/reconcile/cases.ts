/** Every calibration case, and the clean runs in which nothing may be found. */
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";
import { evidenceCases } from "./evidence-cases.ts";
import { contentCases, lossCases } from "./log-cases.ts";
import { ackCases, offsetCases, truncationCases } from "./protocol-cases.ts";
import { outageCases } from "./time-cases.ts";
import { woundedCases } from "./wounded-cases.ts";

const clean = (scenario: "region-loss" | "outage" | "calm", planted: string): Case => ({
  name: "clean run",
  planted,
  run: () => new SyntheticRun({ scenario }),
  anomalies: {},
});

export const cleanCases: Case[] = [
  clean("calm", "nothing, nothing broken"),
  clean("outage", "nothing, an outage that loses nothing"),
  clean("region-loss", "nothing, a region lost with replication caught up"),
];

export const cases: Case[] = [
  ...cleanCases,
  ...lossCases,
  ...woundedCases,
  ...contentCases,
  ...ackCases,
  ...truncationCases,
  ...offsetCases,
  ...outageCases,
  ...evidenceCases,
];
