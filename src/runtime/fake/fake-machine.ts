/**
 * The machine of a fake node: rules that stop connections, what a dial from here meets, and a disk. A
 * process whose disk takes no writes ends at once, as Kafka does that has no other disk.
 */
import type {
  CutLog,
  DeadView,
  DialOutcome,
  DiskTrouble,
  NodeDisk,
  NodeMachine,
  PacketCut,
} from "../runtime.ts";
import type { Verb } from "./programmed-faults.ts";

export interface FakeSurroundings {
  machineOf(node: string): FakeMachine;
  /** Whether a process listens there; a frozen one does. */
  listens(node: string): boolean;
  perform(verb: Verb, name: string, act: () => void): Promise<void>;
  /** The process ends by itself. */
  fails(node: string): void;
}

const MET: Record<DeadView, DialOutcome> = { refuse: "refused", blackhole: "timeout" };

export class FakeMachine implements NodeMachine {
  readonly #node: string;
  readonly #around: FakeSurroundings;
  readonly #rules = new Map<string, { cuts: PacketCut[]; as: DeadView }>();

  readonly disk: FakeDisk;

  constructor(node: string, around: FakeSurroundings) {
    this.#node = node;
    this.#around = around;
    this.disk = new FakeDisk(node, around);
  }

  filter(rule: string, cuts: PacketCut[], as: DeadView): Promise<void> {
    return this.#around.perform(
      "filter",
      this.#node,
      () => void this.#rules.set(rule, { cuts, as }),
    );
  }

  unfilter(rule: string): Promise<void> {
    return this.#around.perform("unfilter", this.#node, () => void this.#rules.delete(rule));
  }

  async dial(node: string, port: number): Promise<DialOutcome> {
    // A machine talks to itself whatever it filters.
    const stopped =
      node === this.#node
        ? undefined
        : (this.stops("out", port) ?? this.#around.machineOf(node).stops("in", port, this.#node));
    if (stopped) return MET[stopped];
    return this.#around.listens(node) ? "connected" : "refused";
  }

  /** How a connection is stopped here; undefined when it passes. Without a caller: no node calls. */
  stops(direction: "in" | "out", port: number, caller?: string): DeadView | undefined {
    for (const { cuts, as } of this.#rules.values()) {
      const hit = cuts.some(
        (cut) =>
          cut.direction === direction &&
          cut.ports.includes(port) &&
          (caller === undefined || !cut.except.includes(caller)),
      );
      if (hit) return as;
    }
    return undefined;
  }
}

export class FakeDisk implements NodeDisk {
  /** What a cut takes; tests set it. */
  unflushed: CutLog[] = [{ log: "orders-0", bytes: 100 }];
  readonly #node: string;
  readonly #around: FakeSurroundings;
  #trouble: DiskTrouble | null = null;
  #formatted = 1;
  #blank = false;

  constructor(node: string, around: FakeSurroundings) {
    this.#node = node;
    this.#around = around;
  }

  async identity(): Promise<string | null> {
    return this.#blank ? null : `${this.#node}-${this.#formatted}`;
  }

  /** As a node does that starts: it formats a blank disk. */
  format(): void {
    if (this.#blank) this.#formatted += 1;
    this.#blank = false;
  }

  wipe(): Promise<void> {
    return this.#around.perform("wipe", this.#node, () => {
      this.#blank = true;
    });
  }

  async cutUnflushed(): Promise<CutLog[]> {
    let cut: CutLog[] = [];
    await this.#around.perform("cutUnflushed", this.#node, () => {
      cut = this.unflushed;
    });
    return cut;
  }

  spoil(how: DiskTrouble): Promise<void> {
    return this.#around.perform("spoil", this.#node, () => {
      this.#trouble = how;
      this.#around.fails(this.#node);
    });
  }

  mend(): Promise<void> {
    return this.#around.perform("mendDisk", this.#node, () => {
      this.#trouble = null;
    });
  }

  async writable(): Promise<boolean> {
    return this.#trouble === null;
  }
}
