import { expect } from "chai";
import fc from "fast-check";
import { parseExperiment } from "../../../src/experiment/load.ts";
import type { Plan } from "../../../src/experiment/plan.ts";
import { auditReader } from "../../../src/experiment/plan-observers.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { judgingSchema } from "../../../src/history/judging.ts";
import { planOf, SAMPLE, spoil } from "./sample.ts";

const logsOf = ({ judging }: Plan) =>
  judging.logs.map(({ id, role, cluster, topic, mirrorOf }) =>
    [id, role, `${cluster}/${topic}`, ...(mirrorOf === undefined ? [] : [mirrorOf])].join(" "),
  );

const STRETCHED = `version: 1
name: stretched
title: Stretched
topology:
  regions: [a, b, c]
  clusters:
    main: { brokers: { a: 1, b: 1, c: 1 } }
workload:
  topics:
    - { name: orders, cluster: main, partitions: 3, replication: 3, minInsync: 2 }
  producers:
    - { topic: orders, in: a, rate: 100/s, size: 512B, failover: b }
steps:
  - { id: loss, at: 5s, fault: region.shutdown, region: a }
  - { id: over, after: loss, runbook: failover, to: b, delay: 2s }
`;

describe(planExperiment.name, () => {
  it("is the same, byte for byte, for the same experiment, seed and run", () => {
    const names = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
    fc.assert(
      fc.property(
        names,
        fc.integer({ min: 1, max: 9999 }),
        fc.nat(2 ** 31 - 1),
        (run, rate, seed) => {
          const text = spoil("100/s", `${rate}/s`, spoil("title:", `seed: ${seed}\ntitle:`));
          expect(JSON.stringify(planOf(text, run))).to.equal(JSON.stringify(planOf(text, run)));
        },
      ),
      { numRuns: 20 },
    );
  });

  it("counts times from the first fault, that before a failover, or the one that is named", () => {
    const t0 = (steps: string, policy = "") => {
      const text = SAMPLE.replace(/steps:\n( {2}- .*\n)+/, () => `${policy}steps:\n${steps}`);
      return planOf(text).judging.faultStep;
    };
    const cut = "  - { id: cut, at: 1s, fault: link.partition, between: [east, west], for: 1s }\n";
    const loss = "  - { id: loss, at: 5s, fault: region.shutdown, region: east, for: 5s }\n";
    const over = "  - { id: over, after: loss, runbook: failover, to: west }\n";
    expect(t0(cut + loss)).to.equal("cut");
    expect(t0(cut + loss + over)).to.equal("loss");
    expect(t0(cut + loss + over, "policy: { t0: cut }\n")).to.equal("cut");
    expect(t0(cut + loss, "policy: { t0: loss }\n")).to.equal("loss");
  });

  it("draws what is left to chance from the seed, once, into the plan", () => {
    const flapping = (seed: number) => {
      const flap = "fault: link.flap, between: [a, b], times: 4";
      const text = STRETCHED.replace("fault: region.shutdown, region: a", flap);
      const experiment = spoil("runbook: failover, ", "runbook: failover, from: a, ", text);
      const [step] = planOf(spoil("title:", `seed: ${seed}\ntitle:`, experiment)).steps;
      return step?.type === "fault" ? (step.params as { schedule: object[] }).schedule : [];
    };
    expect(flapping(7).length).to.equal(4);
    expect(flapping(7)).to.deep.equal(flapping(7));
    expect(flapping(7)).to.not.deep.equal(flapping(8));
  });

  it("changes with the run in cluster ids and the tag of records alone", () => {
    const neutral = (plan: Plan) => ({
      ...plan,
      run: "",
      topology: {
        ...plan.topology,
        clusters: plan.topology.clusters.map((cluster) => ({ ...cluster, clusterId: "" })),
      },
      judging: { ...plan.judging, runTag: 0 },
    });
    const [one, two] = [planOf(SAMPLE, "one"), planOf(SAMPLE, "two")];
    expect(neutral(one)).to.deep.equal(neutral(two));
    expect(one.judging.runTag).not.to.equal(two.judging.runTag);
    expect(one.topology.clusters[0]?.clusterId).not.to.equal(two.topology.clusters[0]?.clusterId);
  });

  it("takes another seed than the file's", () => {
    const loaded = { ...parseExperiment(SAMPLE, "f"), file: "f", sha256: "0" };
    expect(planExperiment(loaded, { run: "r", seed: 7 }).seed).to.equal(7);
    expect(planExperiment(loaded, { run: "r" }).seed).to.equal(1);
  });

  it("writes a judging section that the judge accepts", () => {
    expect(judgingSchema.parse(planOf(SAMPLE).judging)).to.deep.equal(planOf(SAMPLE).judging);
  });
});

