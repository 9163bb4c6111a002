/** Goal: what is wrong with the evidence itself, and how a run ended, each in its own sentence. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import { evidenceProblems, type HistoryFlaw } from "../../../src/reconcile/soundness.ts";
import { waitProblems } from "../../../src/reconcile/waits.ts";
import { acked, bookOf } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

const ended = (more: object = {}): NewEvent =>
  ({ type: "run.ended", tUs: us(9000), outcome: "completed", ...more }) as NewEvent;

interface Case {
  events?: NewEvent[];
  flaws?: HistoryFlaw[];
  files?: string[];
  states?: string[];
  producer?: Row[];
}

function problems(one: Case) {
  const { events = [ended()], flaws = [], files = [], states = [], producer = [] } = one;
  const { ledger, chronicle } = bookOf({ producer, events });
  const journals = states.map((state) => ({
    ...{ file: `${state}.bin`, agent: "east", role: "producer", rows: 5, detail: "why" },
    state: state as "closed",
  }));
  return evidenceProblems(ledger, chronicle, { flaws, altered: files }, journals);
}

const sentences = (one: Case) => problems(one).map(({ sentence }) => sentence);
const all = (sentence: string) => ({ scope: "all", sentence });
const altered = (sentence: string) => ({ scope: "all", sentence, altered: true });

describe("the end of a run", () => {
  it("is no problem when it was completed, and one when there is none", () => {
    expect(problems({})).to.deep.equal([]);
    expect(problems({ events: [] })).to.deep.equal([
      all("the run has no end: the harness died, and what it left is partial"),
    ]);
  });

  it("is told by its kind, and by its reason or else its code", () => {
    const end = (more: object) => sentences({ events: [ended(more)] });
    expect(end({ outcome: "interrupted" })).to.deep.equal(["the run was interrupted"]);
    expect(end({ outcome: "failed", code: "E_X", reason: "no disk" })).to.deep.equal([
      "the run failed: no disk",
    ]);
    expect(end({ outcome: "failed", code: "E_X" })).to.deep.equal(["the run failed: E_X"]);
    for (const code of ["E_CONDITION_UNMET", "E_ABORTED", "E_CONFIG_UNPROVEN", "E_EXEC_FAILED"]) {
      expect(end({ outcome: "failed", code })).to.deep.equal([`the run was stopped: ${code}`]);
    }
  });

  it("is not told again where a guard or a wait in vain is told already", () => {
    const missed: NewEvent = { type: "condition.missed", step: "wait", condition: "c", seen: "s" };
    const tripped: NewEvent = { type: "guard.tripped", condition: "c", seen: "s" } as NewEvent;
    const stopped = (code: string, ...told: NewEvent[]) =>
      sentences({ events: [...told, ended({ outcome: "failed", code })] }).length;
    expect(stopped("E_CONDITION_UNMET", missed)).to.equal(0);
    expect(stopped("E_CONDITION_UNMET", tripped)).to.equal(1);
    expect(stopped("E_ABORTED", tripped)).to.equal(0);
    expect(stopped("E_ABORTED", missed)).to.equal(1);
    expect(stopped("E_OTHER", missed, tripped)).to.equal(1);
  });
});

describe("evidence that is not what the run wrote", () => {
  it("is a history with a flaw; a torn last line only of a run that ended", () => {
    const flaws = [
      { kind: "torn-line", line: 7, detail: "no line end" },
      { kind: "broken-chain", line: 3, detail: "another hash" },
    ];
    expect(problems({ flaws })).to.deep.equal([
      altered("history, line 7: no line end"),
      altered("history, line 3: another hash"),
    ]);
    expect(problems({ flaws, events: [] })).to.deep.equal([
      altered("history, line 3: another hash"),
      all("the run has no end: the harness died, and what it left is partial"),
    ]);
  });

  it("is a journal that is not whole, unless its writer died", () => {
    const states = ["closed", "open-end", "torn-end", "cut", "corrupt", "missing", "unlisted"];
    expect(problems({ states })).to.deep.equal(
      states.slice(3).map((state) => altered(`journal ${state}.bin is ${state}: why`)),
    );
  });
});

describe("rows that contradict the plan or each other", () => {
  it("are told by name and how often, in the order of names", () => {
    const stranger = (producer: number) => row.intent(producer, 0, 0, 1, 0);
    const [nine, eight] = [9, 8].map(
      (id) => `a journal names producer ${id}, partition 0, which the plan does not have`,
    );
    expect(sentences({ producer: [stranger(9), stranger(8), stranger(9)] })).to.deep.equal([
      eight,
      `${nine} (2 times)`,
    ]);
    expect(sentences({ producer: [stranger(8), stranger(9)] })).to.deep.equal([eight, nine]);
  });

  it("are answers to what was never sent, counted by record", () => {
    const answer = row.outcome(1, 0, 9, 3, OUTCOME.acked, 9, 1000);
    expect(problems({ producer: [...acked(0, 2, 0), answer] })).to.deep.equal([
      all("3 records were answered that no journalled send announced"),
    ]);
  });
});

describe(waitProblems.name, () => {
  const waiting = (step: string): NewEvent =>
    ({ type: "condition.waiting", step, condition: "c" }) as NewEvent;
  const met = (step: string): NewEvent =>
    ({ type: "condition.met", step, condition: "c", seen: "s" }) as NewEvent;
  const missed = (step: string): NewEvent =>
    ({ type: "condition.missed", step, condition: "lag < 5", seen: "lag 9" }) as NewEvent;
  const of = (...events: NewEvent[]) => waitProblems(bookOf({ events }).chronicle);

  it("names what was waited for in vain, and what a guard saw", () => {
    const tripped = { type: "guard.tripped", condition: "isr < 2", seen: "isr 1" } as NewEvent;
    expect(of(waiting("cut"), missed("cut"), tripped, ended())).to.deep.equal([
      "cut waited in vain until lag < 5; last seen: lag 9",
      'the guard "isr < 2" came true: isr 1',
    ]);
  });

  it("asks for the answer to every wait of a completed run, after that wait", () => {
    const open = "nothing says whether cut saw what it waited for: c";
    expect(of(waiting("cut"), met("cut"), ended())).to.deep.equal([]);
    expect(of(waiting("cut"), ended())).to.deep.equal([open]);
    expect(of(waiting("cut"), met("other"), ended())).to.deep.equal([open]);
    expect(of(met("cut"), waiting("cut"), ended())).to.deep.equal([open]);
    expect(of(waiting("cut"), ended({ outcome: "failed" }))).to.deep.equal([]);
    expect(of(waiting("cut"))).to.deep.equal([]);
  });
});
