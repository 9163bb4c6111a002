/**
 * An experiment being checked: the parts the schema accepts, and the names of all parts, accepted
 * or not. So a cluster with one wrong key is still a cluster that exists, and a step that is wrong
 * does not hide what is wrong with the next one.
 */
import type { z } from "zod";
import { endsOf, expandSteps, type Leaf, lookUp, type Timeline } from "./expand-steps.ts";
import type { Finding, Path } from "./problems.ts";
import { afterOf } from "./resolve.ts";
import { type GuardEntry, guardSchema } from "./schema-conditions.ts";
import { policySchema } from "./schema-policy.ts";
import {
  isHeal,
  type StepEntry,
  type StepTiming,
  steadyCheckSchema,
  stepSchema,
  untilOf,
} from "./schema-steps.ts";
import {
  clusterSchema,
  linkSchema,
  type ReplicationEntry,
  replicationSchema,
  type TopologyEntry,
} from "./schema-topology.ts";
import {
  type ConsumerEntry,
  canarySchema,
  consumerSchema,
  type ProducerEntry,
  producerSchema,
  type TopicEntry,
  topicSchema,
} from "./schema-workload.ts";
import { suggestion } from "./spelling.ts";

/** A part and where it stands. */
export interface Item<T> {
  path: Path;
  value: T;
}

/** A step outside all blocks, with what its file says. Names in `value` are looked up already. */
export type StepItem = Item<StepEntry> & { leaf: Leaf };

export class Draft {
  readonly findings: Finding[] = [];
  /** Parts the schema refused; their names are still checked. */
  readonly refused: (Item<Record<string, unknown>> & { kind: string; scopes?: string[] })[] = [];
  readonly regions: string[];
  readonly clusterNames: string[];
  /** Every region a cluster says it has nodes in. */
  readonly places: { path: Path; cluster: string; region: string }[];
  readonly topicNames: string[];
  readonly stepIds: string[];
  readonly timeline: Timeline;
  readonly links: Item<TopologyEntry["links"][number]>[];
  readonly flows: Item<ReplicationEntry>[];
  readonly topics: Item<TopicEntry>[];
  readonly producers: Item<ProducerEntry>[];
  readonly consumers: Item<ConsumerEntry>[];
  readonly steady: Item<z.output<typeof steadyCheckSchema>>[];
  readonly steps: StepItem[];
  readonly guards: Item<GuardEntry>[];
  readonly canaryEnabled: boolean;
  /** New clients are started; or the part that says so is itself wrong. */
  readonly freshClients: boolean;
  /** When a send counts as late. */
  readonly stallMs: number;
  /** Accepted or not. */
  readonly flowCount: number;
  readonly consumerCount: number;
  /** Accepted parts only; checks of flows take out what they refuse. */
  readonly topology: TopologyEntry;
  /** As the file has it. */
  readonly phase: unknown;
  /** The step that times are to be counted from, as the file has it. */
  readonly t0: unknown;
  /** Objectives and predictions as the file has them. */
  readonly targets: { objectives: unknown; predict: unknown };

