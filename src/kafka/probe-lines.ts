/**
 * The connections over which one partition is probed. A *line* is one connection to the leader.
 *
 * A broker answers a connection strictly in order, so a produce that waits for a replica holds up
 * everything behind it. Hence a line belongs to one partition, and a probe takes the line that has
 * the least to carry; while even that is busy, one more is opened for the next probes. With one line
 * alone, a broker that needs 60 ms for what is due every 50 ms falls behind for ever: the queue would
 * be ours, and look like an outage.
 *
 * Naive rule: while a line is down, or silent, try to open another every now and then. Counter-example:
 * after a black hole an opening waits for TCP to send its SYN again, 1, 3 and 7 s after the first, so
 * the recovery is seen up to as much too late. Real rule: while no line can be trusted, every due
 * record is an attempt of its own: a fresh connection, one ApiVersions round trip, and the record.
 * So a recovery is seen by the first record that is due after it. An attempt lives as long as a
 * probe may wait, and lines that fell silent stay for their answers.
 *
 * A probe that waits too long puts all lines in doubt that have proven nothing since it was sent: idle
 * ones, too, for nobody knows of them. A line is proven by an answer, and when it was opened.
 */

import { monotonicUs } from "../kernel/clock.ts";
import { apiVersions } from "./api-versions.ts";
import { BrokerConnection, type Endpoint } from "./broker-connection.ts";
import { produce } from "./produce.ts";

export interface Probe {
  readonly seq: number;
  readonly dueUs: number;
  readonly sentUs: number;
}

export interface ProbeAnswer {
  /** Base offset when acked, else -1. */
  offset: number;
  /** The broker's error code; 0 when there was no answer, or none that made sense. */
  errorCode: number;
}

export interface Line {
  readonly endpoint: Endpoint;
  /** A broker answered what was sent over it then, or opened it. */
  provenUs: number;
  /** A probe over it was never answered in time: it gets no other. */
  gaveUp: boolean;
  connection: BrokerConnection | undefined;
  /** Probes in flight, in order. */
  readonly waiting: Probe[];
  ended: boolean;
}

export interface ProbeLinesOptions {
  clientId: string;
  topic: string;
  partition: number;
  timeoutMs: number;
  intervalMs: number;
  answered: (probe: Probe, answer: ProbeAnswer) => void;
  /** The clock, and what opens a connection; a test gives its own. */
  nowUs?: () => number;
  open?: (endpoint: Endpoint) => Promise<BrokerConnection>;
}

/** Lines that share the probes of a slow broker, at most. */
const POOL_MAX = 8;
/** Lines that stand, and openings that wait, at most: the pool may be in doubt to the last. */
const LINES_MAX = 16;
const OPENINGS_MAX = 128;
const WAITING_PER_LINE_MAX = 16;
/** A probe is late after this many ticks, or round trips; and after half of its time in any case. */
const PATIENCE = 4;
/** Before the first answer nobody knows how long a round trip takes, ms. */
const FIRST_PATIENCE_MS = 200;
/** Share of the newest answer in the running mean of round trips. */
const NEWEST_SHARE = 0.1;
const NO_ANSWER: ProbeAnswer = { offset: -1, errorCode: 0 };

/** The first of those that have least to carry. */
function leastBusy(lines: readonly Line[]): Line | undefined {
  return lines.reduce<Line | undefined>(
    (best, line) => (best && best.waiting.length <= line.waiting.length ? best : line),
    undefined,
  );
}

export class ProbeLines {
  readonly #options: ProbeLinesOptions;
  /** Newest first. */
  #lines: Line[] = [];
  #leader: Endpoint | undefined;
  #roundTripUs: number | undefined;
  /** When the newest probe was sent that waited too long. */
  #doubtUs = -Infinity;
  #isCrowded = false;

  readonly #nowUs: () => number;

  constructor(options: ProbeLinesOptions) {
    this.#options = options;
    this.#nowUs = options.nowUs ?? monotonicUs;
  }

  /** Says who leads now; undefined when nobody does. Lines to another leader get no new probe. */
  aim(leader: Endpoint | undefined): void {
    this.#leader = leader;
  }

  /** Whether a line to the leader stands or is being opened. */
  get aimed(): boolean {
    return this.#lines.some((line) => this.#isAimed(line));
  }

  /**
   * The line for a record due now: of those to be trusted the one with the least to carry. Undefined
   * when there is none and another can be opened: the record should then `open` one.
   */
  free(nowUs: number): Line | undefined {
    this.#doubt(nowUs);
    const standing = this.#standing().filter(
      ({ connection, waiting }) => connection?.connected && waiting.length < WAITING_PER_LINE_MAX,
    );
    const trusted = standing.filter((line) => this.#isTrusted(line));
    if (trusted.length === 0 && this.#hasRoomForLine()) return undefined;
    const best = leastBusy(trusted.length > 0 ? trusted : standing);
    this.#isCrowded = trusted.length > 0 && best !== undefined && best.waiting.length > 0;
    return best;
  }

  /** Opens one more line when the last probe had to queue behind another one. */
  widen(nowUs: number): void {
    if (!this.#isCrowded) return;
    this.#isCrowded = false;
    const pool = this.#lines.filter((line) => this.#isAimed(line) && this.#isTrusted(line));
    if (pool.length < POOL_MAX) this.open(nowUs, () => {});
  }

  /** Connected at some time, to the leader. */
  #standing(): Line[] {
    return this.#lines.filter((line) => this.#isAimed(line) && line.connection);
  }

  #doubt(nowUs: number): void {
    const lateUs = nowUs - this.#patienceUs();
    for (const { waiting } of this.#standing()) {
      const late = waiting.findLast(({ sentUs }) => sentUs < lateUs);
      if (late) this.#doubtUs = Math.max(this.#doubtUs, late.sentUs);
    }
  }

