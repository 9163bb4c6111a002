/** Evidence that is not what it should be, and instruments that were not: never a pass. */
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import type { Expectation } from "../../../src/history/judging.ts";
import type { RunPaths } from "../../../src/history/run-folder.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { us } from "../../unit/reconcile/memory-journal.ts";
import { SyntheticRun } from "../../unit/reconcile/synthetic-run.ts";
import type { Case } from "./case.ts";

const OBJECTIVE: Expectation = { metric: "rpo.records", high: 1000, written: "1000" };
const RTO: Expectation = { metric: "rto.produce", high: 60_000, written: "60s" };

const aimed = (options = {}) => new SyntheticRun({ objectives: [OBJECTIVE, RTO], ...options });

function inconclusive(pattern: RegExp, exitCode = 3) {
  return (result: Result): string => {
    expect(result.verdict).to.equal("inconclusive");
    expect(result.exitCode).to.equal(exitCode);
    const reason = result.reasons.find((one) => pattern.test(one));
    expect(reason, result.reasons.join("\n")).to.not.equal(undefined);
    return `inconclusive: ${reason}`;
  };
}

/** Evidence that is not what the run wrote has an exit code of its own. */
const altered = (pattern: RegExp) => inconclusive(pattern, 5);

/** Applies `change` to the bytes of a journal of the folder. */
function onJournal(file: string, change: (bytes: Buffer) => Buffer) {
  return (paths: RunPaths) => {
    const whole = path.join(paths.journals, file);
    fs.writeFileSync(whole, change(fs.readFileSync(whole)));
  };
}

/** A case whose history is changed before it is written. */
function history(
  name: string,
  planted: string,
  change: (events: NewEvent[]) => NewEvent[],
  pattern: RegExp,
): Case {
  return {
    name,
    planted,
    run: () => {
      const run = aimed();
      run.tampering.events = change;
      return run;
    },
    found: inconclusive(pattern),
  };
}

const without = (type: NewEvent["type"]) => (events: NewEvent[]) =>
  events.filter((event) => event.type !== type);

const withEvent = (event: NewEvent) => (events: NewEvent[]) => [
  ...events.slice(0, -1),
  event,
  ...events.slice(-1),
];

const HEALTH = {
  type: "health",
  tUs: us(3000),
  agent: "east-producers",
  loopDelayP999Us: 900,
  loopDelayMaxUs: 4000,
  lateSendMaxUs: 800,
  cpuThrottledUs: 0,
  journalWriteMaxUs: 300,
} as const;

const auditCases: Case[] = [
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
  history(
    "auditors disagree",
    "two clients see other ends of one partition",
    withEvent({
      type: "audit.disagreement",
      tUs: us(14_000),
      log: 3,
      partition: 1,
      detail: "one says 0..800, the other 0..790",
    }),
    /two clients disagree about primary\.orders\/1/,
  ),
  history(
    "log grew after the audit",
    "a second client saw the end 3 records further",
    (events) =>
      events.map((event) =>
        event.type === "audit.bounds" && event.log === 3
          ? { ...event, bounds: event.bounds.map((one) => ({ ...one, end: one.end + 3 })) }
          : event,
      ),
    /a second client saw the end at/,
  ),
];

type Damage = (paths: RunPaths) => void;

function changed(name: string, file: string, planted: string, damage: Damage): Case {
  const found = altered(new RegExp(`${file} is not what the run was started with`));
  return { name, planted, run: () => aimed(), damage, found };
}

