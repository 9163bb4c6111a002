/** One small function per operation; the roles themselves live in files of their own. */
import { commitOffsets, fetchCommitted } from "../kafka/cluster-requests.ts";
import { probeConnect } from "../kafka/connect-probe.ts";
import { KafkajsGroupClient } from "../kafka/group-client.ts";
import { describeGroup } from "../kafka/group-state.ts";
import { KafkajsSendClient, type SendClient } from "../kafka/send-client.ts";
import { KafkajsTransactionClient } from "../kafka/transaction-client.ts";
import { probeTransfer } from "../kafka/transfer-probe.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import {
  alterTopic,
  clusterReady,
  createTopicsAndWait,
  describeConfigs,
  describeTopic,
} from "./admin.ts";
import type { AgentContext, Role } from "./agent-context.ts";
import { audit } from "./auditor.ts";
import { Canary } from "./canary.ts";
import { census, clearCluster } from "./clearing.ts";
import { type GroupAccess, WorkloadConsumer } from "./consumer.ts";
import { FreshClients } from "./fresh-clients.ts";
import { describeAll, elect, quorumOf, reassign } from "./leadership.ts";
import { boundsOfLog } from "./log-bounds.ts";
import { LoopbackControl } from "./loopback-control.ts";
import { WorkloadProducer } from "./producer.ts";
import type { Answer, Ask, CanarySpec, Operation, ProducerSpec } from "./protocol.ts";
import { auditReplicas } from "./replica-auditor.ts";
import { seed } from "./seed.ts";
import { addPartitions, endsOfTopics, identifyTopic, removeTopic } from "./topics.ts";
import { Watchdog } from "./watchdog.ts";
import { Watcher } from "./watcher.ts";

type Handlers = {
  [O in Exclude<Operation, "hello" | "bye" | "health.begin">]: (
    ask: Ask<O>,
  ) => Promise<Answer<O>> | Answer<O>;
};

const CLIENT = "blackstart-admin";
const PATIENCE_MS = 15_000;
const TRACE_FRAMES = Error.stackTraceLimit;

/** What runs in an agent, and the operations that start and stop it. */
export class Operations {
  readonly handlers: Handlers;
  readonly #context: AgentContext;
  readonly #producers = new Map<number, WorkloadProducer>();
  readonly #consumers = new Map<number, WorkloadConsumer>();
  readonly #canaries = new Map<number, Role>();
  readonly #watchers = new Map<number, Watcher>();
  readonly #watchdogs = new Map<string, Watchdog>();

