/**
 * `npm run control:outages`: outages of known length, against the meter that measures recovery.
 *
 * ```
 *  canary agent ──────┐ TCP ┌──▶ brokers of the stub process, one for each path: cut and mended
 *  application agent ─┘     └──▶ there, with the instants right before and right after each act
 *        │ journals                            │ known outages
 *        └──────────▶ the judge ──▶ measured ──┴──▶ compared
 * ```
 * More paths and probes take less time and keep the canary's event loop busy, up to where its own health
 * makes the numbers inconclusive. Three processes that share a clock and nothing else. They run in a network namespace of their own,
 * where packets can be dropped without touching anybody else's.
 *
 * ```
 * npm run control:outages -- --write                    210 outages, 11 minutes; writes docs/rto-control.md
 * npm run control:outages -- --count 30 --seed 7
 * npm run control:outages -- --paths 12 --realtime      in 4 minutes, before the machine's other work
 * ```
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import readline from "node:readline";
import { parseArgs } from "node:util";
import { watchHost } from "../../src/drill/host-health.ts";
import { Monitor } from "../../src/drill/monitor.ts";
import type { HistoryEvent, NewEvent } from "../../src/history/events.ts";
import type { History } from "../../src/history/history-writer.ts";
import { monotonicUs, wallTime } from "../../src/kernel/clock.ts";
import { type LocalAgent, spawnNode, startAgent } from "./local-agent.ts";
import { applicationId, canaryId, judgeOutage, logRef, RUN, type Trace } from "./outage-judging.ts";
import { FIRST_PORT, type KnownOutage } from "./outage-stub.ts";
import { controlPage, isWithin, type Measured, summaryLines, truthOf } from "./outage-table.ts";
import { answersOf, usualMethods } from "./usual-methods.ts";

const PAGE = resolve(import.meta.dirname, "../../docs/rto-control.md");
const STUB = resolve(import.meta.dirname, "outage-stub.ts");
/** After an outage ends, this much belongs to it, µs. */
const AFTER_US = 3_500_000;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "210" },
    seed: { type: "string", default: "42" },
    paths: { type: "string", default: "4" },
    interval: { type: "string", default: "10" },
    realtime: { type: "boolean", default: false },
    inside: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const [count, seed, paths, intervalMs] = [
  values.count,
  values.seed,
  values.paths,
  values.interval,
].map(Number) as [number, number, number, number];
/** Before all other work: the canary and the brokers; never the application, which could hold them up. */
const first = values.realtime ? ["chrt", "--rr", "10"] : [];
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Starts itself again in a network namespace of its own. */
function enter(): number {
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const inner = [process.execPath, import.meta.filename, "--inside", ...process.argv.slice(2)];
  const { status, error } = spawnSync(
    "unshare",
    ["--net", ...asRoot, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...inner],
    { stdio: "inherit" },
  );
  if (error) throw error;
  return status ?? 1;
}

function startClients(canary: LocalAgent, application: LocalAgent, t0Us: number) {
  return Array.from({ length: paths }, async (_, path) => {
    const log = logRef(path);
    const address = { cluster: log.cluster, bootstrap: [`127.0.0.1:${FIRST_PORT + path}`] };
    const common = { runTag: 1, address, log, recordBytes: 64, t0Us };
    const [byCanary, byApplication] = await Promise.all([
      canary.client.request("canary.start", {
        ...common,
        producer: canaryId(path),
        name: `canary-${path}`,
        intervalMs,
        timeoutMs: 300,
      }),
      application.client.request("producer.start", {
        ...common,
        producer: applicationId(path),
        name: `application-${path}`,
        ratePerSecond: 50,
        acks: "all",
        idempotent: false,
        lingerMs: 5,
        batchRecordsMax: 500,
        client: {},
      }),
    ]);
    return [byCanary.journal, byApplication.journal] as const;
  });
}

