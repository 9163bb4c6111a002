/** Outages of known length, and evidence that is not what it should be. */
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Expectation } from "../../../src/history/judging.ts";
import type { RunPaths } from "../../../src/history/run-folder.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";

function produce(result: Result) {
  const found = result.recoveries.find(({ viewpoint }) => viewpoint === "produce");
  if (!found) throw new Error("no recovery was measured");
  return found;
}

function outage(ms: number): Case {
  return {
    name: "known outage",
    planted: `${ms} ms without an ack on one partition of three`,
    run: () => new SyntheticRun({ scenario: "outage", outageMs: ms, outagePartitions: [2] }),
    anomalies: {},
    found: (result) => {
      const { measure, partitions, firstPartitionMs } = produce(result);
      const { value, low, high } = measure;
      expect(measure.censored).to.equal(false);
      expect(low).to.be.at.most(ms);
      expect(high).to.be.at.least(ms);
      expect(firstPartitionMs).to.equal(0);
      expect(partitions.map(({ rtoMs }) => rtoMs === 0)).to.deep.equal([true, true, false]);
      return `RTO ${value} ms in [${low}, ${high}], the others 0`;
    },
  };
}

const OBJECTIVE: Expectation = { metric: "rpo.records", high: 1000, written: "1000" };

function inconclusive(pattern: RegExp) {
  return (result: Result): string => {
    expect(result.verdict).to.equal("inconclusive");
    expect(result.exitCode).to.equal(3);
    expect(result.reasons.join("\n")).to.match(pattern);
    return `inconclusive: ${result.reasons[0]}`;
  };
}

export const outageCases: Case[] = [
  ...[350, 1000, 3000, 5000].map(outage),
  {
    name: "outage too short to be a stall",
    planted: "120 ms without an ack, below the stall limit of 200 ms",
    run: () => new SyntheticRun({ scenario: "outage", outageMs: 120 }),
    anomalies: {},
    found: (result) => {
      const { measure } = produce(result);
      expect(measure.value).to.equal(0);
      // Never "exactly 0": what the slowest send on time took cannot be excluded.
      expect(measure.high).to.be.at.least(120);
      return `RTO 0 ms, at most ${measure.high}`;
    },
  },
  {
    name: "never recovered",
    planted: "one partition acknowledges nothing until the end of the run",
    run: () => new SyntheticRun({ scenario: "outage", outageMs: null, outagePartitions: [1] }),
    anomalies: {},
    found: (result) => {
      const { measure } = produce(result);
      expect(measure.censored).to.equal(true);
      expect(measure.high).to.equal(null);
      expect(measure.value).to.be.within(7500, 8600);
      return `RTO ≥ ${measure.value} ms`;
    },
  },
];

/** Applies `change` to the bytes of a journal of the folder. */
function onJournal(file: string, change: (bytes: Buffer) => Buffer) {
  return (paths: RunPaths) => {
    const whole = path.join(paths.journals, file);
    fs.writeFileSync(whole, change(fs.readFileSync(whole)));
  };
}

const aimed = (options = {}) => new SyntheticRun({ objectives: [OBJECTIVE], ...options });

export const evidenceCases: Case[] = [
  {
    name: "hidden partition",
    planted: "one partition of the surviving log left out by the audit",
    run: () => {
      const run = aimed();
      run.tampering.hidden.push({ log: 3, partition: 2 });
      return run;
    },
    anomalies: {},
    found: (result) => {
      expect(result.rpo.records.value).to.equal(null);
      return inconclusive(/never audited|not read to its end/)(result);
    },
  },
  {
    name: "journal cut mid-record",
    planted: "a producer's journal cut inside a block the history knew",
    run: () => aimed(),
    damage: onJournal("east-producers.producer.1.bin", (bytes) =>
      bytes.subarray(0, Math.floor(bytes.length * 0.6) + 13),
    ),
    found: inconclusive(/journal east-producers\.producer\.1\.bin is cut/),
  },
  {
    name: "journal with a missing segment",
    planted: "the second block of the audit's journal taken out",
    run: () => aimed(),
    damage: onJournal("west-observer.audit.1.bin", (bytes) => {
      const length = (at: number) => 24 + bytes.readUInt32LE(at + 8);
      const one = length(0);
      const two = one + length(one);
      return Buffer.concat([bytes.subarray(0, one), bytes.subarray(two)]);
    }),
    found: inconclusive(/journal west-observer\.audit\.1\.bin is corrupt/),
  },
  {
    name: "journal missing",
    planted: "a journal that the history announces is not there",
    run: () => {
      const run = aimed();
      run.tampering.missingJournals.push("west-producers.producer.1.bin");
      return run;
    },
    found: inconclusive(/west-producers\.producer\.1\.bin is missing/),
  },
];
