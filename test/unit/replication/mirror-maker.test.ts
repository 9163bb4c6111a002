import { expect } from "chai";
import {
  carriesGroup,
  carriesTopic,
  compileReplication,
  isOwnedKey,
  keepsNames,
  type MirrorMakerSpec,
  mirroredTopic,
  routeKey,
  syncsGroupOffsets,
} from "../../../src/replication/mirror-maker.ts";
import { compileTopology } from "../../../src/topology/compile.ts";

function specOf(changes: Partial<MirrorMakerSpec> = {}): MirrorMakerSpec {
  return {
    from: "primary",
    to: "standby",
    in: "west",
    topics: ["orders"],
    groups: [".*"],
    ...changes,
  };
}

function configOf(changes: Partial<MirrorMakerSpec> = {}, standbyBrokers = 3) {
  const clusters = {
    primary: { kafka: "4.3.1", brokers: { east: 3 } },
    standby: { kafka: "4.3.1", brokers: { west: standbyBrokers } },
  };
  const topology = compileTopology({ regions: ["east", "west"], clusters, links: [] }, "r1");
  return compileReplication(specOf(changes), topology, 0).config;
}

describe(compileReplication.name, () => {
  it("takes a whole file as it stands, and adds addresses only", () => {
    const properties = "clusters = primary, standby\ntasks.max = 4\ntopics = .*\n";
    const config = configOf({ properties });
    const added = Object.keys(config).filter((key) => !key.endsWith("plugin.discovery"));
    expect(added.sort()).to.deep.equal([
      "clusters",
      "primary.bootstrap.servers",
      "standby.bootstrap.servers",
      "tasks.max",
      "topics",
    ]);
    expect(syncsGroupOffsets(specOf({ properties }))).to.equal(false);
    const synced = `${properties}primary->standby.sync.group.offsets.enabled = true\n`;
    expect(syncsGroupOffsets(specOf({ properties: synced }))).to.equal(true);
  });

  it("enables one flow, and no herder for the way back", () => {
    expect(configOf()).to.include({
      clusters: "primary, standby",
      "primary.bootstrap.servers": "primary-east-1:19101,primary-east-2:19102,primary-east-3:19103",
      "primary->standby.enabled": "true",
      "primary->standby.topics": "orders",
      "standby->primary.enabled": "false",
      "standby->primary.emit.heartbeats.enabled": "false",
    });
  });

  it("keeps MirrorMaker's own semantics unless the experiment sets others", () => {
    const settled = /sync|checkpoints\.interval|refresh|offset\.lag|tasks|policy|flush/;
    const ours = Object.keys(configOf()).filter((key) => settled.test(key));
    expect(ours).to.deep.equal(["primary->standby.offset-syncs.topic.replication.factor"]);
  });

  it("starts fast: service loader at the top and for the worker, one-partition topics", () => {
    expect(configOf()).to.include({
      "plugin.discovery": "service_load",
      "standby.plugin.discovery": "service_load",
      "standby.offset.storage.partitions": "1",
      "standby.status.storage.partitions": "1",
    });
  });

  it("replicates as far as each cluster has brokers", () => {
    const config = configOf({}, 1);
    expect(config["primary->standby.replication.factor"]).to.equal("1");
    expect(config["standby.offset.storage.replication.factor"]).to.equal("1");
    // On the source cluster, unless it is told to go to the target.
    const key = "primary->standby.offset-syncs.topic.replication.factor";
    expect(config[key]).to.equal("3");
    const moved = configOf({ config: { "offset-syncs.topic.location": "target" } }, 1);
    expect(moved[key]).to.equal("1");
  });

  it("gives the experiment the last word", () => {
    const config = configOf({
      config: { "replication.factor": 2, "offset.storage.partitions": 25, "tasks.max": 4 },
    });
    expect(config).to.include({
      "primary->standby.replication.factor": "2",
      "standby.offset.storage.partitions": "25",
      "primary->standby.tasks.max": "4",
    });
  });
});

