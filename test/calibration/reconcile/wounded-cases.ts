/**
 * A cluster that has lost a part of itself: before the heal the living replicas are read, after it
 * the log. Planted is what the living did not have, and what the heal brought back or took.
 *
 * The truth is an outage of the primary to the end of the run, in which everything stays where it
 * is; the readings before the heal (reader 151) are what each case changes.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import { dropRecords } from "../../unit/reconcile/synthetic-logs.ts";
import type { LogRecord } from "../../unit/reconcile/synthetic-model.ts";
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";

const P = 1;
const HELD_BY_LIVING = 151;
const TAIL = 20;
const SURVIVORS_MS = 14_000;

interface Replica {
  /** Of the application's last records on P: so many are not on it. */
  lacks?: number;
  complete?: boolean;
}

/** Every partition as the living hold it: whole, but for P, of which `replicas` live. */
function wounded(replicas: Replica[]): SyntheticRun {
  const run = new SyntheticRun({ scenario: "outage", outagePartitions: [P] });
  run.judging.readers.push({
    id: HELD_BY_LIVING,
    name: "audit-held",
    kind: "audit",
    region: "east",
    logs: [1],
    beforeHeal: true,
  });
  for (let partition = 0; partition < run.options.partitions; partition += 1) {
    for (const { lacks = 0, complete } of partition === P ? replicas : [{}]) {
      const held = run.records(1, partition);
      run.tampering.earlierAudits.push({
        log: 1,
        partition,
        records: lacks === 0 ? [...held] : withoutTail(run, held, lacks),
        atMs: SURVIVORS_MS,
        reader: HELD_BY_LIVING,
        ...(complete === undefined ? {} : { complete }),
      });
    }
  }
  return run;
}

/** A log cut before the application's last `lacks` acked records. */
function withoutTail(run: SyntheticRun, held: readonly LogRecord[], lacks: number): LogRecord[] {
  const first = firstOfTail(run, lacks);
  const at = held.findIndex(({ producer, seq }) => producer === 1 && seq === first);
  return held.slice(0, at);
}

function firstOfTail(run: SyntheticRun, lacks: number): number {
  const acked = run.sends.filter(
    ({ producer, partition, answer }) =>
      producer === 1 && partition === P && answer?.code === OUTCOME.acked,
  );
  const last = acked.at(-1);
  return (last?.seq ?? 0) + (last?.count ?? 0) - lacks;
}

/** From the log and its mirror, as if the heal had cut them; the group had been handed them. */
function dropTail(run: SyntheticRun): void {
  const first = firstOfTail(run, TAIL);
  const isTail = ({ producer, seq }: LogRecord) => producer === 1 && seq >= first;
  dropRecords(run.records(3, P), isTail);
  for (const record of dropRecords(run.records(1, P), isTail)) {
    run.tampering.alsoDelivered.push({ log: 1, record });
  }
}

export const woundedCases: Case[] = [
  {
    name: "clean run",
    planted: "nothing, half a cluster lost whose other half held everything",
    run: () => wounded([{}]),
    anomalies: {},
    found: ({ rpo }) => {
      expect(rpo).to.include({ shape: "none", lost: 0, stranded: 0 });
      return "RPO 0";
    },
  },
  {
    name: "stranded in half a cluster",
    planted: "20 acked records on no living replica, on the log after the heal",
    run: () => wounded([{ lacks: TAIL }]),
    anomalies: { stranded: TAIL },
    place: { partition: P },
    found: ({ rpo, balances }) => {
      expect(rpo).to.include({ shape: "tail", lost: 0, stranded: TAIL, overwritten: 0 });
      expect(rpo.records.value).to.equal(TAIL);
      expect(balances.every(({ ties }) => ties)).to.equal(true);
      return "RPO 20, lost 0";
    },
  },
  {
    name: "held by one living replica of two",
    planted: "20 acked records on the second living replica only: nothing is missing",
    run: () => wounded([{ lacks: TAIL }, {}]),
    anomalies: {},
    found: ({ rpo }) => {
      expect(rpo.records.value).to.equal(0);
      return "RPO 0";
    },
  },
  {
    name: "lost in half a cluster",
    planted: "an unclean election: 20 acked records on no living replica, nor after the heal",
    run: () => {
      const run = wounded([{ lacks: TAIL }]);
      dropTail(run);
      return run;
    },
    anomalies: { lost: TAIL },
    place: { partition: P },
    found: ({ rpo }) => {
      expect(rpo).to.include({ lost: TAIL, stranded: 0 });
      return "RPO 20, lost 20";
    },
  },
  {
    name: "taken by the heal",
    planted: "20 acked records that the living held, gone from the log after the heal",
    run: () => {
      const run = wounded([{}]);
      dropTail(run);
      return run;
    },
    anomalies: { overwritten: TAIL },
    found: ({ rpo, balances }) => {
      expect(rpo).to.include({ overwritten: TAIL, lost: 0, stranded: 0 });
      expect(balances.every(({ ties }) => ties)).to.equal(true);
      return "the accounts tie";
    },
  },
  {
    name: "a living replica that was not read",
    planted: "one of two living replicas not read to its end: what is missing is not known",
    run: () => wounded([{ lacks: TAIL }, { lacks: TAIL, complete: false }]),
    anomalies: {},
    found: ({ rpo }) => {
      expect(rpo.records.value).to.equal(null);
      expect(rpo.stranded).to.equal(null);
      expect(rpo.lost, "the healed log tells what is lost").to.equal(0);
      return "RPO no number, lost 0";
    },
  },
];
