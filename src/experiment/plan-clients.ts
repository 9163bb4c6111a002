/**
 * The clients of a plan, each twice: as the harness starts it, and as the judge knows it.
 *
 * A client with `failover` becomes two: the one that runs from the start, and one in the other
 * region that the failover step starts, which takes over from it.
 */
import assert from "node:assert";
import { clientKill } from "../fault/client-kill.ts";
import type { LogRef, ProducerRef, ReaderRef } from "../history/judging.ts";
import type { PlannedCanary, PlannedConsumer, PlannedProducer, PlannedWatcher } from "./plan.ts";
import type { LogBook } from "./plan-logs.ts";
import {
  AUDIT_PASSES,
  auditReader,
  type CanaryTiming,
  canaryOf,
  type FaultsPlanned,
  freshTiming,
  loopbackRegions,
  readinessRef,
} from "./plan-observers.ts";
import { plannedProducer, producerRefOf } from "./plan-producer.ts";
import { brokerRegions, servingFrom, topicsMeant } from "./resolve.ts";
import type { Experiment } from "./schema.ts";
import { type FaultEntry, isFault, paramsOf } from "./schema-steps.ts";
import type { ConsumerEntry, ProducerEntry, TopicEntry } from "./schema-workload.ts";

/** Where a client's topic is, and where its successor goes on. */
interface Place {
  region: string;
  cluster: string;
  /** What a consumer reads; a producer writes to the last. */
  logs: LogRef[];
}

export class ClientBook {
  readonly producers: PlannedProducer[] = [];
  readonly canaries: PlannedCanary[] = [];
  readonly consumers: PlannedConsumer[] = [];
  readonly watchers: PlannedWatcher[] = [];
  readonly producerRefs: ProducerRef[] = [];
  readonly readerRefs: ReaderRef[] = [];
  readonly #experiment: Experiment;
  readonly #book: LogBook;
  readonly #faults: FaultsPlanned;
  readonly #names = new Set<string>();

  constructor(experiment: Experiment, book: LogBook, faults: FaultsPlanned) {
    this.#faults = faults;
    this.#experiment = experiment;
    this.#book = book;
    const { producers, consumers, topics, canary } = experiment.workload;
    // What is not booted with the run is neither probed nor seeded.
    const warm = (cluster: string) => experiment.topology.clusters[cluster]?.cold !== true;
    for (const producer of producers) this.#addProducer(producer);
    for (const step of experiment.steps.filter(isFault)) this.#addSuccessors(step);
    if (canary.enabled) {
      for (const { cluster, name } of topics) {
        const log = book.find(cluster, name);
        if (log && warm(cluster)) this.#addCanary(log);
        if (log && warm(cluster) && canary.fresh) this.#addFresh(log, canary.fresh);
      }
      this.#addControls();
    }
    for (const log of book.logs) {
      if (log.role === "workload" && warm(log.cluster)) this.#addReadiness(log);
    }
    for (const consumer of consumers) this.#addConsumer(consumer);
    this.#addWatchers();
    for (let pass = 1; pass <= AUDIT_PASSES; pass += 1) this.#addAudits(pass);
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#names.has(name); n += 1) name = `${wanted}-${n}`;
    this.#names.add(name);
    return name;
  }

  #home(client: ProducerEntry | ConsumerEntry): { topic: TopicEntry; place: Place } {
    const [topic] = topicsMeant(this.#experiment.workload.topics, client);
    const log = topic && this.#book.find(topic.cluster, topic.name);
    assert(topic && log, `the topic of ${client.topic} was checked`);
    return { topic, place: { region: client.in, cluster: topic.cluster, logs: [log] } };
  }

  #refuge(topic: TopicEntry, source: LogRef, region: string): Place {
    const [serving] = servingFrom(this.#experiment.topology, topic, region);
    assert(serving, `a cluster that serves ${topic.name} in ${region} was checked`);
    const mirror = serving.by ? this.#book.mirrorIn(source, serving.by) : undefined;
    // In its own cluster, the very log; in another, one of the same name.
    const local = this.#book.find(serving.cluster, topic.name);
    const logs = [mirror, local].filter((log) => log !== undefined);
    return { region, cluster: serving.cluster, logs: [...new Set(logs)] };
  }

