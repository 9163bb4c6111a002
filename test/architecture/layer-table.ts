/**
 * The layers of `src/`: folder → what it may import, and why. `cli` stands for main.ts too.
 * `layers.test.ts` enforces it, `docs.test.ts` keeps the table of docs/architecture.md equal to it.
 */
export const LAYERS: Record<string, { may: string[]; because: string }> = {
  cli: {
    may: [
      "drill",
      "report",
      "reconcile",
      "experiment",
      "fault",
      "topology",
      "runtime",
      "history",
      "kernel",
    ],
    because: "the command line puts stages together and owns the exit code",
  },
  drill: {
    may: [
      "runbook",
      "fault",
      "experiment",
      "runtime",
      "replication",
      "workload",
      "topology",
      "history",
      "kernel",
    ],
    because: "a run observes: what it means is for the judge, so it never sees reconcile or report",
  },
  report: {
    may: ["reconcile", "history", "kernel"],
    because: "a report reads result.json and nothing else",
  },
  experiment: {
    may: ["fault", "workload", "replication", "topology", "history", "kernel"],
    because: "planning needs no container and no Kafka",
  },
  fault: {
    may: ["runtime", "topology", "history", "kernel"],
    because: "a fault talks to the world through its context",
  },
  runbook: { may: ["runtime", "workload", "topology", "history", "kernel"], because: "as faults" },
  workload: {
    may: ["kafka", "history", "kernel"],
    because: "it runs inside an agent, far from the engine",
  },
  replication: { may: ["kafka", "topology", "history", "kernel"], because: "models and settings" },
  reconcile: {
    may: ["history", "kernel"],
    because: "the judge is a pure function of files: no Kafka, no runtime, no fault",
  },
  runtime: { may: ["topology", "history", "kernel"], because: "small verbs that know no fault" },
  topology: { may: ["kernel"], because: "pure data" },
  history: { may: ["kernel"], because: "formats stand alone" },
  kafka: { may: ["history", "kernel"], because: "the only importer of a Kafka client" },
  kernel: { may: [], because: "the bottom" },
};
