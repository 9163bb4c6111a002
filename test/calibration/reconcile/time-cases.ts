/** Outages of known length: the recovery time must hold it within its printed bounds. */
import { expect } from "chai";
import type { Result } from "../../../src/reconcile/result.ts";
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";

function produce(result: Result) {
  const found = result.recoveries.find(({ viewpoint }) => viewpoint === "produce");
  if (!found) throw new Error("no recovery was measured");
  return found;
}

function cluster(result: Result) {
  const found = result.recoveries.find(({ viewpoint }) => viewpoint === "cluster");
  if (!found) throw new Error("the cluster was not probed");
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
      expect(cluster(result).measure.inconclusive).to.equal(undefined);
      return `RTO ${value} ms in [${low}, ${high}], the others 0`;
    },
  };
}

export const outageCases: Case[] = [
  ...[350, 1000, 3000, 5000].map(outage),
  {
    name: "known outage of a group",
    planted: "2500 ms without a delivery, while every send is acked",
    run: () => new SyntheticRun({ scenario: "outage", outageMs: 0, deliveryOutageMs: 2500 }),
    anomalies: {},
    found: (result) => {
      const consume = result.recoveries.find(({ viewpoint }) => viewpoint === "consume");
      expect(produce(result).measure.value).to.equal(0);
      expect(consume?.measure.low).to.be.at.most(2500);
      expect(consume?.measure.high).to.be.at.least(2500);
      return `RTO consume ${consume?.measure.value} ms, RTO produce 0`;
    },
  },
  {
    name: "probe in its own way",
    planted:
      "the probe of one partition unanswered for 1200 ms, the application acked all the time",
    run: () => {
      const run = new SyntheticRun({ scenario: "outage", outageMs: 0 });
      const from = run.faultMs + 500;
      for (const send of run.sends) {
        if (send.producer !== 3 || send.partition !== 1 || !send.answer) continue;
        if (send.sentMs >= from && send.sentMs < from + 1200) send.answer.atMs += 900;
      }
      return run;
    },
    anomalies: {},
    found: (result) => {
      expect(produce(result).measure.inconclusive).to.equal(undefined);
      const { measure } = cluster(result);
      expect(measure.inconclusive).to.match(
        /^the probe of orders-1 was not acked from 0\.5 s to 1\.7 s/,
      );
      return `cluster ${measure.value} ms in doubt, RTO produce ${produce(result).measure.value}`;
    },
  },
  {
    name: "known lag",
    planted: "the mirror 400 ms behind for the whole run",
    run: () => new SyntheticRun({ scenario: "calm", mirrorLagMs: 400 }),
    anomalies: {},
    found: ({ exposure }) => {
      // Seen 405 ms after the append, which was up to 42 ms after the oldest of a send was due.
      expect(exposure.maxTimeMs.low).to.be.at.most(447);
      expect(exposure.maxTimeMs.high).to.be.at.least(447);
      return `exposure ${exposure.maxTimeMs.value} ms, ${exposure.maxRecords.value} records`;
    },
  },
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