  #addProducer(entry: ProducerEntry): void {
    const { topic, place } = this.#home(entry);
    const log = place.logs[0] as LogRef;
    const begins = entry.partitions ?? this.#begins(log);
    const ref = this.#pushProducer(entry, entry.name, place.region, log, begins);
    if (entry.failover === undefined) return;
    const refuge = this.#refuge(topic, log, entry.failover);
    const name = entry.name && `${entry.name}-${entry.failover}`;
    const target = refuge.logs.at(-1) as LogRef;
    this.#pushProducer(entry, name, refuge.region, target, "failover", ref);
  }

  #pushProducer(
    entry: ProducerEntry,
    wanted: string | undefined,
    region: string,
    log: LogRef,
    start: PlannedProducer["start"],
    takesOverFrom?: number,
  ): number {
    const name = this.#unique(wanted ?? `${entry.topic}-${region}`);
    const place = { name, region, log, start, takesOverFrom };
    const ref = this.#pushRef(producerRefOf(entry, place));
    this.producers.push(plannedProducer(entry, place, ref, this.producers));
    return ref;
  }

  /** What uses a topic that a step makes can start only then. */
  #begins(log: LogRef): "initial" | "created" {
    return this.#book.isMadeLater(log) ? "created" : "initial";
  }

  /**
   * A producer that is killed and started again counts its records anew, so the judge must know the
   * two apart: each gets a successor for each kill of its process. Consumers are who they were.
   */
  #addSuccessors(step: FaultEntry): void {
    if (step.fault !== clientKill.kind) return;
    const { clients, in: region, restart } = clientKill.params.parse(paramsOf(step));
    if (clients !== "producers" || !restart) return;
    const elders = new Set(this.producerRefs.map(({ takesOverFrom }) => takesOverFrom));
    const youngest = this.producers.filter(
      (producer) =>
        producer.region === region &&
        (!elders.has(producer.ref) || this.#movesAway(producer.ref, region)),
    );
    for (const elder of youngest) {
      const entry = this.producerRefs.find(({ id }) => id === elder.ref);
      assert(entry, `producer ${elder.ref} has a reference`);
      const { id: takesOverFrom, ...like } = entry;
      const name = this.#unique(`${elder.name}-restarted`);
      const ref = this.#pushRef({ ...like, name, takesOverFrom });
      this.producers.push({ ...elder, ref, name, start: "restart" });
    }
  }

  /** Producers of a log that start in a region (or anywhere), and all who take over from them. */
  lineage(log: LogRef, region: string | undefined): number[] {
    const found: number[] = [];
    for (const { id, takesOverFrom, ...ref } of this.producerRefs) {
      if (ref.kind !== "application") continue;
      const eldest = ref.log === log.id && ref.region === (region ?? ref.region);
      if (takesOverFrom === undefined ? eldest : found.includes(takesOverFrom)) found.push(id);
    }
    return found;
  }

  /** Whether the only one that takes over from it does so in another region. */
  #movesAway(ref: number, region: string): boolean {
    const heirs = this.producerRefs.filter(({ takesOverFrom }) => takesOverFrom === ref);
    return heirs.every((heir) => heir.region !== region);
  }

  #pushRef(ref: Omit<ProducerRef, "id">): number {
    const id = this.producerRefs.length + 1;
    this.producerRefs.push({ id, ...ref });
    return id;
  }

  /** Streams that nothing breaks: on a cluster that is left alone, and in agents that live on. */
  #addControls(): void {
    const measuring = this.canaries.map(({ region }) => region);
    if (this.#faults.control) this.#addCanary(this.#book.addControl(this.#faults.control));
    for (const region of loopbackRegions(this.#experiment.topology, measuring, this.#faults))
      this.#addCanary(this.#book.addLoopback(region));
  }

  #addCanary(log: LogRef): void {
    const { every, timeout } = this.#experiment.workload.canary;
    const place = canaryOf(this.#experiment.topology, log, this.#faults);
    this.#pushCanary(log, place, { intervalMs: every, timeoutMs: timeout });
  }

  #addFresh(log: LogRef, everyMs: number): void {
    const place = canaryOf(this.#experiment.topology, log, this.#faults, "fresh");
    const writer = this.producers.find((producer) => producer.log === log.id);
    this.#pushCanary(log, place, freshTiming(everyMs, writer));
  }

  #pushCanary(
    log: LogRef,
    { wanted, ...place }: ReturnType<typeof canaryOf>,
    timing: CanaryTiming,
  ): void {
    const recordBytes = this.#experiment.workload.canary.size;
    const name = this.#unique(wanted);
    const ref = this.#pushRef({
      name,
      kind: "canary",
      log: log.id,
      ratePerSecond: (log.partitions * 1000) / timing.intervalMs,
      recordBytes,
      acks: "all",
      ...place,
      ...(timing.fresh ? { fresh: true } : {}),
    });
    const what = { log: log.id, intervalMs: timing.intervalMs, recordBytes };
    this.canaries.push({ ref, name, region: place.region, ...what, ...timing });
  }

  #addReadiness(log: LogRef): void {
    this.#pushRef(readinessRef(log, this.#unique(`readiness-${log.cluster}-${log.topic}`)));
  }

  #addConsumer(entry: ConsumerEntry): void {
    const { topic, place } = this.#home(entry);
    const begins = this.#begins(place.logs[0] as LogRef);
    const ref = this.#pushConsumer(entry, entry.name, place, begins);
    if (entry.failover === undefined) return;
    const refuge = this.#refuge(topic, place.logs[0] as LogRef, entry.failover);
    const name = entry.name && `${entry.name}-${entry.failover}`;
    this.#pushConsumer(entry, name, refuge, "failover", ref);
  }

  #pushConsumer(
    entry: ConsumerEntry,
    wanted: string | undefined,
    place: Place,
    start: PlannedConsumer["start"],
    takesOverFrom?: number,
  ): number {
    const ref = this.readerRefs.length + 1;
    const name = this.#unique(wanted ?? `${entry.group}-${place.region}`);
    const logs = place.logs.map(({ id }) => id);
    this.readerRefs.push({
      id: ref,
      name,
      kind: "group",
      group: entry.group,
      region: place.region,
      logs,
      ...(takesOverFrom === undefined ? {} : { takesOverFrom }),
    });
    this.consumers.push({
      ref,
      name,
      region: place.region,
      group: entry.group,
      cluster: place.cluster,
      logs,
      commitEveryMs: entry.commitEvery,
      client: entry.client,
      start,
    });
    return ref;
  }

  /** One per cluster that holds mirrors, beside the brokers it reads from. */
  #addWatchers(): void {
    for (const cluster of new Set(this.#book.mirrors.map(({ mirror }) => mirror.cluster))) {
      const mirrors = this.#book.mirrors.filter(({ mirror }) => mirror.cluster === cluster);
      const regions = brokerRegions(this.#experiment.topology, cluster);
      const region = regions.find((name) => mirrors.some(({ flow }) => flow.in === name));
      const ref = this.readerRefs.length + 1;
      const watcher = {
        ref,
        region: region ?? (regions[0] as string),
        cluster,
        logs: mirrors.map(({ mirror }) => mirror.id),
      };
      this.watchers.push(watcher);
      this.readerRefs.push({
        id: ref,
        name: this.#unique(`watcher-${cluster}`),
        kind: "watcher",
        region: watcher.region,
        logs: watcher.logs,
      });
    }
  }

  #addAudits(pass: number): void {
    for (const log of this.#book.logs.filter(({ role }) => role !== "loopback")) {
      this.readerRefs.push({
        id: auditReader(log.id, pass),
        name: this.#unique(`audit-${pass}-${log.cluster}-${log.topic}`),
        kind: "audit",
        region: log.region,
        logs: [log.id],
        ...(pass === 1 && this.#faults.wounded.has(log.cluster) ? { beforeHeal: true } : {}),
      });
    }
  }
}