  constructor(context: AgentContext) {
    this.#context = context;
    this.handlers = { ...this.#cluster(), ...this.#roles(), ...this.#watch() };
  }

  #cluster() {
    return {
      "cluster.ready": clusterReady,
      "topics.create": createTopicsAndWait,
      "topic.describe": describeTopic,
      "topic.configs": describeConfigs,
      "cluster.clear": clearCluster,
      "cluster.census": census,
      "topic.alter": alterTopic,
      "group.describe": ({ address, group }: Ask<"group.describe">) =>
        describeGroup(address.bootstrap, CLIENT, group),
      "partitions.describe": describeAll,
      "leaders.elect": elect,
      "replicas.reassign": reassign,
      "quorum.describe": quorumOf,
      "topics.ends": endsOfTopics,
      "topic.identify": identifyTopic,
      "topic.delete": removeTopic,
      "topic.widen": addPartitions,
      "log.bounds": boundsOfLog,
      "canary.seed": (ask: Ask<"canary.seed">) => seed(this.#context, ask),
      "group.commit": ({ address, group, topic, offsets }: Ask<"group.commit">) => {
        return patiently(async () => {
          await commitOffsets(address.bootstrap, CLIENT, group, topic, offsets);
          return {};
        });
      },
      "group.offsets": ({ address, group, topic, partitions }: Ask<"group.offsets">) => {
        const asked = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
        return patiently(() => fetchCommitted(address.bootstrap, CLIENT, group, asked));
      },
      "probe.connect": probeConnect,
      "probe.transfer": probeTransfer,
    };
  }

  #roles() {
    return {
      "producer.start": (ask: Ask<"producer.start">) => {
        refuseTwice(this.#producers, ask.producer, "producer");
        const producer = new WorkloadProducer(this.#context, ask, sendClient);
        this.#producers.set(ask.producer, producer);
        producer.start();
        return { journal: producer.journal };
      },
      "producer.stop": ({ producer, drainMs }: Ask<"producer.stop">) => {
        return take(this.#producers, producer, "producer").drain(drainMs);
      },
      "producer.load": ({ producer, change }: Ask<"producer.load">) =>
        held(this.#producers, producer, "producer").load(change),
      "producer.single": ({ producer, partition, bytes }: Ask<"producer.single">) =>
        held(this.#producers, producer, "producer").single(partition, bytes),
      "consumer.start": (ask: Ask<"consumer.start">) => {
        refuseTwice(this.#consumers, ask.reader, "consumer");
        const consumer = new WorkloadConsumer(this.#context, ask, groupAccess);
        this.#consumers.set(ask.reader, consumer);
        consumer.start();
        return { journal: consumer.journal };
      },
      "consumer.stop": async ({ reader }: Ask<"consumer.stop">) => {
        await take(this.#consumers, reader, "consumer").stop();
        return {};
      },
      "canary.start": async (ask: Ask<"canary.start">) => {
        refuseTwice(this.#canaries, ask.producer, "canary");
        const canary = await startCanary(this.#context, ask);
        this.#canaries.set(ask.producer, canary);
        // In an outage hundreds of attempts a second fail, all at once when it ends. Nobody reads where
        // from, and the ack behind them would be dated as much later as it takes to write that down.
        Error.stackTraceLimit = 0;
        return { journal: canary.journal };
      },
      "canary.stop": async ({ producer }: Ask<"canary.stop">) => {
        await take(this.#canaries, producer, "canary").stop();
        if (this.#canaries.size === 0) Error.stackTraceLimit = TRACE_FRAMES;
        return {};
      },
    };
  }

  #watch() {
    return {
      "watch.start": (ask: Ask<"watch.start">) => {
        refuseTwice(this.#watchers, ask.reader, "watcher");
        const watcher = new Watcher(this.#context, ask);
        this.#watchers.set(ask.reader, watcher);
        watcher.start();
        return { journal: watcher.journal };
      },
      "watch.stop": async ({ reader }: Ask<"watch.stop">) => {
        await take(this.#watchers, reader, "watcher").stop();
        return {};
      },
      audit: (ask: Ask<"audit">) => audit(this.#context, ask),
      "audit.replicas": (ask: Ask<"audit.replicas">) => auditReplicas(this.#context, ask),
      "watchdog.start": (ask: Ask<"watchdog.start">) => {
        refuseTwice(this.#watchdogs, ask.name, "watchdog");
        const watchdog = new Watchdog(this.#context, ask);
        this.#watchdogs.set(ask.name, watchdog);
        watchdog.start();
        return {};
      },
      "watchdog.stop": ({ name }: Ask<"watchdog.stop">) => {
        take(this.#watchdogs, name, "watchdog").stop();
        return {};
      },
    };
  }
}

async function startCanary(context: AgentContext, ask: Ask<"canary.start">): Promise<Role> {
  if (ask.log.role === "loopback") return await LoopbackControl.start(context, ask);
  const canary =
    ask.fresh === undefined
      ? new Canary(context, ask)
      : new FreshClients(context, ask, freshClient);
  canary.start();
  return canary;
}

function freshClient({ address, log, fresh }: CanarySpec, clientId: string): SendClient {
  const { bootstrap } = address;
  const settings = fresh?.client ?? {};
  return new KafkajsSendClient({
    ...{ clientId, bootstrap, settings },
    ...{ topic: log.topic, acks: "all", idempotent: false },
  });
}

function sendClient(spec: ProducerSpec, generation: number): SendClient {
  const options = {
    clientId: generation === 1 ? spec.name : `${spec.name}-${generation}-${monotonicUs()}`,
    bootstrap: spec.address.bootstrap,
    topic: spec.log.topic,
    acks: spec.acks,
    idempotent: spec.idempotent,
    settings: spec.client,
  };
  const { transactional } = spec;
  if (transactional === undefined) return new KafkajsSendClient(options);
  return new KafkajsTransactionClient({ ...options, transactionalId: transactional.id });
}

const groupAccess: GroupAccess = {
  client: ({ name, address, group, logs, client }, handlers) => {
    const topics = logs.map((log) => log.topic);
    return new KafkajsGroupClient(
      { clientId: name, bootstrap: address.bootstrap, group, topics, settings: client },
      handlers,
    );
  },
  committed: ({ name, address, group }, partitions) =>
    fetchCommitted(address.bootstrap, name, group, partitions),
};

/** A group's first coordinator takes seconds to appear: its topic is made on first use. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  let last: unknown;
  const onError = (error: unknown) => {
    last = error;
  };
  const done = await poll(work, { everyMs: 100, withinMs: PATIENCE_MS, onError });
  if (done === undefined) throw last;
  return done;
}

function refuseTwice<K>(running: Map<K, unknown>, key: K, what: string): void {
  if (running.has(key)) throw new Error(`${what} ${key} runs already`);
}

function held<K, T>(running: Map<K, T>, key: K, what: string): T {
  const found = running.get(key);
  if (found === undefined) throw new Error(`there is no ${what} ${key}`);
  return found;
}

function take<K, T>(running: Map<K, T>, key: K, what: string): T {
  const found = held(running, key, what);
  running.delete(key);
  return found;
}
