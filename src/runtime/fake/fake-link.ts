/** A directed link of the fake runtime: state alone, as a gateway would keep it. */
import type { Link } from "../../topology/types.ts";
import type { DeadView, LinkControl, LinkMode, LinkQuality } from "../runtime.ts";
import type { Verb } from "./programmed-faults.ts";

/** Runs a verb of the link as the test programmed it. */
export type Perform = (verb: Verb, name: string, act: () => void) => Promise<void>;

export class FakeLink implements LinkControl {
  readonly from: string;
  readonly to: string;
  #planned: LinkQuality;
  readonly #perform: Perform;
  readonly #dead = new Map<string, DeadView>();
  #cut: LinkMode | null = null;
  #quality: LinkQuality;

  constructor(link: Link, perform: Perform) {
    this.from = link.from;
    this.to = link.to;
    const { latencyMs, jitterMs, bandwidthBytesPerSecond } = link;
    this.#planned = { latencyMs, jitterMs, bandwidthBytesPerSecond };
    this.#quality = this.#planned;
    this.#perform = (verb, name, act) => perform(verb, name, act);
  }

  get name(): string {
    return `${this.from}->${this.to}`;
  }

  /** Round trip it adds now, ms. */
  get latencyMs(): number {
    return this.#quality.latencyMs;
  }

  get bandwidthBytesPerSecond(): number | null {
    return this.#quality.bandwidthBytesPerSecond;
  }

  /** What a caller of this node meets on the link: a node shown dead is dead on a mended link, too. */
  shown(node: string): LinkMode | "open" {
    return this.#dead.get(node) ?? this.#cut ?? "open";
  }

  cut(mode: LinkMode): Promise<void> {
    return this.#perform("cut", this.name, () => {
      this.#cut = mode;
    });
  }

  mend(): Promise<void> {
    return this.#perform("mend", this.name, () => {
      this.#cut = null;
    });
  }

  degrade(quality: LinkQuality): Promise<void> {
    return this.#perform("degrade", this.name, () => {
      this.#quality = quality;
    });
  }

  restoreQuality(): Promise<void> {
    return this.#perform("restoreQuality", this.name, () => {
      this.#quality = this.#planned;
    });
  }

  replan(quality: LinkQuality): Promise<void> {
    return this.#perform("replan", this.name, () => {
      this.#planned = quality;
      this.#quality = quality;
    });
  }

  async quality(): Promise<LinkQuality> {
    return this.#quality;
  }

  showDead(nodes: string[], as: DeadView): Promise<void> {
    return this.#perform("showDead", this.name, () => {
      for (const node of nodes) this.#dead.set(node, as);
    });
  }

  showAlive(nodes: string[]): Promise<void> {
    return this.#perform("showAlive", this.name, () => {
      for (const node of nodes) this.#dead.delete(node);
    });
  }
}