describe(routeKey.name, () => {
  const routes: [key: string, goes: string][] = [
    ["sync.group.offsets.enabled", "primary->standby.sync.group.offsets.enabled"],
    ["offset.lag.max", "primary->standby.offset.lag.max"],
    ["offset-syncs.topic.location", "primary->standby.offset-syncs.topic.location"],
    ["heartbeats.topic.replication.factor", "primary->standby.heartbeats.topic.replication.factor"],
    ["consumer.max.poll.records", "primary->standby.consumer.max.poll.records"],
    ["producer.override.linger.ms", "primary->standby.producer.override.linger.ms"],
    ["producer.linger.ms", "standby.producer.linger.ms"],
    ["offset.flush.interval.ms", "standby.offset.flush.interval.ms"],
    ["scheduled.rebalance.max.delay.ms", "standby.scheduled.rebalance.max.delay.ms"],
    ["replication.policy.class", "replication.policy.class"],
    ["primary.consumer.max.poll.records", "primary.consumer.max.poll.records"],
    ["standby->primary.emit.heartbeats.enabled", "standby->primary.emit.heartbeats.enabled"],
  ];
  for (const [key, goes] of routes) {
    it(`${key} to ${goes}`, () => expect(routeKey(key, "primary", "standby")).to.equal(goes));
  }
});

describe(isOwnedKey.name, () => {
  it("knows what the experiment says by keys of its own", () => {
    for (const key of [
      "topics",
      "a->b.groups",
      "b->a.enabled",
      "a.bootstrap.servers",
      "clusters",
    ]) {
      expect(isOwnedKey(key), key).to.equal(true);
    }
    for (const key of ["topics.exclude", "a->b.topics.exclude", "sync.topic.acls.enabled"]) {
      expect(isOwnedKey(key), key).to.equal(false);
    }
  });
});

describe(mirroredTopic.name, () => {
  it("follows the replication policy and its separator", () => {
    expect(mirroredTopic(specOf(), "orders")).to.equal("primary.orders");
    const dashed = specOf({ config: { "replication.policy.separator": "-" } });
    expect(mirroredTopic(dashed, "orders")).to.equal("primary-orders");
    const policy = "org.apache.kafka.connect.mirror.IdentityReplicationPolicy";
    const identity = specOf({ config: { "replication.policy.class": policy } });
    expect(mirroredTopic(identity, "orders")).to.equal("orders");
    expect(keepsNames(identity)).to.equal(true);
  });
});

describe(carriesTopic.name, () => {
  it("matches whole names by pattern, less what MirrorMaker excludes", () => {
    expect(carriesTopic(specOf(), "orders")).to.equal(true);
    expect(carriesTopic(specOf(), "orders-2")).to.equal(false);
    expect(carriesTopic(specOf({ topics: ["a", "ord.*"] }), "orders-2")).to.equal(true);
    const everything = specOf({ topics: [".*"] });
    for (const name of ["__consumer_offsets", "mm2-offset-syncs.b.internal", "x.replica"]) {
      expect(carriesTopic(everything, name), name).to.equal(false);
    }
    const narrowed = specOf({ topics: [".*"], config: { "topics.exclude": "ord.*" } });
    expect(carriesTopic(narrowed, "orders")).to.equal(false);
  });
});

describe(carriesGroup.name, () => {
  it("excludes the groups of tools by default", () => {
    expect(carriesGroup(specOf(), "billing")).to.equal(true);
    expect(carriesGroup(specOf(), "connect-x")).to.equal(false);
  });
});

describe(syncsGroupOffsets.name, () => {
  it("is off unless it is set, wherever it is set", () => {
    expect(syncsGroupOffsets(specOf())).to.equal(false);
    expect(syncsGroupOffsets(specOf({ config: { "sync.group.offsets.enabled": true } }))).to.equal(
      true,
    );
    const key = "primary->standby.sync.group.offsets.enabled";
    expect(syncsGroupOffsets(specOf({ config: { [key]: "true" } }))).to.equal(true);
  });
});
