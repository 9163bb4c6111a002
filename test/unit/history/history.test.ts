/** Goal: a history is read as it was written, and no change of it goes unnoticed. */
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import type { WriteCall } from "../../../src/history/disk.ts";
import type { HistoryEvent } from "../../../src/history/events.ts";
import { readHistory } from "../../../src/history/history-reader.ts";
import { History, lineHash, NO_LINE } from "../../../src/history/history-writer.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { useTemporaryFolder } from "./journal-builder.ts";

/** A history of five events. */
function writeHistory(dir: string): { file: string; lines: string[]; events: HistoryEvent[] } {
  const file = path.join(dir, "history.ndjson");
  fs.rmSync(file, { force: true });
  using history = History.open(file);
  const events = [
    history.record({
      type: "run.started",
      run: "run-1",
      wall: "2026-01-01",
      tool: "0.1.0",
      tUs: 1,
    }),
    history.record({ type: "environment", facts: { kernel: "é ☂", cpus: 2 }, tUs: 2 }),
    history.record({ type: "stage.started", stage: "boot", tUs: 3 }),
    history.record({ type: "stage.ended", stage: "boot", ok: true, tUs: 4 }),
    history.record({ type: "run.ended", outcome: "completed", tUs: 5 }),
  ];
  return { file, lines: fs.readFileSync(file, "utf8").trimEnd().split("\n"), events };
}

const boot = { type: "stage.started", stage: "boot" } as const;

const kindsOf = (file: string) => readHistory(file).problems.map(({ kind }) => kind);

