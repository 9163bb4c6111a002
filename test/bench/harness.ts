/**
 * `npm run bench:harness`: what the harness' own process costs while a drill runs at 50,000 records a
 * second. The real command runs a drill of one region; meanwhile its memory and its CPU time are read
 * from /proc, four times a second. Goals: 150 MB of resident memory, 5 % of one core.
 *
 * The window is the workload after the steady state, as the history tells it. What the process takes
 * before and after (booting, judging, rendering) is printed beside it, without a goal.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readHistory } from "../../src/history/history-reader.ts";
import { readJson, runPaths } from "../../src/history/run-folder.ts";
import { monotonicUs } from "../../src/kernel/clock.ts";
import { resultSchema } from "../../src/reconcile/result.ts";
import { say } from "./bench-tools.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SAMPLE_MS = 250;
/** Clock ticks of /proc/<pid>/stat, µs each. */
const TICK_US = 10_000;
const GOAL = { megabytes: 150, corePercent: 5 };

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "50000" },
    seconds: { type: "string", default: "25" },
    replication: { type: "string", default: "1" },
  },
});
const rate = Number(values.rate);
const brokers = Number(values.replication);
const PRODUCERS = 2;

const EXPERIMENT = `
version: 1
name: harness-bench
title: The harness at ${rate} records a second
seed: 1
topology:
  regions: [solo]
  clusters:
    main: { kafka: "4.3.1", brokers: { solo: ${brokers} } }
workload:
  topics:
    - { name: orders, cluster: main, partitions: 6, replication: ${brokers}, minInsync: 1 }
    - { name: payments, cluster: main, partitions: 6, replication: ${brokers}, minInsync: 1 }
  producers:
    - { topic: orders, in: solo, rate: ${rate / PRODUCERS}/s, size: 100B, batch: 2000, idempotent: false }
    - { topic: payments, in: solo, rate: ${rate / PRODUCERS}/s, size: 100B, batch: 2000, idempotent: false }
  canary: { every: 100ms }
steadyState: [{ check: acked-rate, atLeast: 90%, for: 2s }]
steps: []
objectives: { lost: 0 }
end: { settle: ${values.seconds}s, horizon: 30s }
`;

interface Sample {
  tUs: number;
  cpuUs: number;
  /** Resident now: all, and what is its own. */
  residentBytes: number;
  ownBytes: number;
}

/** Undefined when the process has ended. */
function sampleOf(pid: number): Sample | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name, which may have blanks: state is field 3, utime 14, stime 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
    return {
      tUs: monotonicUs(),
      cpuUs: (Number(fields[11]) + Number(fields[12])) * TICK_US,
      residentBytes: kib("VmRSS") * 1024,
      ownBytes: kib("RssAnon") * 1024,
    };
  } catch {
    return undefined;
  }
}

/** The command as `npm run blackstart` starts it. */
function commandLine(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const [, ...args] = (scripts.blackstart as string).split(" ");
  return args;
}

async function sampled(args: string[]): Promise<{ samples: Sample[]; code: number | null }> {
  const child = spawn(process.execPath, [...commandLine(), ...args], {
    cwd: ROOT,
    stdio: "ignore",
  });
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    const sample = child.pid === undefined ? undefined : sampleOf(child.pid);
    if (sample !== undefined && Number.isFinite(sample.residentBytes)) samples.push(sample);
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((done) => child.on("exit", done));
  clearInterval(timer);
  return { samples, code };
}

const folder = mkdtempSync(join(tmpdir(), "blackstart-bench-"));
try {
  const file = join(folder, "harness.yaml");
  writeFileSync(file, EXPERIMENT);
  const out = join(folder, "runs");
  const { samples, code } = await sampled(["run", file, "--out", out]);
  const [run = ""] = readdirSync(out);
  const paths = runPaths(join(out, run));
  const { events } = readHistory(paths.history);
  const timeOf = (type: string) => events.find((event) => event.type === type)?.tUs;
  const [fromUs, toUs] = [timeOf("steady.reached"), timeOf("workload.stopped")];
  if (fromUs === undefined || toUs === undefined) {
    throw new Error(`the drill had no steady workload (exit ${code})`);
  }
  const within = samples.filter(({ tUs }) => tUs >= fromUs && tUs <= toUs);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined) throw new Error("nothing was sampled");
  const { rpo, reasons } = resultSchema.parse(readJson(paths.result));
  const acked = rpo.partitions.reduce((sum, one) => sum + one.acked, 0);
  const ackedFor = (toUs - (timeOf("workload.started") ?? fromUs)) / 1e6;
  const most = (of: readonly Sample[], pick: (sample: Sample) => number) =>
    of.reduce((max, sample) => Math.max(max, pick(sample)), 0) / 1e6;
  const corePercent = (100 * (last.cpuUs - first.cpuUs)) / (last.tUs - first.tUs);
  const megabytes = most(within, (sample) => sample.residentBytes);
  say(
    `${brokers} broker(s), ${(acked / ackedFor / 1000).toFixed(1)}k records/s acked of ` +
      `${rate / 1000}k/s planned, ${acked} in all; load ${loadavg()[0]?.toFixed(1)}, exit ${code}`,
  );
  say(
    `while it ran (${((last.tUs - first.tUs) / 1e6).toFixed(0)} s, ${within.length} samples): ` +
      `${megabytes.toFixed(0)} MB resident at most, ` +
      `${most(within, (sample) => sample.ownBytes).toFixed(0)} of them its own (goal ${GOAL.megabytes}); ` +
      `${corePercent.toFixed(1)} % of one core (goal ${GOAL.corePercent})`,
  );
  say(
    `at any time: ${most(samples, (sample) => sample.residentBytes).toFixed(0)} MB resident, ` +
      `${((samples.at(-1)?.cpuUs ?? 0) / 1e6).toFixed(1)} s of CPU in all`,
  );
  for (const reason of reasons) say(`the drill itself: ${reason}`);
  process.exitCode =
    code === 0 && megabytes <= GOAL.megabytes && corePercent <= GOAL.corePercent ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
