/** Defects of what lies on the logs: losses, copies, order, damage. */
import { expect } from "chai";
import { DEFECT, OUTCOME } from "../../../src/history/journal-format.ts";
import { dropRecords, renumber } from "../../unit/reconcile/synthetic-logs.ts";
import type { LogRecord, Send } from "../../unit/reconcile/synthetic-model.ts";
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";

const P = 1;

const isApp = (record: { producer: number }) => record.producer === 1;

/** Acked sends of the application on the partition that defects are planted in. */
function ackedSends(run: SyntheticRun): (Send & { answer: NonNullable<Send["answer"]> })[] {
  return run.sends.filter(
    (send): send is Send & { answer: NonNullable<Send["answer"]> } =>
      isApp(send) && send.partition === P && send.answer?.code === OUTCOME.acked,
  );
}

/** Cuts logs behind the application's last `keep` acked records; gives the first seq cut. */
function cutTail(run: SyntheticRun, logs: readonly number[], sends: number): Send {
  const first = ackedSends(run).at(-sends) as Send;
  for (const log of logs) {
    const records = run.records(log, P);
    const at = records.findIndex((one) => isApp(one) && one.seq === first.seq);
    records.splice(at, records.length - at);
  }
  return first;
}

const isRun = (seqFirst: number, count: number) => (record: LogRecord) =>
  isApp(record) && record.seq >= seqFirst && record.seq < seqFirst + count;

/** Copies of three records, appended again at the end of a log. */
function copyToEnd(run: SyntheticRun, log: number, seqFirst: number, count: number): void {
  const records = run.records(log, P);
  const copies = records.filter(isRun(seqFirst, count)).map((record) => ({ ...record }));
  for (const copy of copies) records.push({ ...copy, offset: records.length });
}

function withDefect(log: number, seq: number, defect: number): SyntheticRun {
  const run = new SyntheticRun();
  const record = run.records(log, P).find(isRun(seq, 1)) as LogRecord;
  record.defect = defect;
  return run;
}

export const lossCases: Case[] = [
  {
    name: "lost tail",
    planted: "the last 20 acked records of one partition, on no log",
    run: () => {
      const run = new SyntheticRun();
      cutTail(run, [1, 3], 4);
      return run;
    },
    anomalies: { lost: 20 },
    place: { partition: P, seqFirst: 380, seqLast: 399, producer: "orders-east" },
    found: ({ rpo }) => {
      expect(rpo).to.include({ shape: "tail", lost: 20, stranded: 0 });
      expect(rpo.records.value).to.equal(20);
      // Due at 3800 ms; the fault began between 4000 and 4040 ms.
      expect(rpo.timeMs).to.include({ value: 220, low: 200, high: 240 });
      return "shape tail, RPO 220 ms ± 20";
    },
  },
  {
    name: "stranded tail",
    planted: "replication 300 ms behind when the region dies",
    run: () => new SyntheticRun({ mirrorLagMs: 300 }),
    anomalies: { stranded: 90 },
    found: ({ rpo }) => {
      expect(rpo).to.include({ shape: "tail", lost: 0, stranded: 90 });
      return "shape tail";
    },
  },
  {
    name: "hole",
    planted: "3 acked records missing in the middle of the surviving log",
    run: () => {
      const run = new SyntheticRun();
      dropRecords(run.records(3, P), isRun(201, 3));
      renumber(run.records(3, P));
      return run;
    },
    anomalies: { stranded: 3 },
    place: { partition: P, seqFirst: 201, seqLast: 203 },
    found: ({ rpo }) => {
      expect(rpo.shape).to.equal("hole");
      return "shape hole";
    },
  },
  {
    name: "overwritten",
    planted: "10 stranded records seen by a first audit, gone at the last",
    run: () => {
      const run = new SyntheticRun();
      const before = run.records(1, P).map((record) => ({ ...record }));
      cutTail(run, [1, 3], 2);
      const snapshot = { log: 1, partition: P, records: before, atMs: 13_000 };
      run.tampering.earlierAudits.push(snapshot);
      return run;
    },
    anomalies: { overwritten: 10 },
    place: { partition: P, seqFirst: 390, seqLast: 399 },
  },
];

