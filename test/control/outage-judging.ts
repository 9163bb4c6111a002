/**
 * One known outage as the judge sees it: the path's journals, and a history that names this outage as
 * the fault. The recovery time comes from the judge itself; nothing is computed here.
 */
import type { EventType, HistoryEvent, NewEvent } from "../../src/history/events.ts";
import { readJournal } from "../../src/history/journal-reader.ts";
import type { Judging } from "../../src/history/judging.ts";
import { judge } from "../../src/reconcile/judge.ts";
import type { Measure, Result } from "../../src/reconcile/result.ts";
import type { JournalInput } from "../../src/reconcile/rows.ts";
import { type KnownOutage, topicOf } from "./outage-stub.ts";

export const RUN = "known-outages";
/** A send not acked within this is missed; below the shortest outage. */
const STALL_MS = 80;
const SUSTAINED_MS = 1000;
const TOOL = { name: "blackstart", version: "control" };

export const canaryId = (path: number) => path + 1;
export const applicationId = (path: number) => path + 1001;

export interface Trace {
  t0Us: number;
  intervalMs: number;
  /** `health` and `health.host` events of the whole control. */
  health: readonly HistoryEvent[];
  /** Journals of one path. */
  files: { file: string; whole: string; agent: string; role: string }[];
}

export interface Judged {
  cluster: Measure;
  application: Measure;
  /** Why the instrument is not to be trusted for this outage; empty when it is. */
  doubts: string[];
}

export function logRef(path: number): Judging["logs"][number] {
  const cluster = topicOf(path);
  const place = { cluster, topic: topicOf(path), partitions: 1, region: "here" };
  return { id: path + 1, ...place, role: "workload" };
}

/** Judges one outage of a path; `untilUs`: what comes later belongs to the next one. */
export function judgeOutage(outage: KnownOutage, trace: Trace, untilUs: number): Judged {
  const result = judge({
    plan: {
      run: RUN,
      name: RUN,
      title: "Known outages",
      seed: 0,
      experimentFile: "",
      experimentSha256: "",
      topology: { nodes: [], regions: [], links: [], clusters: [], replications: [] },
      judging: judgingOf(outage.path, trace.intervalMs),
    },
    history: { events: historyOf(outage, trace, untilUs), problems: [], sha256: "" },
    journals: trace.files.map(journalInput),
    tool: TOOL,
  });
  return {
    cluster: viewOf(result, "cluster"),
    application: viewOf(result, "produce"),
    doubts: result.instrument.problems,
  };
}

function viewOf({ recoveries }: Result, viewpoint: string): Measure {
  const found = recoveries.find((recovery) => recovery.viewpoint === viewpoint);
  if (!found) throw new Error(`expected the viewpoint ${viewpoint}, the judge has none`);
  return found.measure;
}

function journalInput({ file, whole, agent, role }: Trace["files"][number]): JournalInput {
  return {
    file,
    agent,
    role,
    read: (onBlock) => {
      const { state, rows, detail } = readJournal(whole, onBlock, { run: RUN });
      return { state, rows, detail };
    },
  };
}

function judgingOf(path: number, intervalMs: number): Judging {
  const log = logRef(path);
  const common = { log: log.id, region: "here", acks: "all" as const, control: false };
  return {
    runTag: 1,
    logs: [log],
    producers: [
      {
        ...common,
        id: applicationId(path),
        name: "application",
        kind: "application",
        ratePerSecond: 50,
        recordBytes: 64,
      },
      {
        ...common,
        id: canaryId(path),
        name: "canary",
        kind: "canary",
        ratePerSecond: 1000 / intervalMs,
        recordBytes: 64,
      },
    ],
    readers: [],
    survivingCluster: log.cluster,
    failedClusters: [],
    faultStep: "cut",
    objectives: [],
    predictions: [],
    policy: {
      sustainedMs: SUSTAINED_MS,
      stallMs: STALL_MS,
      throughputShare: 0.95,
      canaryIntervalMs: intervalMs,
      horizonMs: 60_000,
    },
  };
}

function historyOf(outage: KnownOutage, trace: Trace, untilUs: number): HistoryEvent[] {
  const { cut, mend } = outage;
  const step = "cut";
  const fidelity = outage.mode;
  const told: (NewEvent & { tUs: number })[] = [
    { type: "run.started", tUs: trace.t0Us, run: RUN, wall: "", tool: "" },
    { type: "workload.started", tUs: trace.t0Us, t0Us: trace.t0Us },
    ...trace.files.map(({ file, agent, role }) => {
      return { type: "journal.opened" as const, tUs: trace.t0Us, agent, file, role };
    }),
    { type: "steady.reached", tUs: cut.beforeUs, checks: [] },
    ...trace.health,
    {
      type: "fault.injecting",
      tUs: cut.beforeUs,
      step,
      kind: "cut",
      fidelity,
      targets: [],
      affects: [],
    },
    { type: "fault.injected", tUs: cut.afterUs, step },
    { type: "fault.effective", tUs: cut.afterUs, step, proof: "made by the control" },
    { type: "fault.healing", tUs: mend.beforeUs, step },
    { type: "fault.healed", tUs: mend.afterUs, step, proof: "made by the control" },
    { type: "workload.stopped", tUs: untilUs, producers: 1 },
    { type: "run.ended", tUs: untilUs, outcome: "completed" },
  ];
  return told
    .sort((a, b) => a.tUs - b.tUs)
    .map((event, seq) => ({ ...event, seq, prev: "" }) as HistoryEvent & { type: EventType });
}