describe("logs of a plan", () => {
  it("gives the promoted cluster a local topic, the mirror and a control of its own", () => {
    const plan = planOf(SAMPLE);
    expect(logsOf(plan)).to.deep.equal([
      "1 workload primary/orders",
      "2 workload standby/orders",
      "3 mirror standby/primary.orders 1",
      "4 control standby/blackstart-control",
    ]);
    // MirrorMaker makes the mirror; the drill makes the others.
    expect(plan.topics.map(({ log }) => log)).to.deep.equal([1, 2, 4]);
    expect(plan.judging).to.deep.include({
      survivingCluster: "standby",
      failedClusters: ["primary"],
      faultStep: "loss",
      failoverStep: "over",
    });
  });

  it("makes a client that fails over into two, the second on the other cluster", () => {
    const plan = planOf(SAMPLE);
    const producers = plan.producers.map(({ name, region, log, start }) => [
      name,
      region,
      log,
      start,
    ]);
    expect(producers).to.deep.equal([
      ["orders-east", "east", 1, "initial"],
      ["orders-west", "west", 2, "failover"],
    ]);
    const consumers = plan.consumers.map(({ name, cluster, logs, start }) => [
      name,
      cluster,
      logs,
      start,
    ]);
    expect(consumers).to.deep.equal([
      ["billing-east", "primary", [1], "initial"],
      ["billing-west", "standby", [3, 2], "failover"],
    ]);
    expect(plan.judging.producers[1]).to.include({ takesOverFrom: 1, control: false });
    expect(plan.judging.readers[1]).to.include({ takesOverFrom: 1, group: "billing" });
  });

  it("has one log for mirror and workload when replication keeps names", () => {
    const plan = planOf(
      spoil(
        "topics: [orders] }",
        "topics: [orders], config: { replication.policy.class: org.apache.kafka.connect.mirror.IdentityReplicationPolicy } }",
      ),
    );
    expect(logsOf(plan)).to.deep.equal([
      "1 workload primary/orders",
      "2 mirror standby/orders 1",
      "3 control standby/blackstart-control",
    ]);
    expect(plan.producers[1]?.log).to.equal(2);
    expect(plan.consumers[1]?.logs).to.deep.equal([2]);
  });
});

describe("logs of a plan with more flows", () => {
  it("mirrors both ways when both clusters write the same topic", () => {
    const text = spoil(
      "minInsync: 2 }",
      "minInsync: 2 }\n    - { name: orders, cluster: standby, partitions: 6, replication: 3, minInsync: 2 }",
      spoil(
        "topics: [orders] }",
        "topics: [orders] }\n    - { kind: mirror-maker-2, from: standby, to: primary, in: east, topics: [orders] }",
        spoil(
          "{ topic: orders, in",
          "{ topic: orders, cluster: primary, in",
          spoil("{ topic: orders, group", "{ topic: orders, cluster: primary, group"),
        ),
      ),
    );
    expect(logsOf(planOf(text)).slice(0, 4)).to.deep.equal([
      "1 workload primary/orders",
      "2 workload standby/orders",
      "3 mirror standby/primary.orders 1",
      "4 mirror primary/standby.orders 2",
    ]);
    expect(planOf(text).watchers.map(({ cluster, region }) => [cluster, region])).to.deep.equal([
      ["standby", "west"],
      ["primary", "east"],
    ]);
  });

  it("stays on a stretched cluster in a failover, its probe where nothing dies, with no log besides", () => {
    const plan = planOf(STRETCHED);
    expect(logsOf(plan)).to.deep.equal([
      "1 workload main/orders",
      "2 loopback loopback:b/blackstart-loopback",
    ]);
    expect(plan.producers.map(({ region, log }) => [region, log])).to.deep.equal([
      ["a", 1],
      ["b", 1],
    ]);
    expect(plan.judging).to.deep.include({ survivingCluster: "main", failedClusters: [] });
    expect(plan.canaries.map(({ name, region }) => [name, region])).to.deep.equal([
      ["canary-main-orders", "b"],
      ["control-loopback-b", "b"],
    ]);
  });
});