  constructor(value: unknown) {
    const root = mapping(value);
    const topology = mapping(root["topology"]);
    const workload = mapping(root["workload"]);
    const clusters = mapping(topology["clusters"]);
    this.regions = list(topology["regions"]).filter((name) => typeof name === "string");
    this.clusterNames = Object.keys(clusters);
    this.places = Object.entries(clusters).flatMap(([cluster, entry]) =>
      ["brokers", "controllers"].flatMap((kind) =>
        Object.keys(mapping(mapping(entry)[kind])).map((region) => ({
          path: ["topology", "clusters", cluster, kind, region],
          cluster,
          region,
        })),
      ),
    );
    this.topicNames = namesIn(workload["topics"], "name");
    this.timeline = expandSteps(root["steps"]);
    this.stepIds = this.timeline.leaves.map(({ id }) => id).filter((id) => id !== "");
    this.links = this.#accept(linkSchema, topology, "links", ["topology"]);
    this.flows = this.#accept(replicationSchema, topology, "replication", ["topology"]);
    this.topics = this.#accept(topicSchema, workload, "topics", ["workload"]);
    this.producers = this.#accept(producerSchema, workload, "producers", ["workload"]);
    this.consumers = this.#accept(consumerSchema, workload, "consumers", ["workload"]);
    this.steady = this.#accept(steadyCheckSchema, root, "steadyState", []);
    this.guards = this.#accept(guardSchema, root, "abortIf", []);
    this.steps = this.timeline.leaves.flatMap((leaf) => this.#acceptStep(leaf));
    const canary = canarySchema.safeParse(workload["canary"] ?? {}).data;
    this.canaryEnabled = canary?.enabled ?? true;
    this.freshClients = canary === undefined || canary.fresh !== undefined;
    this.stallMs = policySchema.safeParse(root["policy"] ?? {}).data?.stall ?? Infinity;
    this.flowCount = list(topology["replication"]).length;
    this.consumerCount = list(workload["consumers"]).length;
    this.phase = root["phase"];
    this.t0 = mapping(root["policy"])["t0"];
    this.targets = { objectives: root["objectives"], predict: root["predict"] };
    const accepted = Object.entries(clusters).flatMap(([name, cluster]) => {
      const parsed = clusterSchema.safeParse(cluster);
      return parsed.success ? [[name, parsed.data] as const] : [];
    });
    this.topology = {
      regions: this.regions,
      // No prototype: a cluster that is called "toString" somewhere is just not there.
      clusters: Object.assign(Object.create(null), Object.fromEntries(accepted)),
      links: this.links.map((link) => link.value),
      replication: [],
    };
  }

  #accept<S extends z.ZodType>(
    schema: S,
    parent: Record<string, unknown>,
    kind: string,
    base: Path,
  ): Item<z.output<S>>[] {
    return list(parent[kind]).flatMap((item, index) => {
      const path = [...base, kind, index];
      const parsed = schema.safeParse(item);
      if (parsed.success) return [{ path, value: parsed.data }];
      this.refused.push({ path, value: mapping(item), kind });
      return [];
    });
  }

  #acceptStep(leaf: Leaf): StepItem[] {
    const { path, raw, scopes, timing, id } = leaf;
    const parsed = stepSchema.safeParse(raw);
    if (!parsed.success) {
      if (!leaf.again) this.refused.push({ path, value: raw, kind: "steps", scopes });
      return [];
    }
    const own = parsed.data as StepEntry;
    const { at, after, delay, notBefore } = timing ?? (own as StepTiming);
    const names = after === undefined ? [] : afterOf({ after });
    const ends = names.flatMap((name) => endsOf(name, timing ? scopes : [], this.timeline));
    const value: StepEntry = {
      ...own,
      id,
      // A step that began a block at a time of the clock is put off by adding to that time.
      at: at === undefined ? undefined : at + (timing ? (delay ?? 0) : 0),
      after: typeof after === "string" && ends.length === 1 ? ends[0] : after && ends,
      delay: timing && at !== undefined ? undefined : delay,
      ...(notBefore ? { notBefore } : {}),
    };
    if (isHeal(value)) value.heal = lookUp(value.heal, scopes, this.timeline);
    const acked = untilOf(value)?.acked;
    if (acked?.after !== undefined) {
      acked.after = afterOf(acked).flatMap((name) => endsOf(name, scopes, this.timeline));
    }
    return [{ path, value, leaf }];
  }

  /** A name of a step or of a block, as it is meant where it stands. */
  step(name: string, scopes: string[], path: Path): boolean {
    const meant = lookUp(name, scopes, this.timeline);
    const names = [...this.stepIds, ...this.timeline.blocks.keys()];
    return names.includes(meant) || this.known(name, "step", names, path);
  }

  find(path: Path, message: string, at: "key" | "value" = "value"): void {
    this.findings.push({ path, message, at });
  }

  /** Whether a name is one of the known; reports it when it is not. */
  known(name: string, kind: string, names: readonly string[], path: Path, at?: "key"): boolean {
    if (names.includes(name)) return true;
    // An empty list is what is wrong, and reported as such; not every name that it lacks.
    if (names.length === 0) return false;
    this.find(path, `no ${kind} "${name}"${suggestion(name, names, `${kind}s`)}`, at ?? "value");
    return false;
  }

  region(name: string, path: Path, at?: "key"): boolean {
    return this.known(name, "region", this.regions, path, at);
  }

  /** Whether nobody asks for an ack, so that none can come. */
  get silent(): boolean {
    return this.producers.length > 0 && this.producers.every(({ value }) => value.acks === "0");
  }

  /** The other accepted clients, wherever they stand. */
  get clients(): (ProducerEntry | ConsumerEntry)[] {
    return [...this.producers, ...this.consumers].map(({ value }) => value);
  }
}

function mapping(value: unknown): Record<string, unknown> {
  const is = value !== null && typeof value === "object" && !Array.isArray(value);
  return is ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function namesIn(value: unknown, key: string): string[] {
  return list(value)
    .map((item) => mapping(item)[key])
    .filter((name) => typeof name === "string");
}
