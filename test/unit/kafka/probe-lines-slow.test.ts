/**
 * Goal: a broker that takes longer to replicate than probes are apart is slow, and not down: every
 * probe is answered after about the time that one takes. And lines of before an outage get no probe
 * while it lasts. A broker answers each connection in order, one request at a time.
 */
import { expect } from "chai";
import type { BrokerConnection, Endpoint } from "../../../src/kafka/broker-connection.ts";
import { type Line, type Probe, ProbeLines } from "../../../src/kafka/probe-lines.ts";

const TICK_US = 20_000;
const LEADER: Endpoint = { host: "a", port: 1 };
const settle = () => new Promise((resolve) => setImmediate(resolve));

interface Request {
  arrivedUs: number;
  answered: (error: Error | null, answer?: unknown) => void;
}

/** One connection of a broker that needs `takesUs` for each request, and takes one at a time. */
class SlowLine {
  connected = true;
  readonly requests: Request[] = [];
  #idleSinceUs = 0;
  readonly #nowUs: () => number;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  onClose(): void {}

  send(_request: unknown, answered: Request["answered"]): void {
    this.requests.push({ arrivedUs: this.#nowUs(), answered });
  }

  work(untilUs: number, takesUs: number): void {
    for (;;) {
      const [first] = this.requests;
      if (!first) return;
      const doneUs = Math.max(first.arrivedUs, this.#idleSinceUs) + takesUs;
      if (doneUs > untilUs) return;
      this.#idleSinceUs = doneUs;
      this.requests.shift();
      first.answered(null, { topic: "t", partition: 0, errorCode: 0, baseOffset: 1 });
    }
  }

  destroy(): void {
    this.connected = false;
  }
}

class SlowBroker {
  nowUs = 1e6;
  takesUs = 5000;
  down = false;
  readonly lines: SlowLine[] = [];
  readonly fates = new Map<number, "acked" | "given up">();
  readonly openedFor: number[] = [];
  readonly #probes: ProbeLines;
  #seq = 0;

  constructor() {
    this.#probes = new ProbeLines({
      clientId: "c",
      topic: "t",
      partition: 0,
      timeoutMs: 1000,
      intervalMs: TICK_US / 1000,
      answered: ({ seq }, { offset }) => this.fates.set(seq, offset < 0 ? "given up" : "acked"),
      nowUs: () => this.nowUs,
      open: async () => {
        if (this.down) throw new Error("no answer");
        const line = new SlowLine(() => this.nowUs);
        this.lines.push(line);
        return line as unknown as BrokerConnection;
      },
    });
    this.#probes.aim(LEADER);
  }

  get standing(): number {
    return this.lines.filter(({ connected }) => connected).length;
  }

  /** Requests that lie on lines of a broker that answers nobody. */
  get stuck(): number {
    return this.lines.reduce((sum, { requests }) => sum + requests.length, 0);
  }

  async ticks(count: number): Promise<void> {
    for (let tick = 0; tick < count; tick += 1) {
      this.nowUs += TICK_US;
      if (!this.down) for (const line of this.lines) line.work(this.nowUs, this.takesUs);
      this.#probe(this.#seq);
      this.#seq += 1;
      this.#probes.widen(this.nowUs);
      this.#probes.sweep(this.nowUs);
      await settle();
    }
  }

  #probe(seq: number): void {
    const send = (line: Line, afterUs = 0): void => {
      const probe: Probe = { seq, dueUs: this.nowUs, sentUs: this.nowUs + afterUs };
      this.#probes.reserve(line, probe);
      this.#probes.send(line, probe, Buffer.alloc(1));
    };
    const line = this.#probes.free(this.nowUs);
    if (line) {
      send(line);
      return;
    }
    this.openedFor.push(seq);
    this.#probes.open(this.nowUs, (fresh) => {
      if (fresh) send(fresh, 1);
      else this.fates.set(seq, "given up");
    });
  }
}

const givenUp = ({ fates }: SlowBroker) => [...fates.values()].filter((f) => f === "given up");

describe("a broker slower than probes are apart", () => {
  it("is probed over one line while it is quick", async () => {
    const broker = new SlowBroker();
    await broker.ticks(100);
    expect(broker.lines).to.have.length(1);
  });

  for (const takesMs of [25, 60, 120]) {
    it(`answers every probe when each takes ${takesMs} ms`, async () => {
      const broker = new SlowBroker();
      await broker.ticks(20);
      broker.takesUs = takesMs * 1000;
      await broker.ticks(500);
      expect(givenUp(broker)).to.deep.equal([]);
      expect(broker.stuck).to.be.below(4 + (2 * takesMs * 1000) / TICK_US);
      expect(broker.standing).to.be.within(2, 16);
    });
  }

  it("that answers nobody any more gets no probe over the lines it had, however long", async () => {
    const broker = new SlowBroker();
    broker.takesUs = 60_000;
    await broker.ticks(200);
    broker.down = true;
    await broker.ticks(25);
    const stuck = broker.stuck;
    broker.openedFor.length = 0;
    await broker.ticks(150);
    expect(broker.stuck).to.equal(stuck);
    expect(broker.openedFor).to.have.length(150);
    broker.down = false;
    const seenAt = broker.fates.size;
    await broker.ticks(10);
    expect([...broker.fates].slice(seenAt + 1).map(([, fate]) => fate)).to.include("acked");
  });
});
