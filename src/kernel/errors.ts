/**
 * Every operating error Blackstart can report, in one table.
 *
 * Three things are never mixed: a *finding* (data was lost) is a value in the result; an *operating
 * error* (no engine, a bad file) is a `DrillError` with a code from this table; a *programmer error*
 * is an assertion that crashes. `docs/errors.md` is generated from the table.
 */

/** Exit codes of the command line (design.md §5). */
export const EXIT = {
  met: 0,
  missed: 1,
  usage: 2,
  inconclusive: 3,
  environment: 4,
  evidence: 5,
  interrupted: 130,
  terminated: 143,
} as const;

export const ERRORS = {
  E_USAGE: { exit: EXIT.usage, hint: "See `blackstart --help`." },
  E_EXPERIMENT_INVALID: {
    exit: EXIT.usage,
    hint: "Correct the places named above; `blackstart schema` prints every key.",
  },
  E_EXPERIMENT_UNREADABLE: {
    exit: EXIT.usage,
    hint: "Check the path; shipped drills are in `experiments/`.",
  },
  E_CAPACITY: {
    exit: EXIT.environment,
    hint: "Use fewer nodes, or a machine with more memory; `blackstart plan FILE` shows both sums.",
  },
  E_ENGINE_ABSENT: {
    exit: EXIT.environment,
    hint: "Run `npm run setup`, or start Docker; `blackstart doctor` says what is missing.",
  },
  E_ENGINE_LOST: {
    exit: EXIT.environment,
    hint: "The engine stopped answering mid-run. Start it, then `blackstart sweep`.",
  },
  E_IMAGE_ABSENT: { exit: EXIT.environment, hint: "Run `npm run setup`, or `blackstart images`." },
  E_NETWORK: { exit: EXIT.environment, hint: "`blackstart sweep` frees networks of dead runs." },
  E_NODE_NOT_READY: {
    exit: EXIT.environment,
    hint: "Read the node's log in the run folder, under `logs/`.",
  },
  E_REPLICATION_NOT_READY: {
    exit: EXIT.environment,
    hint: "Read the mirror-maker log in the run folder, under `logs/`.",
  },
  E_AGENT_LOST: {
    exit: EXIT.environment,
    hint: "Read the agent's log in the run folder, under `logs/`.",
  },
  E_AGENT_REFUSED: {
    exit: EXIT.environment,
    hint: "The agent could not do what it was asked; the cause is above.",
  },
  E_DISK_FULL: {
    exit: EXIT.environment,
    hint: "Free space where the run folder lives (`--out DIR` moves it), then run again.",
  },
  E_FAULT_FAILED: {
    exit: EXIT.environment,
    hint: "The fault could not be injected; everything it did was healed.",
  },
  E_CONDITION_UNMET: {
    exit: EXIT.inconclusive,
    hint: "What a step waited for was not reached; see what was seen last, or wait longer.",
  },
  E_ABORTED: {
    exit: EXIT.inconclusive,
    hint: "A guard under `abortIf` ended the run; everything was healed.",
  },
  E_EXEC_FAILED: {
    exit: EXIT.inconclusive,
    hint: "The program of an `exec` step did not end well; its output is in `history.ndjson`.",
  },
  E_CONFIG_UNPROVEN: {
    exit: EXIT.inconclusive,
    hint: "The cluster did not take the settings of a `config` step; its answer is above.",
  },
  E_HEAL_FAILED: {
    exit: EXIT.environment,
    hint: "A heal could not be verified. `blackstart sweep` removes what is left.",
  },
  E_CLOCK: {
    exit: EXIT.environment,
    hint: "Containers must share the host's CLOCK_MONOTONIC: run the engine on this machine.",
  },
  E_JOURNAL_CORRUPT: {
    exit: EXIT.evidence,
    hint: "The evidence was changed or cut; restore the run folder from its copy.",
  },
  E_RUN_FOLDER: {
    exit: EXIT.usage,
    hint: "Give the folder of a run (it holds plan.json), a set (set.json) or a suite (suite.json).",
  },
  E_OUT_FOLDER: {
    exit: EXIT.usage,
    hint: "Name a folder that can be written with `--out DIR`; it is made when it is not there.",
  },
  E_INTERRUPTED: { exit: EXIT.interrupted, hint: "Healed and cleaned up; the report is partial." },
  E_INTERNAL: {
    exit: EXIT.environment,
    hint: "This is a bug in Blackstart; please report it with the run folder.",
  },
} as const satisfies Record<string, { exit: number; hint: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An operating error: named, with its way out. Message says what was expected and what came. */
export class DrillError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "DrillError";
    this.code = code;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }

  get exit(): number {
    return ERRORS[this.code].exit;
  }
}

/** The code that says most: a broken environment, then a missed objective, then no answer. */
export function weightiest(codes: readonly number[]): number {
  const order = [EXIT.environment, EXIT.evidence, EXIT.missed, EXIT.inconclusive];
  return order.find((code) => codes.includes(code)) ?? EXIT.met;
}

/** The message of anything that was thrown, with what its causes have to add. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.message || thrown.name;
  const cause = thrown.cause === undefined ? "" : messageOf(thrown.cause);
  // Many messages end in that of their cause already: it is not said twice.
  return own.includes(cause) ? own : `${own}: ${cause}`;
}
