/**
 * A large sound history made on the fly, block by block: nothing of it is ever held, so what memory
 * the judge takes is the judge's. One record in 100,000 is lost, one in 50,000 redelivered.
 */
import { OUTCOME, ROW } from "../../src/history/journal-format.ts";
import type { Judging } from "../../src/history/judging.ts";
import { RowBlock } from "../../src/history/row-block.ts";
import type { JudgeInput } from "../../src/reconcile/judge.ts";
import type { JournalInput } from "../../src/reconcile/rows.ts";

const PARTITIONS = 12;
const BATCH = 100;
const BLOCK_ROWS = 8192;
const ROW_BYTES = 56;
const EVERY_US = 50;

const log = { partitions: PARTITIONS, region: "r" };
const producer = {
  kind: "application" as const,
  region: "r",
  ratePerSecond: 240_000,
  recordBytes: 100,
  acks: "all" as const,
  control: false,
};
const reader = { region: "r" };

export const judging: Judging = {
  runTag: 1,
  logs: [
    { ...log, id: 1, cluster: "primary", topic: "orders", role: "workload" },
    { ...log, id: 2, cluster: "standby", topic: "p.orders", role: "mirror", mirrorOf: 1 },
  ],
  producers: [
    { ...producer, id: 1, name: "one", log: 1 },
    { ...producer, id: 2, name: "two", log: 1 },
  ],
  readers: [
    { ...reader, id: 1, name: "group", kind: "group", group: "g", logs: [1] },
    { ...reader, id: 2, name: "watcher", kind: "watcher", logs: [2] },
    { ...reader, id: 101, name: "audit-1", kind: "audit", logs: [1] },
    { ...reader, id: 102, name: "audit-2", kind: "audit", logs: [2] },
  ],
  survivingCluster: "primary",
  failedClusters: [],
  objectives: [],
  predictions: [],
  policy: {
    sustainedMs: 5000,
    stallMs: 1000,
    throughputShare: 0.95,
    canaryIntervalMs: 20,
    horizonMs: 60_000,
  },
};

/** Collects rows into blocks and hands them on. */
class Emitter {
  readonly #block = new RowBlock(BLOCK_ROWS * ROW_BYTES);
  readonly #onBlock: (block: RowBlock) => void;
  rows = 0;

  constructor(onBlock: (block: RowBlock) => void) {
    this.#onBlock = onBlock;
  }

  put(
    place: [kind: number, code: number, actor: number, log: number, partition: number],
    records: [producer: number, source: number, count: number, seq: number, offset: number],
    times: [tUs: number, aux1: number, aux2: number],
  ): void {
    const at = this.#block.rows;
    this.#block.putPlace(at, ...place);
    this.#block.putRecords(at, ...records);
    this.#block.putTimes(at, ...times);
    this.#block.rows = at + 1;
    this.rows += 1;
    if (this.#block.rows === BLOCK_ROWS) this.flush();
  }

  flush(): void {
    if (this.#block.rows > 0) this.#onBlock(this.#block);
    this.#block.rows = 0;
  }
}

/** Batches of both producers alternate on a partition, as two clients' batches do. */
function forEachBatch(
  records: number,
  visit: (producer: number, partition: number, seq: number, offset: number, dueUs: number) => void,
): void {
  const rounds = Math.ceil(records / (PARTITIONS * 2 * BATCH));
  for (let round = 0; round < rounds; round += 1) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      for (const id of [1, 2]) {
        const offset = round * 2 * BATCH + (id - 1) * BATCH;
        visit(id, partition, round * BATCH, offset, 1_000_000 + round * BATCH * EVERY_US);
      }
    }
  }
}

const isLost = (batch: number) => batch % 1000 === 777;

function journal(role: string, rows: (emit: Emitter) => void): JournalInput {
  return {
    file: role,
    agent: role,
    role,
    read: (onBlock) => {
      const emitter = new Emitter(onBlock);
      rows(emitter);
      emitter.flush();
      return { state: "closed", rows: emitter.rows, detail: "" };
    },
  };
}

function auditRows(records: number, id: number) {
  return (emit: Emitter): void => {
    const ends = new Float64Array(PARTITIONS);
    let batch = 0;
    forEachBatch(records, (from, partition, seq, offset) => {
      batch += 1;
      // The last record of some batches was acked and is not there.
      const count = isLost(batch) ? BATCH - 1 : BATCH;
      emit.put(
        [ROW.seen, 0, 100 + id, id, partition],
        [from, partition, count, seq, offset],
        [9e12, 0, 0],
      );
      ends[partition] = offset + BATCH;
    });
    ends.forEach((end, partition) => {
      emit.put([ROW.end, 1, 100 + id, id, partition], [0, 0, 0, 0, 0], [9e12, end, 0]);
    });
  };
}

/** About `records` records, as the journals of a drill would have them. */
export function largeHistory(records: number): JudgeInput {
  const journals = [
    journal("producer", (emit) =>
      forEachBatch(records, (id, partition, seq, offset, dueUs) => {
        const span = (BATCH - 1) * EVERY_US;
        emit.put(
          [ROW.intent, 0, id, 1, partition],
          [0, 0, BATCH, seq, 0],
          [dueUs + span, dueUs, dueUs + span],
        );
        emit.put(
          [ROW.outcome, OUTCOME.acked, id, 1, partition],
          [0, 0, BATCH, seq, offset],
          [dueUs + span + 4000, 0, 0],
        );
      }),
    ),
    journal("audit", (emit) => {
      auditRows(records, 1)(emit);
      auditRows(records, 2)(emit);
    }),
    journal("watcher", (emit) =>
      forEachBatch(records, (id, partition, seq, offset, dueUs) =>
        emit.put(
          [ROW.seen, 0, 2, 2, partition],
          [id, partition, BATCH, seq, offset],
          [dueUs + 30_000, 0, 0],
        ),
      ),
    ),
    journal("consumer", (emit) => {
      let batch = 0;
      forEachBatch(records, (id, partition, seq, offset, dueUs) => {
        batch += 1;
        const from = [id, partition, BATCH, seq, offset] as [
          number,
          number,
          number,
          number,
          number,
        ];
        emit.put([ROW.delivered, 0, 1, 1, partition], from, [dueUs + 12_000, 0, 0]);
        if (batch % 5000 !== 1) return;
        emit.put([ROW.delivered, 0, 1, 1, partition], from, [dueUs + 19_000, 0, 0]);
      });
    }),
  ];
  const endUs = 1_000_000 + Math.ceil(records / (PARTITIONS * 2)) * EVERY_US + 1_000_000;
  const base = { prev: "" };
  return {
    plan: {
      run: "bench",
      name: "bench",
      title: "bench",
      seed: 1,
      experimentFile: "",
      experimentSha256: "",
      topology: {},
      judging,
    },
    history: {
      events: [
        { ...base, seq: 0, type: "run.started", tUs: 0, run: "bench", wall: "", tool: "" },
        { ...base, seq: 1, type: "workload.started", tUs: 0, t0Us: 1_000_000 },
        { ...base, seq: 2, type: "workload.stopped", tUs: endUs, producers: 2 },
        { ...base, seq: 3, type: "run.ended", tUs: endUs, outcome: "completed" },
      ],
      problems: [],
      sha256: "",
    },
    journals,
    tool: { name: "blackstart", version: "bench" },
  };
}