describe(History.name, () => {
  const folder = useTemporaryFolder();

  it("is read as it was written, with a chain of hashes over its lines", () => {
    const { file, lines, events } = writeHistory(folder.dir);
    const read = readHistory(file);
    expect(read.events).to.deep.equal(events);
    expect(read.problems).to.deep.equal([]);
    expect(read.altered).to.equal(false);
    const sha256 = crypto.createHash("sha256").update(fs.readFileSync(file)).digest("hex");
    expect(read.sha256).to.equal(sha256);
    const prevs = events.map(({ prev }) => prev);
    expect(prevs).to.deep.equal([NO_LINE, ...lines.slice(0, -1).map((line) => lineHash(line))]);
  });

  it("gives an event the time now, unless it has its own", () => {
    using history = History.open(path.join(folder.dir, "h"));
    const beforeUs = monotonicUs();
    expect(history.record(boot).tUs).to.be.within(beforeUs, monotonicUs());
    expect(history.record({ ...boot, tUs: 7 }).tUs).to.equal(7);
    expect(history.events).to.equal(2);
  });

  it("tells its listeners what it wrote, until they leave", () => {
    const file = path.join(folder.dir, "h");
    const heard: string[] = [];
    const onEvent = ({ type }: HistoryEvent) => {
      heard.push(`${type}, ${readHistory(file).events.length} on disk`);
    };
    using history = History.open(file, { onEvent });
    const leave = history.onEvent(({ seq }) => heard.push(`second: ${seq}`));
    history.record(boot);
    leave();
    history.record({ type: "stage.ended", stage: "boot", ok: true });
    expect(heard).to.deep.equal([
      "stage.started, 1 on disk",
      "second: 0",
      "stage.ended, 2 on disk",
    ]);
  });

  it("never writes into another's file, nor after its end", () => {
    const { file } = writeHistory(folder.dir);
    expect(() => History.open(file)).to.throw("EEXIST");
    const history = History.open(path.join(folder.dir, "h"));
    history.close();
    history.close();
    expect(() => history.record(boot)).to.throw("closed");
  });

  it("refuses an event that could not be read again", () => {
    using history = History.open(path.join(folder.dir, "h"));
    expect(() => history.record({ type: "workload.started", t0Us: Number.NaN })).to.throw(
      /workload.started.*NaN/s,
    );
    expect(history.events).to.equal(0);
  });

  it("names a full disk, still ends in a whole line, and can go on when there is room", () => {
    let room = 300;
    const write: WriteCall = (fd, bytes, from, length, position) => {
      const fits = Math.min(length, room - position);
      if (fits <= 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      return fs.writeSync(fd, bytes, from, fits, position);
    };
    const file = path.join(folder.dir, "h");
    using history = History.open(file, { write });
    history.record(boot);
    expect(() => history.record({ type: "stage.started", stage: "x".repeat(300) }))
      .to.throw(DrillError, file)
      .with.property("code", "E_DISK_FULL");
    expect(readHistory(file).problems).to.deep.equal([]);
    room = 10_000;
    history.record({ type: "stage.ended", stage: "boot", ok: true });
    expect(readHistory(file)).to.deep.include({ problems: [], altered: false });
    expect(readHistory(file).events).to.have.length(2);
  });
});

describe("an altered history", () => {
  const folder = useTemporaryFolder();

  function kindsAfter(change: (lines: string[]) => string[]): string[] {
    const { file, lines } = writeHistory(folder.dir);
    fs.writeFileSync(file, `${change(lines).join("\n")}\n`);
    return kindsOf(file);
  }

  it("is found when a line was changed", () => {
    const kinds = kindsAfter((lines) => lines.map((line) => line.replace('"tUs":3', '"tUs":2')));
    expect(kinds).to.deep.equal(["chain"]);
  });

  it("is found when a line was removed, added or moved", () => {
    expect(kindsAfter((lines) => lines.toSpliced(1, 1))).to.include("chain");
    expect(kindsAfter((lines) => lines.toSpliced(0, 1))).to.include("chain");
    expect(kindsAfter((lines) => lines.toSpliced(1, 0, lines[1] ?? ""))).to.include("chain");
    expect(kindsAfter(([a = "", b = "", ...rest]) => [b, a, ...rest])).to.include("chain");
  });

  it("is found when its numbers are wrong, though the chain was made again", () => {
    const kinds = kindsAfter(([first = "", second = ""]) => {
      const changed = first.replace('"seq":0', '"seq":5');
      return [changed, second.replace(/"prev":"\w+"/, `"prev":"${lineHash(changed)}"`)];
    });
    expect(kinds).to.deep.equal(["sequence"]);
  });

  it("is found when a line is no event, and the rest is still read", () => {
    const { file, lines } = writeHistory(folder.dir);
    for (const wrong of ["", "null", "[]", "{", '{"type":"nonsense"}', '{"seq":2}']) {
      fs.writeFileSync(file, `${lines.toSpliced(2, 1, wrong).join("\n")}\n`);
      const read = readHistory(file);
      expect(read.problems.map(({ kind, line }) => `${kind} ${line}`)).to.deep.equal([
        "invalid 3",
        "chain 4",
      ]);
      expect(read.events).to.have.length(4);
      expect(read.altered).to.equal(true);
    }
  });

  it("tolerates one torn last line, and says so", () => {
    const { file, lines } = writeHistory(folder.dir);
    const whole = fs.readFileSync(file);
    const lastBytes = Buffer.byteLength(lines.at(-1) ?? "");
    for (let left = 1; left <= lastBytes; left += 1) {
      fs.writeFileSync(file, whole.subarray(0, whole.length - 1 - lastBytes + left));
      const read = readHistory(file);
      expect(read.problems).to.deep.equal([
        {
          kind: "torn-line",
          line: 5,
          detail: `the last line is incomplete (${left} bytes of it): its writer was killed`,
        },
      ]);
      expect(read.altered).to.equal(false);
      expect(read.events).to.have.length(4);
    }
  });

  it("is found when any byte but of the last line was changed", () => {
    const { file, lines } = writeHistory(folder.dir);
    const whole = fs.readFileSync(file);
    const changeable = whole.length - Buffer.byteLength(lines.at(-1) ?? "") - 1;
    fc.assert(
      fc.property(fc.nat(changeable - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ bits;
        fs.writeFileSync(file, bytes);
        expect(readHistory(file).altered).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it("may have lines longer than one read", () => {
    const file = path.join(folder.dir, "h");
    using history = History.open(file);
    const facts = { long: "☂".repeat(300_000) };
    const events = [1, 2, 3].map(() => history.record({ type: "environment", facts }));
    expect(readHistory(file)).to.deep.include({ events, problems: [] });
  });
});