  #isTrusted({ provenUs, gaveUp }: Line): boolean {
    return !gaveUp && provenUs >= this.#doubtUs;
  }

  #patienceUs(): number {
    if (this.#roundTripUs === undefined) return FIRST_PATIENCE_MS * 1000;
    const { intervalMs, timeoutMs } = this.#options;
    const patienceUs = PATIENCE * Math.max(intervalMs * 1000, this.#roundTripUs);
    return Math.min(patienceUs, (timeoutMs * 1000) / 2);
  }

  #hasRoomForLine(): boolean {
    const standing = this.#lines.filter(({ connection }) => connection !== undefined).length;
    return standing < LINES_MAX && this.#lines.length - standing < OPENINGS_MAX;
  }

  #isAimed({ ended, endpoint }: Line): boolean {
    const leader = this.#leader;
    return !ended && leader?.host === endpoint.host && leader.port === endpoint.port;
  }

  /**
   * Opens a line to the leader. `settled` is called once, later: with the line when a broker
   * answered over it, with undefined when none did. False: nobody leads, or there is no room.
   */
  open(nowUs: number, settled: (line: Line | undefined) => void): boolean {
    const endpoint = this.#leader;
    if (endpoint === undefined || !this.#hasRoomForLine()) return false;
    const common = { connection: undefined, waiting: [], gaveUp: false, ended: false };
    const line: Line = { endpoint, provenUs: nowUs, ...common };
    this.#lines.unshift(line);
    const { open = (to) => this.#connect(to) } = this.#options;
    open(endpoint).then(
      (connection) => {
        if (line.ended || !connection.connected) {
          connection.destroy();
          this.#end(line);
          return settled(undefined);
        }
        line.connection = connection;
        connection.onClose(() => this.#end(line));
        return settled(line);
      },
      () => {
        this.#end(line);
        settled(undefined);
      },
    );
    return true;
  }

  async #connect(endpoint: Endpoint): Promise<BrokerConnection> {
    const { clientId, timeoutMs } = this.#options;
    const connection = await BrokerConnection.open(endpoint, {
      clientId,
      connectMs: timeoutMs,
      // Our own sweep is the timeout of a probe; the library's would end the line with it.
      requestMs: timeoutMs * 2 + 1000,
    });
    // A proxy accepts connections for a broker that is dead: only an answer shows a broker.
    const late = setTimeout(() => connection.destroy(), timeoutMs);
    try {
      await apiVersions(connection);
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      clearTimeout(late);
    }
    return connection;
  }

  /** Takes a place on the line for a probe that is sent right after. */
  reserve(line: Line, probe: Probe): void {
    line.waiting.push(probe);
  }

  send(line: Line, probe: Probe, batch: Buffer): void {
    const { topic, partition, timeoutMs } = this.#options;
    if (line.connection === undefined || line.ended) {
      this.#answer(line, probe, NO_ANSWER);
      return;
    }
    produce(line.connection, { topic, partition, batch, timeoutMs }, (error, answer) => {
      const named = error === null && answer?.topic === topic && answer.partition === partition;
      if (!named) return this.#answer(line, probe, NO_ANSWER);
      const { errorCode, baseOffset } = answer;
      line.provenUs = Math.max(line.provenUs, probe.sentUs);
      if (errorCode === 0) this.#learn(this.#nowUs() - probe.sentUs);
      this.#answer(line, probe, { offset: errorCode === 0 ? baseOffset : -1, errorCode });
    });
  }

  #learn(roundTripUs: number): void {
    const meanUs = this.#roundTripUs ?? roundTripUs;
    this.#roundTripUs = meanUs + NEWEST_SHARE * (roundTripUs - meanUs);
  }

  #answer(line: Line, probe: Probe, answer: ProbeAnswer): void {
    const at = line.waiting.indexOf(probe);
    if (at < 0) return; // it was given up, and journalled so
    line.waiting.splice(at, 1);
    this.#options.answered(probe, answer);
  }

  /** Gives up probes that waited too long, and lines that are of no more use. */
  sweep(nowUs: number): void {
    this.#doubt(nowUs);
    const lateUs = nowUs - this.#options.timeoutMs * 1000;
    for (const line of [...this.#lines]) {
      for (const probe of line.waiting.filter((waiting) => waiting.sentUs < lateUs)) {
        this.#answer(line, probe, NO_ANSWER);
        line.gaveUp = true;
      }
      if (line.connection === undefined || line.waiting.length > 0) continue;
      const isOfUse = this.#isAimed(line) && this.#isTrusted(line) && !this.#isSurplus(line);
      if (!isOfUse) this.#end(line);
    }
  }

  /** The newest are enough. */
  #isSurplus(line: Line): boolean {
    const pool = this.#standing().filter((other) => this.#isTrusted(other));
    return pool.indexOf(line) >= POOL_MAX;
  }

  #end(line: Line): void {
    if (line.ended) return;
    line.ended = true;
    this.#lines = this.#lines.filter((other) => other !== line);
    line.connection?.destroy();
    for (const probe of line.waiting.splice(0)) this.#options.answered(probe, NO_ANSWER);
  }

  /** Due time of the oldest probe in flight; 0 when none is. */
  oldestDueUs(): number {
    let oldest = 0;
    for (const { waiting } of this.#lines) {
      const dueUs = waiting[0]?.dueUs ?? 0;
      if (dueUs > 0 && (oldest === 0 || dueUs < oldest)) oldest = dueUs;
    }
    return oldest;
  }

  close(): void {
    for (const line of [...this.#lines]) this.#end(line);
  }
}