export const contentCases: Case[] = [
  {
    name: "duplicate append (producer)",
    planted: "3 records at two offsets of the producer's log",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      copyToEnd(run, 1, 100, 3);
      return run;
    },
    anomalies: { "duplicate-append": 3 },
    place: { partition: P, seqFirst: 100, seqLast: 102, log: 1 },
    found: ({ anomalies }) => {
      expect(anomalies[0]?.cause).to.equal("producer retry");
      return "cause producer retry";
    },
  },
  {
    name: "duplicate append (mirror)",
    planted: "4 records at two offsets of the mirror",
    run: () => {
      const run = new SyntheticRun();
      copyToEnd(run, 3, 50, 4);
      return run;
    },
    anomalies: { "duplicate-append": 4 },
    place: { partition: P, seqFirst: 50, log: 3 },
    found: ({ anomalies }) => {
      expect(anomalies[0]?.cause).to.equal("mirror retry or restart");
      return "cause mirror retry";
    },
  },
  {
    name: "redelivery",
    planted: "6 offsets handed to the group twice",
    run: () => {
      const run = new SyntheticRun();
      run.tampering.redelivered.push({ log: 1, partition: P, offset: 300, count: 6 });
      return run;
    },
    anomalies: { redelivery: 6 },
    place: { partition: P, offset: 300, log: 1 },
  },
  {
    name: "reorder (mirror)",
    planted: "two neighbours of one stream swapped on the mirror",
    run: () => {
      const run = new SyntheticRun();
      const records = run.records(3, P);
      const at = records.findIndex(isRun(151, 1));
      const [one, two] = [records[at], records[at + 1]] as [LogRecord, LogRecord];
      [one.seq, two.seq] = [two.seq, one.seq];
      return run;
    },
    anomalies: { reordered: 1 },
    place: { partition: P, seqFirst: 151, log: 3 },
  },
  {
    name: "reorder (producer)",
    planted: "a batch appended before the one sent before it",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      const [one, two] = ackedSends(run).slice(20, 22) as [Send, Send];
      const records = run.records(1, P);
      for (const record of records) {
        if (!isApp(record)) continue;
        if (isRun(one.seq, 5)(record)) record.seq += 5;
        else if (isRun(two.seq, 5)(record)) record.seq -= 5;
      }
      [one.answer, two.answer] = [
        { ...(one.answer as NonNullable<Send["answer"]>), offset: two.answer?.offset ?? 0 },
        { ...(two.answer as NonNullable<Send["answer"]>), offset: one.answer?.offset ?? 0 },
      ];
      renumber(run.records(3, P));
      copyOrder(run);
      return run;
    },
    anomalies: { reordered: 5 },
    place: { partition: P, seqFirst: 100, log: 1 },
  },
  {
    name: "flipped body byte",
    planted: "one record of the mirror whose checksum is wrong",
    run: () => withDefect(3, 120, DEFECT.crc),
    anomalies: { corrupt: 1 },
    place: { partition: P, seqFirst: 120, log: 3 },
  },
  {
    name: "body of another record",
    planted: "one record with a right checksum over a wrong body",
    run: () => withDefect(3, 121, DEFECT.body),
    anomalies: { corrupt: 1 },
    place: { partition: P, seqFirst: 121, log: 3 },
  },
  {
    name: "truncated body",
    planted: "one record shorter than its header says",
    run: () => withDefect(3, 122, DEFECT.length),
    anomalies: { corrupt: 1 },
    place: { partition: P, seqFirst: 122, log: 3 },
  },
  {
    name: "damage to a record's own name",
    planted: "one record of the producer's log, its header cut: it claims to be nobody",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      const record = run.records(1, P).find(isRun(77, 1)) as LogRecord;
      Object.assign(record, { defect: DEFECT.length, producer: 0, partition: 0, seq: 0 });
      return run;
    },
    // Not lost as well: the ack of its offset says who it was.
    anomalies: { corrupt: 1 },
    place: { partition: P, log: 1 },
  },
  {
    name: "phantom (never sent)",
    planted: "2 records with seqs that no intent announced",
    run: () => {
      const run = new SyntheticRun();
      const records = run.records(3, P);
      for (const seq of [7000, 7001]) {
        const last = records.at(-1) as LogRecord;
        records.push({ ...last, producer: 1, seq, offset: last.offset + 1 });
      }
      return run;
    },
    anomalies: { phantom: 2 },
    place: { partition: P, seqFirst: 7000, seqLast: 7001, log: 3 },
  },
  {
    name: "phantom (other run)",
    planted: "one record of another run on the mirror",
    run: () => {
      const run = new SyntheticRun();
      const records = run.records(3, P);
      const last = records.at(-1) as LogRecord;
      records.push({ ...last, defect: DEFECT.foreign, offset: last.offset + 1 });
      return run;
    },
    anomalies: { phantom: 1 },
    place: { partition: P, log: 3 },
  },
  {
    name: "aborted read",
    planted: "a send of 5 records that failed for certain, and lies on the logs",
    run: () => {
      const run = new SyntheticRun();
      const send = ackedSends(run)[30] as Send;
      send.answer = { code: OUTCOME.failed, offset: -1, atMs: send.sentMs + 5 };
      return run;
    },
    anomalies: { "failed-read": 5 },
    place: { partition: P, seqFirst: 150, seqLast: 154 },
  },
  {
    name: "aborted read (mirrored)",
    planted: "5 records of an aborted transaction, gone from their log and plain on the mirror",
    run: () => aborted([1]),
    anomalies: { "failed-read": 5 },
    place: { partition: P, seqFirst: 150, seqLast: 154, log: 3 },
  },
  {
    name: "abort that is kept",
    planted: "5 records of an aborted transaction, on no log and given to nobody (no defect)",
    run: () => aborted([1, 3]),
    anomalies: {},
  },
];

/** The 31st send was aborted; committed readers of these logs do not meet it. */
function aborted(logs: readonly number[]): SyntheticRun {
  const run = new SyntheticRun();
  const send = ackedSends(run)[30] as Send;
  send.answer = { code: OUTCOME.aborted, offset: -1, atMs: send.sentMs + 200 };
  for (const log of logs) dropRecords(run.records(log, P), isRun(send.seq, 5));
  return run;
}

/** Makes the mirror a faithful copy of the source's order. */
function copyOrder(run: SyntheticRun): void {
  const mirror = run.records(3, P);
  const source = run.records(1, P);
  const held = mirror.length;
  mirror.splice(0, held, ...source.slice(0, held).map((record) => ({ ...record })));
  renumber(mirror);
}