describe("clients of a plan", () => {
  it("expects synced offsets only of groups that the flow carries, with sync on", () => {
    const groups = (config: string) =>
      planOf(spoil("topics: [orders] }", `topics: [orders], ${config} }`)).replications[0]
        ?.expectGroups;
    expect(groups("config: {}")).to.deep.equal([]);
    expect(groups("config: { sync.group.offsets.enabled: true }")).to.deep.equal(["billing"]);
    expect(groups("groups: [other], config: { sync.group.offsets.enabled: true }")).to.deep.equal(
      [],
    );
  });

  it("gives each producer of a killed process a successor for each kill, in its own place", () => {
    const kills = [1, 2].map(
      (n) =>
        `  - { id: kill${n}, at: ${n}s, fault: client.kill, clients: producers, in: a, for: 1s }\n`,
    );
    const { producers, judging } = planOf(`${STRETCHED}${kills.join("")}`);
    const heir = ({ name, region, start, ref }: Plan["producers"][number]) => {
      const elder = judging.producers.find(({ id }) => id === ref)?.takesOverFrom;
      const from = producers.find((producer) => producer.ref === elder)?.name;
      return [name, region, start, ...(from ? [`from ${from}`] : [])].join(" ");
    };
    expect(producers.map(heir)).to.deep.equal([
      "orders-a a initial",
      "orders-b b failover from orders-a",
      "orders-a-restarted a restart from orders-a",
      "orders-a-restarted-restarted a restart from orders-a-restarted",
    ]);
    const none = kills.map((step) => step.replace("for: 1s", "restart: false"));
    expect(planOf(`${STRETCHED}${none.join("")}`).producers).to.have.length(2);
  });

  it("keeps the ids of clients, readiness and audits apart", () => {
    const { producers, readers, logs } = planOf(SAMPLE).judging;
    expect(new Set(producers.map(({ id }) => id)).size).to.equal(producers.length);
    expect(new Set(readers.map(({ id }) => id)).size).to.equal(readers.length);
    const audits = readers.filter(({ kind }) => kind === "audit").map(({ id }) => id);
    const wanted = [1, 2].flatMap((pass) => logs.map(({ id }) => auditReader(id, pass)));
    expect(audits).to.deep.equal(wanted);
    const readiness = producers.filter(({ kind }) => kind === "readiness").map(({ log }) => log);
    expect(readiness).to.deep.equal([1, 2]);
  });
});

describe("timeline of a plan", () => {
  it("plans times of steps as they were written", () => {
    const [loss, over] = planOf(STRETCHED).steps;
    expect(loss).to.deep.equal({
      id: "loss",
      label: "region.shutdown a (kill)",
      atMs: 5000,
      after: null,
      type: "fault",
      kind: "region.shutdown",
      params: { region: "a", mode: "kill" },
      forMs: null,
    });
    expect(over).to.deep.include({
      atMs: null,
      after: { steps: ["loss"], plusMs: 2000 },
      from: "a",
      to: "b",
      decisionMs: 0,
      detect: { everyMs: 500, failures: 3, timeoutMs: 1000 },
    });
  });

  it("does not count a region as failed that the plan brings back", () => {
    const healed = spoil("region: east }", "region: east, for: 20s }");
    expect(planOf(healed).judging.failedClusters).to.deep.equal([]);
    const mended = spoil(
      "region: east }",
      "region: east }\n  - { id: mend, after: over, heal: loss }",
    );
    expect(planOf(mended).judging.failedClusters).to.deep.equal([]);
  });

  it("counts what the machine must hold", () => {
    const { memoryMiB } = planOf(SAMPLE);
    const sum = Object.values(memoryMiB.byNode).reduce((total, part) => total + part, 0);
    expect(memoryMiB.total).to.equal(sum);
    expect(memoryMiB.byNode["primary-east-1"]).to.equal(456);
    expect(Object.keys(memoryMiB.byNode)).to.include.members([
      "mm2-primary-standby",
      "gateway east->west",
      "agents west",
    ]);
  });
});