const journalCases: Case[] = [
  {
    name: "journal cut mid-record",
    planted: "a producer's journal cut inside a block the history knew",
    run: () => aimed(),
    damage: onJournal("east-producers.producer.1.bin", (bytes) =>
      bytes.subarray(0, Math.floor(bytes.length * 0.6) + 13),
    ),
    found: altered(/journal east-producers\.producer\.1\.bin is cut/),
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
    found: altered(/journal west-observer\.audit\.1\.bin is corrupt/),
  },
  {
    name: "journal with a flipped bit",
    planted: "one bit of the watcher's journal changed",
    run: () => aimed(),
    damage: onJournal("west-observer.watcher.1.bin", (bytes) => {
      const changed = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      changed[at] = (changed[at] ?? 0) ^ 4;
      return changed;
    }),
    found: altered(/journal west-observer\.watcher\.1\.bin is corrupt/),
  },
  {
    name: "journal missing",
    planted: "a journal that the history announces is not there",
    run: () => {
      const run = aimed();
      run.tampering.missingJournals.push("west-producers.producer.1.bin");
      return run;
    },
    found: altered(/west-producers\.producer\.1\.bin is missing/),
  },
  {
    name: "journal unlisted",
    planted: "a journal of another run put beside the others",
    run: () => aimed(),
    damage: (paths) => {
      const from = path.join(paths.journals, "east-canary.canary.1.bin");
      fs.copyFileSync(from, path.join(paths.journals, "east-canary.canary.2.bin"));
    },
    found: altered(/east-canary\.canary\.2\.bin is unlisted/),
  },
  {
    name: "history changed",
    planted: "one line of the history taken out",
    run: () => aimed(),
    damage: (paths) => {
      const lines = fs.readFileSync(paths.history, "utf8").split("\n");
      lines.splice(5, 1);
      fs.writeFileSync(paths.history, lines.join("\n"));
    },
    found: altered(/history, line 6/),
  },
  changed("plan changed", "plan.json", "a limit in plan.json made another", ({ plan }) => {
    fs.writeFileSync(plan, fs.readFileSync(plan, "utf8").replace('"stallMs":', '"stallMs":1'));
  }),
  changed("experiment changed", "experiment.yaml", "a line added to its copy", ({ experiment }) =>
    fs.appendFileSync(experiment, "# and more\n"),
  ),
];

const runCases: Case[] = [
  history("crashed harness", "the history has no end", without("run.ended"), /the run has no end/),
  history(
    "steady state missed",
    "the steady state was never reached",
    without("steady.reached"),
    /steady state was not reached/,
  ),
  history(
    "fault unproven",
    "nothing shows that the fault took effect",
    without("fault.effective"),
    /nothing proves that disaster/,
  ),
  history(
    "fault never injected",
    "the plan's fault is not in the history",
    (events) => events.filter(({ type }) => !type.startsWith("fault.")),
    /the fault disaster was never injected/,
  ),
  history(
    "wait not met",
    "a step waited in vain, and the run went on",
    withEvent({
      type: "condition.missed",
      tUs: us(5000),
      step: "disaster",
      condition: "orders on main: at most 1 in-sync replica",
      seen: "ISR [1, 2, 3]",
    }),
    /disaster waited in vain until orders on main.*last seen: ISR \[1, 2, 3\]/,
  ),
  history(
    "wait without an end",
    "nothing says whether what a step waited for was seen",
    withEvent({
      type: "condition.waiting",
      tUs: us(5000),
      step: "disaster",
      condition: "orders on main: at most 1 in-sync replica",
      withinMs: 1000,
      forMs: 0,
    }),
    /nothing says whether disaster saw what it waited for/,
  ),
  history(
    "guard tripped",
    "a guard came true, and the run went on",
    withEvent({
      type: "guard.tripped",
      tUs: us(5000),
      condition: "orders on main holds more than 10 records",
      seen: "11 records",
    }),
    /the guard "orders on main holds more than 10 records" came true: 11 records/,
  ),
  history(
    "starved event loop",
    "p99.9 of one agent's loop delay above a quarter of the stall limit",
    withEvent({ ...HEALTH, loopDelayP999Us: 350_000 }),
    /event-loop delay.*350 ms, more than the limit of 50 ms/,
  ),
  history(
    "stolen CPU",
    "20 % of the machine's CPU taken by others",
    withEvent({
      type: "health.host",
      tUs: us(5000),
      stealMs: 400,
      cpuBusyPercent: 100,
      intervalMs: 1000,
    }),
    /CPU stolen from this machine: 20 %/,
  ),
  history(
    "no health reports",
    "the agents' health is not in the history",
    without("health"),
    /no agent reported its health/,
  ),
  {
    name: "control stalled",
    planted: "a stream that nothing breaks got no ack for 700 ms",
    run: () => {
      const run = aimed();
      const from = run.faultMs + 1000;
      for (const send of run.sends) {
        if (send.producer !== 4 || !send.answer || send.sentMs < from) continue;
        if (send.sentMs < from + 700) send.answer.atMs = from + 700;
      }
      return run;
    },
    anomalies: {},
    found: (result) => {
      // The count is as good as ever; only times are in doubt.
      expect(result.objectives[0]?.verdict).to.equal("met");
      expect(result.objectives[1]?.verdict).to.equal("inconclusive");
      return inconclusive(/the control control-standby, which nothing broke, waited/)(result);
    },
  },
];

export const evidenceCases: Case[] = [...auditCases, ...journalCases, ...runCases];
