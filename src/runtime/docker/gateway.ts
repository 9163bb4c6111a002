/**
 * The gateway of one directed region pair: Toxiproxy and nftables in a container that stands in
 * both networks. In the network of `from` it bears the names of every Kafka node of `to` and
 * forwards each port to that node's fixed address.
 *
 * ```
 *  region from                 gateway from->to                    region to
 *  client ──▶ alias w1:19201 ──▶ proxy :19201 ──(toxics)──▶ 10.213.8.11:19201 broker w1
 *                    └── nft drops here: packets vanish, SYNs included
 * ```
 * The wanted state is kept here and applied as a whole, so that a mended link does not revive a
 * node that is shown dead, and every verb is idempotent.
 */
import {
  type ICreateProxyBody,
  Toxiproxy,
  type Proxy as ToxiproxyProxy,
} from "toxiproxy-node-client";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import type { Link } from "../../topology/types.ts";
import type { DeadView, ExecResult, LinkControl, LinkMode, LinkQuality } from "../runtime.ts";

/** One forwarded port of one node. */
export interface GatewayRoute {
  node: string;
  port: number;
  address: string;
}

/**
 * `gone` is the refusal of a dead node: new connections are reset by nftables. Toxiproxy is not
 * asked, because it dials the dead address for every caller and blocks its own API meanwhile; the
 * node's death has closed the connections it had.
 */
type Shown = LinkMode | "gone" | "open";
const STREAMS = ["upstream", "downstream"] as const;

export class Gateway implements LinkControl {
  readonly from: string;
  readonly to: string;
  readonly #routes: GatewayRoute[];
  #planned: LinkQuality;
  readonly #api: Toxiproxy;
  readonly #apiUrl: string;
  readonly #exec: (argv: string[]) => Promise<ExecResult>;
  readonly #dead = new Map<string, DeadView>();
  readonly #applied = new Map<string, Shown>();
  /** Toxics now on the gateway, as "proxy/toxic": Toxiproxy is asked to change only what changes. */
  readonly #toxics = new Set<string>();
  #cut: LinkMode | null = null;
  /** The rules now in force; these two mean none. */
  #filtered = "add table inet blackstart\ndelete table inet blackstart";
  /** Changes are applied one after another: each sees the state the one before left. */
  #queue: Promise<void> = Promise.resolve();

  constructor(options: {
    link: Link;
    routes: GatewayRoute[];
    apiUrl: string;
    exec: (argv: string[]) => Promise<ExecResult>;
  }) {
    this.from = options.link.from;
    this.to = options.link.to;
    this.#routes = options.routes;
    this.#planned = options.link;
    this.#api = new Toxiproxy(options.apiUrl);
    this.#apiUrl = options.apiUrl;
    this.#exec = options.exec;
  }

