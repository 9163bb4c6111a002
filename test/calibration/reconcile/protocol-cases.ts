/** Defects of what was promised: acks, commits, resumed offsets. */
import { expect } from "chai";
import { dropRecords } from "../../unit/reconcile/synthetic-logs.ts";
import type { LogRecord, Send } from "../../unit/reconcile/synthetic-model.ts";
import { trueResume } from "../../unit/reconcile/synthetic-rows.ts";
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";

const P = 1;

/** The last acked sends of the application; nothing of the partition lies behind the very last. */
function lastSends(run: SyntheticRun, count: number): Send[] {
  const sends = run.sends.filter(
    ({ producer, partition, answer }) => producer === 1 && partition === P && answer,
  );
  const last = sends.at(-1) as Send;
  const end = (last.answer?.offset ?? 0) + last.count;
  for (const log of [1, 3]) dropRecords(run.records(log, P), ({ offset }) => offset >= end);
  // What lay behind (probes) was never answered, then.
  for (const send of run.sends) {
    if (send.partition === P && send.producer === 3 && (send.answer?.offset ?? -1) >= end) {
      delete send.answer;
    }
  }
  return sends.slice(-count);
}

function dropSend(run: SyntheticRun, send: Send): void {
  for (const log of [1, 3]) {
    dropRecords(
      run.records(log, P),
      ({ producer, seq }) => producer === 1 && seq >= send.seq && seq < send.seq + send.count,
    );
  }
}

export const ackCases: Case[] = [
  {
    name: "two acks with one offset",
    planted: "a send of 5 acked with the offset of the send before it; only one landed",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      const [one, two] = lastSends(run, 2) as [Send, Send];
      two.answer = {
        ...(two.answer as NonNullable<Send["answer"]>),
        offset: one.answer?.offset ?? 0,
      };
      dropSend(run, two);
      return run;
    },
    // The second send is lost too, and that is said as well.
    anomalies: { "duplicate-acked-offset": 5, lost: 5 },
    place: { partition: P, log: 1 },
  },
  {
    name: "ack without an append",
    planted: "a send of 5 acked with an offset in a gap below the log's known end",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      const [send] = lastSends(run, 1) as [Send];
      dropSend(run, send);
      openGap(run, 400, 5);
      send.answer = { ...(send.answer as NonNullable<Send["answer"]>), offset: 400 };
      return run;
    },
    anomalies: { "acked-not-appended": 5, lost: 5 },
    place: { partition: P, log: 1, offset: 400 },
  },
  {
    name: "inconsistent offset",
    planted: "an ack of 5 records names offsets 5 below where they lie",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      const sends = run.sends.filter(
        ({ producer, partition }) => producer === 1 && partition === P,
      );
      openGap(run, 400, 5);
      const send = sends.find(({ answer }) => (answer?.offset ?? 0) >= 405) as Send;
      send.answer = { ...(send.answer as NonNullable<Send["answer"]>), offset: 400 };
      return run;
    },
    anomalies: { "inconsistent-offset": 5 },
    place: { partition: P, log: 1, offset: 400 },
  },
];

/** What a group was handed before the log was cut and grew again. */
export const truncationCases: Case[] = [
  {
    name: "unclean election",
    planted: "5 acked and delivered records cut off; 5 others acked and stored at their offsets",
    run: () => {
      const run = new SyntheticRun({ scenario: "calm" });
      const [cut, kept] = lastSends(run, 2) as [Send, Send];
      const offset = cut.answer?.offset ?? 0;
      const records = run.records(1, P);
      const first = records.filter((one) => isOf(one, cut)).map((one) => ({ ...one }));
      dropRecords(records, (one) => isOf(one, cut));
      for (const record of records) {
        if (isOf(record, kept)) record.offset = offset + record.seq - kept.seq;
      }
      records.sort((a, b) => a.offset - b.offset);
      dropRecords(records, (one) => one.offset >= offset && !isOf(one, kept));
      kept.answer = { ...(kept.answer as NonNullable<Send["answer"]>), offset };
      forgetBehind(run, offset + kept.count);
      run.tampering.alsoDelivered.push(...first.map((record) => ({ log: 1, record })));
      run.logs.set(3, [run.records(3, 0), records.map((one) => ({ ...one })), run.records(3, 2)]);
      return run;
    },
    anomalies: {
      lost: 5,
      "duplicate-acked-offset": 5,
      "inconsistent-offset": 5,
    },
    place: { partition: P, log: 1 },
    found: ({ rpo }) => {
      expect(rpo.shape).to.equal("hole");
      return "shape hole";
    },
  },
];

