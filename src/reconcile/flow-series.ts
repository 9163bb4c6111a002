/** The curves of the report: rates, ages, latencies, and the map of what went missing when. */
import { OUTCOME } from "../history/journal-format.ts";
import type { LogRef } from "../history/judging.ts";
import { select } from "./bit-plane.ts";
import { Buckets, round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import { UNANSWERED } from "./columns.ts";
import type { Ledger, StreamLedger } from "./ledger.ts";
import { SIZE } from "./limits.ts";
import type { Fate } from "./loss.ts";
import type { Result, Series } from "./result.ts";
import type { Flow } from "./rows.ts";

const BUCKET_MS_MIN = 250;

/** How many buckets the timeline has: at most one a pixel column, none shorter than 250 ms. */
export function bucketCount(fromUs: number, toUs: number): number {
  const spanMs = (toUs - fromUs) / 1000;
  return Math.min(Math.max(Math.ceil(spanMs / BUCKET_MS_MIN), 1), SIZE.pointsMax);
}

export function seriesOf(ledger: Ledger, chronicle: Chronicle, flow: Flow): Series[] {
  const { fromUs, widthUs, values } = flow.delivered;
  const make = () => new Buckets(fromUs, fromUs + widthUs * values.length, values.length, 0);
  const [due, acked, errors] = [make(), make(), make()];
  for (const { stream, sends, unsentRuns } of ledger.streams) {
    if (!stream.application) continue;
    for (let row = 0; row < sends.rows; row += 1) {
      const count = sends.count.get(row);
      const code = sends.code.get(row);
      due.spread(sends.dueUs.get(row), sends.dueLastUs(row), count);
      if (code === OUTCOME.acked) acked.add(sends.answeredUs(row), count);
      else if (code !== UNANSWERED && code !== OUTCOME.aborted)
        errors.add(sends.answeredUs(row), count);
    }
    for (const run of unsentRuns) due.spread(run.dueFirstUs, run.dueLastUs, run.count);
  }
  const per = `per ${Math.round(widthUs / 1000)} ms`;
  const rate = (id: string, label: string, buckets: Buckets, what: string): Series => ({
    id,
    label,
    unit: "records/s",
    meaning: `${what} a second, ${per}`,
    points: buckets.points(
      (us) => chronicle.ms(us),
      (value) => value / (widthUs / 1_000_000),
    ),
  });
  const age = (id: string, label: string, buckets: Buckets, what: string): Series => ({
    id,
    label,
    unit: "ms",
    meaning: `age (since due) of the oldest record ${what}, ${per}; no point where none was`,
    points: buckets.points(
      (us) => chronicle.ms(us),
      (value) => value,
    ),
  });
  return [
    rate("dueRate", "due", due, "records due on the schedule"),
    rate("ackRate", "acknowledged", acked, "acknowledged records"),
    rate("deliveredRate", "delivered", flow.delivered, "records handed to consumer groups"),
    rate("errorRate", "failed or indeterminate", errors, "records answered by an error"),
    age("replicationLag", "replication lag", flow.mirroredAge, "first seen on a mirror"),
    age("deliveryAge", "delivery age", flow.deliveredAge, "handed to a group"),
  ];
}

type Dot = Result["latency"][number];
const DOTS = [
  [OUTCOME.acked, "acked"],
  [OUTCOME.failed, "failed"],
  [OUTCOME.aborted, "failed"],
  [OUTCOME.indeterminate, "indeterminate"],
] as const;

/**
 * Dots of the application's sends: of each column and outcome the slowest and the quickest. Equal ones
 * stay in the order of `DOTS`.
 */
export function latencyOf(ledger: Ledger, chronicle: Chronicle): Dot[] {
  return DOTS.flatMap(([code, name]) => {
    const extremes = new Extremes(chronicle);
    for (const { stream, sends } of ledger.streams) {
      if (!stream.application) continue;
      for (let row = 0; row < sends.rows; row += 1) {
        if (sends.code.get(row) !== code) continue;
        extremes.add(sends.dueUs.get(row), sends.answerDelayUs.get(row));
      }
    }
    return extremes.dots(name);
  }).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** Per column the slowest and the quickest, and when each was due. */
class Extremes {
  readonly #chronicle: Chronicle;
  readonly #slow = new Float64Array(SIZE.pointsMax + 1).fill(-1);
  readonly #slowDue = new Float64Array(SIZE.pointsMax + 1);
  readonly #quick = new Float64Array(SIZE.pointsMax + 1).fill(Infinity);
  readonly #quickDue = new Float64Array(SIZE.pointsMax + 1);

  constructor(chronicle: Chronicle) {
    this.#chronicle = chronicle;
  }

  add(dueUs: number, latencyUs: number): void {
    const { originUs, workloadEndUs } = this.#chronicle;
    const share = (dueUs - originUs) / Math.max(workloadEndUs - originUs, 1);
    const column = Math.min(Math.max(Math.floor(share * SIZE.pointsMax), 0), SIZE.pointsMax);
    if (latencyUs > (this.#slow[column] as number)) {
      this.#slow[column] = latencyUs;
      this.#slowDue[column] = dueUs;
    }
    if (latencyUs < (this.#quick[column] as number)) {
      this.#quick[column] = latencyUs;
      this.#quickDue[column] = dueUs;
    }
  }

  dots(name: Dot[2]): Dot[] {
    const dot = (dueUs: number, latencyUs: number): Dot => [
      round(this.#chronicle.ms(dueUs)),
      round(latencyUs / 1000),
      name,
    ];
    return Array.from(this.#slow).flatMap((slow, column) => {
      if (slow < 0) return [];
      const quick = this.#quick[column] as number;
      const most = dot(this.#slowDue[column] as number, slow);
      return quick < slow ? [dot(this.#quickDue[column] as number, quick), most] : [most];
    });
  }
}

type LossMap = Result["lossMap"];
type Cell = LossMap["rows"][number]["cells"][number];
type CellField = Exclude<keyof Cell, "fromMs">;

/** Partition × time: where the records that are missing, doubled or unknown were due. */
export function lossMapOf(ledger: Ledger, chronicle: Chronicle, fates: readonly Fate[]): LossMap {
  const spanMs = Math.max(chronicle.ms(chronicle.workloadEndUs), 1);
  const columnMs = Math.max(Math.ceil(spanMs / SIZE.lossColumnsMax), BUCKET_MS_MIN);
  const rows = new Map<string, { log: LogRef; partition: number; cells: Cell[] }>();
  const columns = Math.ceil(spanMs / columnMs);
  for (const fate of fates) {
    const { log, partition } = fate.stream.stream;
    const key = `${log.id}/${partition}`;
    const row = rows.get(key) ?? {
      log,
      partition,
      cells: Array.from({ length: columns }, (_, column) => emptyCell(column * columnMs)),
    };
    rows.set(key, row);
    if (!fate.known) for (const cell of row.cells) cell.missing = null;
    fillCells(ledger, fate, (dueUs, field, count) => {
      const column = Math.floor(chronicle.ms(dueUs) / columnMs);
      const cell = row.cells[Math.min(Math.max(column, 0), columns - 1)] as Cell;
      const held = cell[field];
      if (held !== null) cell[field] = held + count;
    });
  }
  const sorted = [...rows.values()].sort(
    (a, b) => a.log.id - b.log.id || a.partition - b.partition,
  );
  return {
    columnMs,
    rows: sorted.map(({ log: { cluster, topic }, partition, cells }) => ({
      cluster,
      topic,
      partition,
      cells: cells.filter((c) => c.acked + (c.missing ?? 0) + c.duplicated + c.indeterminate > 0),
    })),
  };
}

function emptyCell(fromMs: number): Cell {
  return { fromMs, acked: 0, missing: 0, duplicated: 0, indeterminate: 0 };
}

type Put = (dueUs: number, field: CellField, count: number) => void;

function fillCells(ledger: Ledger, fate: Fate, put: Put): void {
  const { sends } = fate.stream;
  for (let row = 0; row < sends.rows; row += 1) {
    if (sends.code.get(row) === OUTCOME.acked) {
      put(sends.dueUs.get(row), "acked", sends.count.get(row));
    }
  }
  select(fate.absent, (seq, count) => bySend(fate.stream, seq, count, "missing", put));
  select(fate.stream.unknownPlanes(), (seq, count) =>
    bySend(fate.stream, seq, count, "indeterminate", put),
  );
  const { log, partition, index } = fate.stream.stream;
  for (const one of ledger.world.family(log)) {
    for (const run of ledger.finalAudit(one.id, partition)?.duplicates ?? []) {
      if (run.stream !== index) continue;
      bySend(fate.stream, run.seqFirst, run.count, "duplicated", put);
    }
  }
}

/** Cuts a run of records at the sends they came from, which know when they were due. */
function bySend(
  stream: StreamLedger,
  seq: number,
  count: number,
  field: CellField,
  put: Put,
): void {
  const { sends } = stream;
  for (let at = seq; at < seq + count; ) {
    const row = sends.rowOf(at);
    if (row < 0) return;
    const end = Math.min(sends.seq.get(row) + sends.count.get(row), seq + count);
    put(sends.dueOf(row, at), field, end - at);
    at = end;
  }
}