/** Runs the schedule; gives what was cut, and the traces that the clients left. */
async function run(folder: string): Promise<{ outages: KnownOutage[]; traces: Trace[] }> {
  const health: HistoryEvent[] = [];
  const record = (event: NewEvent) =>
    void health.push({ tUs: monotonicUs(), ...event, seq: 0, prev: "" } as HistoryEvent);
  const history = { record } as unknown as History;
  const monitor = new Monitor(history);
  const ended = new AbortController();
  const watching = watchHost(history, ended.signal);
  const stub = spawnNode(first, [STUB, JSON.stringify({ seed, count, paths })]);
  if (stub.stdout === null) throw new Error("the stub has no output");
  const lines = readline.createInterface({ input: stub.stdout });
  await once(lines, "line");
  const start = (name: string, command: string[]) =>
    startAgent({ name, run: RUN, journals: folder, command }, (agent, event) => {
      if (event.event === "stats") monitor.receive(agent, event);
    });
  const [canary, application] = await Promise.all([
    start("canary", first),
    start("application", []),
  ]);
  const t0Us = monotonicUs() + 500_000;
  const journals = await Promise.all(startClients(canary, application, t0Us));
  const outages: KnownOutage[] = [];
  const done = new Promise<void>((resolved) => {
    lines.on("line", (line) => {
      if (line === "done") return resolved();
      outages.push(JSON.parse(line) as KnownOutage);
      if (outages.length % 30 === 0) say(`${outages.length} of ${count} outages made`);
    });
  });
  await Promise.all([canary, application].map(({ client }) => client.request("health.begin", {})));
  stub.stdin?.write("go\n");
  await done;
  await new Promise((later) => setTimeout(later, AFTER_US / 1000));
  await Promise.all([canary.end(), application.end()]);
  ended.abort();
  stub.stdin?.end();
  await watching;
  const traces = journals.map((pair): Trace => {
    const files = pair.map((name, at) => {
      const file = basename(name);
      const [agent, role] = at === 0 ? ["canary", "canary"] : ["application", "producer"];
      return { file, whole: join(folder, file), agent, role } as Trace["files"][number];
    });
    return {
      t0Us,
      intervalMs,
      health: health.filter(({ type }) => type.startsWith("health")),
      files,
    };
  });
  return { outages, traces };
}

function measure(outages: readonly KnownOutage[], traces: readonly Trace[]): Measured[] {
  return traces.flatMap((trace, path) => {
    const mine = outages.filter((one) => one.path === path);
    mine.sort((a, b) => a.cut.beforeUs - b.cut.beforeUs);
    const [canary, application] = trace.files.map(({ whole }) => answersOf(whole));
    if (!canary || !application) throw new Error(`path ${path} left no journals`);
    return mine.map((outage, at) => {
      const next = mine[at + 1]?.cut.beforeUs ?? Infinity;
      const untilUs = Math.min(next, outage.mend.afterUs + AFTER_US);
      const sinceUs = outage.cut.beforeUs - 1_000_000;
      const by = { canary, application, originUs: trace.t0Us };
      const judged = judgeOutage(outage, trace, untilUs);
      const truth = truthOf(outage);
      const usual = usualMethods(outage, by, sinceUs, untilUs);
      return { outage, ...judged, truth, within: isWithin(judged.cluster, truth), usual };
    });
  });
}

/** The last word of each agent on its own lateness. */
function loopDelays([trace]: readonly Trace[]): string {
  const last = new Map<string, number>();
  for (const event of trace?.health ?? []) {
    if (event.type === "health") last.set(event.agent, event.loopDelayP999Us / 1000);
  }
  return [...last].map(([agent, ms]) => `${agent} ${ms.toFixed(1)} ms`).join(", ");
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "blackstart-outages-"));
  say(`${count} outages on ${paths} paths, canary every ${intervalMs} ms, seed ${seed}`);
  const startUs = monotonicUs();
  const { outages, traces } = await run(folder);
  const tookS = (monotonicUs() - startUs) / 1e6;
  const measured = measure(outages, traces);
  for (const line of summaryLines(measured)) say(line);
  say(`event loops late, p99.9: ${loopDelays(traces)}`);
  say(
    `made in ${tookS.toFixed(0)} s, judged in ${((monotonicUs() - startUs) / 1e6 - tookS).toFixed(0)} s`,
  );
  if (values.keep) {
    writeFileSync(join(folder, "measured.json"), JSON.stringify(measured, null, 1));
    say(`kept in ${folder}`);
  } else rmSync(folder, { recursive: true });
  if (values.write) {
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${loadavg()[0]?.toFixed(1)}`;
    const date = wallTime().slice(0, 10);
    const { realtime } = values;
    const made = { date, machine, seed, paths, intervalMs, tookS, realtime };
    writeFileSync(PAGE, controlPage(measured, made));
    say(`wrote ${PAGE}`);
  }
  const outside = measured.filter((one) => one.doubts.length === 0 && !one.within);
  return outside.length === 0 && measured.length === count ? 0 : 1;
}

process.exitCode = values.inside ? await main() : enter();