  /** Opens every route at the planned quality. */
  async open(): Promise<void> {
    const bodies: ICreateProxyBody[] = this.#routes.map((route) => ({
      name: nameOf(route),
      listen: `0.0.0.0:${route.port}`,
      upstream: `${route.address}:${route.port}`,
      enabled: true,
    }));
    // Towards a region without Kafka nothing is carried, and Toxiproxy's client takes no empty list.
    if (bodies.length > 0) await this.#api.populate(bodies);
    await this.#setQuality(this.#planned);
  }

  cut(mode: LinkMode): Promise<void> {
    this.#cut = mode;
    return this.#apply();
  }

  mend(): Promise<void> {
    this.#cut = null;
    return this.#apply();
  }

  showDead(nodes: string[], as: DeadView): Promise<void> {
    for (const node of nodes) this.#dead.set(node, as);
    return this.#apply();
  }

  showAlive(nodes: string[]): Promise<void> {
    for (const node of nodes) this.#dead.delete(node);
    return this.#apply();
  }

  degrade(quality: LinkQuality): Promise<void> {
    return this.#inTurn(() => this.#setQuality(quality));
  }

  restoreQuality(): Promise<void> {
    return this.#inTurn(() => this.#setQuality(this.#planned));
  }

  replan(quality: LinkQuality): Promise<void> {
    this.#planned = quality;
    return this.restoreQuality();
  }

  /** Toxiproxy's own list of what it does, the same for every route and both ways. */
  async quality(): Promise<LinkQuality> {
    await this.#queue;
    const answer = await fetch(`${this.#apiUrl}/proxies`);
    const proxies = Object.values((await answer.json()) as Record<string, ReportedProxy>);
    const [first, ...others] = proxies.flatMap((proxy) =>
      STREAMS.map((stream) => JSON.stringify(qualityOf(proxy, stream))),
    );
    if (first === undefined) return this.#planned;
    if (others.some((other) => other !== first)) {
      throw new Error(`the routes of gateway ${this.from}->${this.to} differ`);
    }
    return JSON.parse(first) as LinkQuality;
  }

  #apply(): Promise<void> {
    return this.#inTurn(async () => {
      const portsOf = (wanted: Shown) =>
        this.#routes.filter((route) => this.#wanted(route) === wanted).map(({ port }) => port);
      await Promise.all([
        this.#filter({ drop: portsOf("blackhole"), reset: portsOf("gone") }),
        ...this.#routes.map((route) => this.#show(route)),
      ]);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#queue.then(work).catch((error: unknown) => {
      throw new DrillError(
        "E_FAULT_FAILED",
        `gateway ${this.from}->${this.to}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    });
    this.#queue = next.catch(() => {});
    return next;
  }

  #wanted(route: GatewayRoute): Shown {
    const dead = this.#dead.get(route.node);
    if (dead !== undefined) return dead === "refuse" ? "gone" : dead;
    return this.#cut ?? "open";
  }

  async #show(route: GatewayRoute): Promise<void> {
    const wanted = this.#wanted(route);
    const before = this.#applied.get(nameOf(route)) ?? "open";
    if (wanted === before) return;
    const proxy = await this.#api.get(nameOf(route));
    // Removing a stall closes its connections: nothing is delivered late.
    const stall = wanted === "stall" ? { timeout: 0 } : null;
    for (const stream of STREAMS) await this.#setToxic(proxy, stream, "timeout", stall);
    if ((before === "refuse") !== (wanted === "refuse")) {
      const { listen, upstream } = proxy;
      await proxy.update({ enabled: wanted !== "refuse", listen, upstream });
    }
    this.#applied.set(nameOf(route), wanted);
  }

  /** Drops every packet of some ports, both legs, in and out; resets new callers of others. */
  async #filter({ drop, reset }: { drop: number[]; reset: number[] }): Promise<void> {
    const rules = ["add table inet blackstart", "delete table inet blackstart"];
    if (drop.length + reset.length > 0) rules.push("add table inet blackstart");
    for (const hook of rules.length > 2 ? ["input", "output"] : []) {
      rules.push(`add chain inet blackstart ${hook} { type filter hook ${hook} priority 0; }`);
      if (drop.length > 0) {
        rules.push(
          `add rule inet blackstart ${hook} tcp dport { ${drop.join(", ")} } drop`,
          `add rule inet blackstart ${hook} tcp sport { ${drop.join(", ")} } drop`,
        );
      }
    }
    if (reset.length > 0) {
      const callers = `tcp dport { ${reset.join(", ")} } tcp flags & (syn | ack) == syn`;
      rules.push(`add rule inet blackstart input ${callers} reject with tcp reset`);
    }
    const wanted = rules.join("\n");
    if (wanted === this.#filtered) return;
    const done = await this.#exec(["nft", `${wanted}\n`]);
    if (done.exitCode !== 0) throw new Error(`nft said: ${done.output.trim()}`);
    this.#filtered = wanted;
  }

  async #setQuality(quality: LinkQuality): Promise<void> {
    const latency = latencyOf(quality);
    const bandwidth = bandwidthOf(quality);
    await Promise.all(
      this.#routes.map(async (route) => {
        const proxy = await this.#api.get(nameOf(route));
        for (const stream of STREAMS) {
          await this.#setToxic(proxy, stream, "latency", latency);
          await this.#setToxic(proxy, stream, "bandwidth", bandwidth);
        }
      }),
    );
  }

  /** Makes one toxic as wanted. Toxicity is always 1: chance stays on our side (Toxiproxy's seed does nothing). */
  async #setToxic(
    proxy: ToxiproxyProxy,
    stream: "upstream" | "downstream",
    type: "latency" | "bandwidth" | "timeout",
    attributes: Attributes,
  ): Promise<void> {
    const name = `${type}-${stream}`;
    const key = `${proxy.name}/${name}`;
    if (this.#toxics.has(key)) {
      await (await proxy.getToxic(name)).remove();
      this.#toxics.delete(key);
    }
    if (attributes === null) return;
    await proxy.addToxic({ name, type, stream, toxicity: 1, attributes });
    this.#toxics.add(key);
  }
}

type Attributes = Record<string, number> | null;

function nameOf(route: GatewayRoute): string {
  return `${route.node}-${route.port}`;
}

/** A proxy as Toxiproxy lists it; its client leaves the toxics out. */
interface ReportedProxy {
  toxics: { type: string; stream: string; attributes: Record<string, number> }[];
}

/** What one proxy does to a stream, as a link's quality: the inverse of the two below. */
function qualityOf(proxy: ReportedProxy, stream: string): LinkQuality {
  const attributes = (type: string) =>
    proxy.toxics.find((toxic) => toxic.type === type && toxic.stream === stream)?.attributes;
  const rate = attributes("bandwidth")?.["rate"];
  return {
    latencyMs: 2 * (attributes("latency")?.["latency"] ?? 0),
    jitterMs: 2 * (attributes("latency")?.["jitter"] ?? 0),
    bandwidthBytesPerSecond: rate === undefined ? null : rate * 1000,
  };
}

/** Half the round trip each way. Toxiproxy counts whole milliseconds. */
function latencyOf(quality: LinkQuality): Attributes {
  if (quality.latencyMs === 0 && quality.jitterMs === 0) return null;
  return { latency: Math.round(quality.latencyMs / 2), jitter: Math.round(quality.jitterMs / 2) };
}

/** Toxiproxy counts kB a second. */
function bandwidthOf(quality: LinkQuality): Attributes {
  if (quality.bandwidthBytesPerSecond === null) return null;
  return { rate: Math.max(1, Math.round(quality.bandwidthBytesPerSecond / 1000)) };
}
