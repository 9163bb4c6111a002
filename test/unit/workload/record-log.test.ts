/** Goal: the short cut to longer rows gives the very rows that the long way gives. */
import { expect } from "chai";
import fc from "fast-check";
import { DEFECT, type JournalRow, ROW } from "../../../src/history/journal-format.ts";
import { readJournal } from "../../../src/history/journal-reader.ts";
import { JournalWriter } from "../../../src/history/journal-writer.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import { RecordLog } from "../../../src/workload/record-log.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const codec = new PayloadCodec(1);
const log = { id: 4, cluster: "c", topic: "orders", partitions: 3, region: "r" };
const logs = [{ ...log, role: "workload" as const }];

/** What a reader meets: mostly the next record, sometimes something else, sometimes a flush. */
const steps = fc.array(
  fc.record({
    skipOffset: fc.constantFrom(0, 0, 0, 0, 1),
    skipSeq: fc.constantFrom(0, 0, 0, 0, 0, 2),
    producer: fc.constantFrom(1, 1, 1, 1, 2),
    source: fc.constantFrom(0, 0, 0, 0, 1),
    hurt: fc.constantFrom(false, false, false, false, true),
    after: fc.constantFrom("", "", "", "", "flush", "commit", "batch"),
  }),
  { maxLength: 60 },
);

describe(RecordLog.name, () => {
  const dir = temporaryFolder("record-log");

  function rowsOf(journal: JournalWriter): JournalRow[] {
    journal.close();
    const rows: JournalRow[] = [];
    readJournal(journal.path, (block) => {
      for (let i = 0; i < block.rows; i += 1) rows.push(block.row(i));
    });
    return rows;
  }

  it("journals what it reads in the rows that `seen` and `delivered` make", () => {
    let runs = 0;
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(ROW.seen, ROW.delivered),
        fc.boolean(),
        (all, kind, raw) => {
          const open = (agent: string) =>
            JournalWriter.open(dir, { run: "r", agent: `${agent}${runs}`, role: "watcher" });
          runs += 1;
          const [quick, plain] = [open("quick"), open("plain")];
          const records = new RecordLog({ journal: quick, reader: 9, kind, runTag: 1, logs });
          let [offset, seq, tUs] = [100, 500, 1];
          const begin = () => {
            if (!raw) return records.batch("orders", 2, tUs);
            const visitor = records.fetched("orders", 2, tUs);
            return (offset: number, _key: null, value: Buffer) =>
              visitor.record(offset, value, 0, -1, 0, value.length);
          };
          let take = begin();
          for (const { skipOffset, skipSeq, producer, source, hurt, after } of all) {
            offset += skipOffset;
            seq += skipSeq;
            const value = codec.encode(60, { producer, partition: source, seq }, 0, null);
            if (hurt) value[50] = (value[50] as number) ^ 1;
            take(offset, null, value);
            const at = [9, 4, 2, offset] as const;
            if (hurt) plain.bad(...at, DEFECT.crc, producer, source, seq, tUs);
            else if (kind === ROW.seen) plain.seen(...at, producer, source, seq, tUs);
            else plain.delivered(...at, producer, source, seq, tUs);
            offset += 1;
            seq += 1;
            for (const journal of [quick, plain]) {
              if (after === "flush") journal.flush();
              if (after === "commit") journal.commit(9, 4, 2, offset, 3);
            }
            if (after === "batch") {
              tUs += 1;
              take = begin();
            }
          }
          expect(rowsOf(quick)).to.deep.equal(rowsOf(plain));
          expect(records.takeFigures().seen).to.equal(all.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
