/** Runs with several things wrong at once, for what no single planted defect reaches. */
import { DEFECT, OUTCOME } from "../../src/history/journal-format.ts";
import { type Expectation, metricIds } from "../../src/history/judging.ts";
import { us } from "../unit/reconcile/memory-journal.ts";
import { dropRecords, renumber } from "../unit/reconcile/synthetic-logs.ts";
import type { LogRecord, Send, SyntheticOptions } from "../unit/reconcile/synthetic-model.ts";
import { SyntheticRun } from "../unit/reconcile/synthetic-run.ts";

interface MixedRun {
  name: string;
  file: string;
  run: () => SyntheticRun;
}

/** Asks for every number there is, as an objective and as a prediction of at most 100. */
const everything: Pick<SyntheticOptions, "objectives" | "predictions"> = {
  objectives: metricIds.map((metric): Expectation => {
    if (metric === "rpo.shape") return { metric, text: "tail", written: "tail" };
    return { metric, high: 10, written: "at most 10" };
  }),
  predictions: metricIds.map((metric): Expectation => {
    if (metric === "rpo.shape") return { metric, text: "none", written: "none" };
    return { metric, low: 1, high: 100, written: "1 to 100" };
  }),
};

const mixed = (
  file: string,
  name: string,
  options: Partial<SyntheticOptions>,
  change: (run: SyntheticRun) => void = () => {},
): MixedRun => ({
  name,
  file: `mixed-${file}`,
  run: () => {
    const run = new SyntheticRun(options);
    change(run);
    return run;
  },
});

function appSends(run: SyntheticRun, partition: number): Send[] {
  return run.sends.filter((send) => send.producer === 1 && send.partition === partition);
}

const ofApp = (record: LogRecord) => record.producer === 1;

function answer(send: Send | undefined, code: number): void {
  if (send?.answer) send.answer = { ...send.answer, code, offset: -1 };
}

export const mixedRuns: MixedRun[] = [
  mixed("region-loss", "every number of a lost region", { ...everything, mirrorLagMs: 300 }),
  mixed("outage", "every number of an outage", {
    ...everything,
    scenario: "outage",
    outagePartitions: [0, 2],
  }),
  mixed("calm", "every number of a run in which nothing happened", {
    ...everything,
    scenario: "calm",
  }),
  mixed(
    "surviving-unread",
    "a partition of the surviving log unread",
    { ...everything, mirrorLagMs: 200 },
    (run) => run.tampering.hidden.push({ log: 3, partition: 1 }, { log: 3, partition: 2 }),
  ),
  mixed("failed-unread", "a partition of the failed log unread", { mirrorLagMs: 200 }, (run) =>
    run.tampering.hidden.push({ log: 1, partition: 0 }),
  ),
  mixed("no-mirror", "nothing copies the lost log", {}, (run) => {
    for (const log of run.judging.logs) delete log.mirrorOf;
  }),
  mixed(
    "holes-and-tails",
    "losses at the first, a middle and the last record",
    { ...everything },
    (run) => {
      dropRecords(run.records(3, 0), (one) => ofApp(one) && one.seq === 0);
      dropRecords(run.records(3, 1), (one) => ofApp(one) && one.seq >= 200 && one.seq < 207);
      dropRecords(run.records(1, 1), (one) => ofApp(one) && one.seq >= 203 && one.seq < 207);
      dropRecords(run.records(3, 2), (one) => ofApp(one) && one.seq >= 399);
      for (const partition of [0, 1, 2]) renumber(run.records(3, partition));
    },
  ),
  mixed("damaged-names", "damaged names beside a loss", { scenario: "calm" }, (run) => {
    const nobody = { producer: 0, partition: 0, seq: 0 };
    const lying = (at: number) => run.records(1, 0).find(({ seq }) => seq === at) as LogRecord;
    Object.assign(lying(0), { ...nobody, defect: DEFECT.length });
    Object.assign(lying(42), { ...nobody, defect: DEFECT.crc });
    dropRecords(run.records(1, 0), (one) => ofApp(one) && one.seq >= 60 && one.seq < 63);
    Object.assign(run.records(1, 1)[9] as LogRecord, { defect: DEFECT.body });
  }),
  mixed("answers", "sends that failed, are unknown or were never answered", {}, (run) => {
    const sends = appSends(run, 0);
    answer(sends[3], OUTCOME.indeterminate);
    answer(sends[5], OUTCOME.failed);
    if (sends[7]) delete sends[7].answer;
    const [one] = appSends(run, 2);
    answer(one, OUTCOME.indeterminate);
    dropRecords(run.records(3, 2), (record) => ofApp(record) && record.seq < 3);
    renumber(run.records(3, 2));
  }),
  mixed("earlier-audits", "earlier audits that saw more, and less", {}, (run) => {
    const before = run.records(3, 1).map((record) => ({ ...record }));
    dropRecords(run.records(3, 1), (one) => ofApp(one) && one.seq >= 380);
    dropRecords(run.records(1, 1), (one) => ofApp(one) && one.seq >= 390);
    const few = before.slice(0, 40);
    run.tampering.earlierAudits.push(
      { log: 3, partition: 1, records: before, atMs: 12_500 },
      { log: 3, partition: 0, records: few, atMs: 12_600 },
    );
  }),
  mixed("redeliveries", "redeliveries here and there, more than are kept", {}, (run) => {
    for (let offset = 0; offset < 120; offset += 6) {
      run.tampering.redelivered.push({ log: 1, partition: 0, offset, count: 2 });
    }
    run.tampering.redelivered.push({ log: 3, partition: 2, offset: 10, count: 7 });
  }),
  mixed("resumes", "a group that resumes too early", { resumeShift: -30, mirrorLagMs: 100 }),
  mixed("skips", "a group that resumes too late", { resumeShift: 25, takeoverMs: 500 }),
  mixed("unmapped", "a group without an offset", { resumeAs: "unmapped", partitions: 2 }),
  mixed("ahead", "a group ahead of its log", { resumeAs: "ahead", partitions: 2 }),
  mixed("stalls", "an outage that nobody ends, and a late group", {
    ...everything,
    scenario: "outage",
    outageMs: null,
    outagePartitions: [1],
    deliveryOutageMs: 1500,
  }),
  mixed("healed", "a heal in the middle of an outage", { scenario: "outage" }, (run) => {
    run.tampering.events = (events) => [
      ...events,
      { type: "fault.healing", step: "disaster", tUs: us(6000) },
    ];
  }),
  mixed("uneven", "one batch a record, uneven times", {
    scenario: "outage",
    batch: 1,
    everyMs: 25,
    ackMs: 37,
    outageMs: 777,
    faultWidthMs: 0,
    partitions: 1,
  }),
];
