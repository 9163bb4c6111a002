/**
 * The connections over which one partition is probed. A *line* is one connection to the leader.
 *
 * A broker answers a connection strictly in order, so a produce that waits for a replica holds up
 * everything behind it. Hence a line belongs to one partition, carries few probes, and a line that
 * has kept one waiting for too long is joined by a fresh one: a link that heals is found by the
 * new connection long before TCP tries the old one again. Old lines stay for their answers.
 */
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
  readonly openedUs: number;
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
  answered: (probe: Probe, answer: ProbeAnswer) => void;
  /** Opens a connection; a test gives its own. */
  open?: (endpoint: Endpoint) => Promise<BrokerConnection>;
}

const CONNECT_MS = 400;
const LINES_MAX = 8;
const WAITING_PER_LINE_MAX = 16;
/** A line that keeps a probe waiting for this long is joined by another. */
const SUSPECT_US = 200_000;
const RECONNECT_US = 50_000;
const NO_ANSWER: ProbeAnswer = { offset: -1, errorCode: 0 };

export class ProbeLines {
  readonly #options: ProbeLinesOptions;
  /** Newest first. */
  #lines: Line[] = [];
  #leader: Endpoint | undefined;
  #openedUs = 0;

  constructor(options: ProbeLinesOptions) {
    this.#options = options;
  }

  /** Says who leads now; undefined when nobody does. Lines to another leader get no new probe. */
  aim(leader: Endpoint | undefined): void {
    this.#leader = leader;
    // The next tick opens a line at once, whenever the last one was opened.
    if (leader !== undefined && !this.#lines.some((line) => this.#isAimed(line)))
      this.#openedUs = 0;
  }

  /** The newest line to the leader that is connected and has room; opens another when it should. */
  free(nowUs: number): Line | undefined {
    const aimed = this.#lines.filter((line) => this.#isAimed(line));
    const [newest] = aimed;
    const suspect =
      newest === undefined || nowUs - (newest.waiting[0]?.sentUs ?? nowUs) > SUSPECT_US;
    const connecting = newest !== undefined && newest.connection === undefined;
    if (suspect && !connecting && nowUs - this.#openedUs > RECONNECT_US) this.#open(nowUs);
    return aimed.find(
      (line) => line.connection?.connected && line.waiting.length < WAITING_PER_LINE_MAX,
    );
  }

  #isAimed({ ended, endpoint }: Line): boolean {
    const leader = this.#leader;
    return !ended && leader?.host === endpoint.host && leader.port === endpoint.port;
  }

  #open(nowUs: number): void {
    const endpoint = this.#leader;
    if (endpoint === undefined || this.#lines.length >= LINES_MAX) return;
    this.#openedUs = nowUs;
    const line: Line = {
      endpoint,
      openedUs: nowUs,
      connection: undefined,
      waiting: [],
      ended: false,
    };
    this.#lines.unshift(line);
    const open = this.#options.open ?? ((to) => this.#connect(to));
    open(endpoint).then(
      (connection) => {
        if (line.ended) return connection.destroy();
        line.connection = connection;
        connection.onClose(() => this.#end(line));
        return undefined;
      },
      () => this.#end(line),
    );
  }

  #connect(endpoint: Endpoint): Promise<BrokerConnection> {
    return BrokerConnection.open(endpoint, {
      clientId: this.#options.clientId,
      connectMs: CONNECT_MS,
      // Our own sweep is the timeout of a probe; the library's would end the line with it.
      requestMs: this.#options.timeoutMs * 2 + 1000,
    });
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
      this.#answer(line, probe, { offset: errorCode === 0 ? baseOffset : -1, errorCode });
    });
  }

  #answer(line: Line, probe: Probe, answer: ProbeAnswer): void {
    const at = line.waiting.indexOf(probe);
    if (at < 0) return; // it was given up, and journalled so
    line.waiting.splice(at, 1);
    this.#options.answered(probe, answer);
  }

  /** Gives up probes that waited too long, and lines that are of no more use. */
  sweep(nowUs: number): void {
    const lateUs = nowUs - this.#options.timeoutMs * 1000;
    for (const line of [...this.#lines]) {
      let gaveUp = false;
      for (const probe of line.waiting.filter((waiting) => waiting.sentUs < lateUs)) {
        this.#answer(line, probe, NO_ANSWER);
        gaveUp = true;
      }
      if (line.connection === undefined || line.waiting.length > 0) continue;
      if (gaveUp || !this.#isAimed(line) || this.#isSuperseded(line)) this.#end(line);
    }
  }

  #isSuperseded(line: Line): boolean {
    const newer = this.#lines.slice(0, this.#lines.indexOf(line));
    return newer.some((other) => this.#isAimed(other) && other.connection?.connected);
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