function isOf(record: LogRecord, send: Send): boolean {
  const { producer, seq } = record;
  return producer === send.producer && seq >= send.seq && seq < send.seq + send.count;
}

/** Probes that were acked at or behind an offset that is no more were never answered. */
function forgetBehind(run: SyntheticRun, end: number): void {
  for (const send of run.sends) {
    const here = send.partition === P && send.producer === 3;
    if (here && (send.answer?.offset ?? -1) >= end - 5) delete send.answer;
  }
}

/** Leaves `width` offsets of the source empty, as transaction markers do; acks move along. */
function openGap(run: SyntheticRun, at: number, width: number): void {
  const move = (offset: number) => (offset >= at ? offset + width : offset);
  for (const record of run.records(1, P)) record.offset = move(record.offset);
  for (const { producer, partition, answer } of run.sends) {
    const here = partition === P && (producer === 1 || producer === 3);
    if (here && answer) answer.offset = move(answer.offset);
  }
}

/** Application records of the mirror that the group never got, by the model's own truth. */
function neverDelivered(run: SyntheticRun, partition: number, shift: number): number {
  const from = trueResume(run, partition);
  const got = new Set(
    run
      .records(1, partition)
      .filter(({ atMs }) => atMs + run.options.deliverMs < run.faultMs)
      .map(({ producer, seq }) => `${producer}/${seq}`),
  );
  return run
    .records(3, partition)
    .slice(from, from + shift)
    .filter(({ producer, seq }) => producer === 1 && !got.has(`${producer}/${seq}`)).length;
}

const SKIPPED = { deliverMs: 120, resumeShift: 10 };

export const offsetCases: Case[] = [
  {
    name: "replayed commit",
    planted: "the group resumes 12 offsets before its commit, probes among them",
    run: () => new SyntheticRun({ resumeShift: -12 }),
    anomalies: {},
    found: ({ offsets }) => {
      expect(offsets.map(({ verdict }) => verdict)).to.deep.equal(["replay", "replay", "replay"]);
      const run = new SyntheticRun({ resumeShift: -12 });
      const truth = [0, 1, 2].map((partition) => {
        const to = trueResume(run, partition);
        const again = run.records(3, partition).slice(to - 12, to);
        return again.filter(({ producer }) => producer === 1).length;
      });
      expect(offsets.map(({ records }) => records)).to.deep.equal(truth);
      return `replay(${truth.join(", ")})`;
    },
  },
  {
    name: "skipped commit",
    planted: "the group resumes 10 records beyond its commit, on 3 partitions",
    run: () => new SyntheticRun(SKIPPED),
    anomalies: { unread: skippedInAll() },
    found: ({ offsets }) => {
      const run = new SyntheticRun(SKIPPED);
      const truth = [0, 1, 2].map((partition) => neverDelivered(run, partition, 10));
      expect(truth.every((count) => count > 0)).to.equal(true);
      expect(offsets.map(({ verdict }) => verdict)).to.deep.equal(["skip", "skip", "skip"]);
      expect(offsets.map(({ records }) => records)).to.deep.equal(truth);
      return `skip(${truth.join(", ")})`;
    },
  },
  {
    name: "unmapped group",
    planted: "no committed offset on the promoted cluster, reset to the beginning",
    run: () => new SyntheticRun({ resumeAs: "unmapped" }),
    anomalies: {},
    found: ({ offsets }) => {
      expect(offsets.map(({ verdict }) => verdict)).to.deep.equal(Array(3).fill("unmapped"));
      return "unmapped × 3";
    },
  },
  {
    name: "offset ahead of the log",
    planted: "the group's offset on the promoted cluster lies 50 beyond its end",
    run: () => new SyntheticRun({ resumeAs: "ahead", deliverMs: 3, commitEveryMs: 50 }),
    found: ({ offsets }) => {
      expect(offsets.map(({ verdict }) => verdict)).to.deep.equal(Array(3).fill("ahead-of-log"));
      return "ahead-of-log × 3";
    },
    anomalies: {},
  },
];

/** Over all partitions. */
function skippedInAll(): number {
  const run = new SyntheticRun(SKIPPED);
  return [0, 1, 2].reduce((sum, partition) => sum + neverDelivered(run, partition, 10), 0);
}
