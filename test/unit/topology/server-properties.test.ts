import { expect } from "chai";
import { compileTopology } from "../../../src/topology/compile.ts";
import { propertiesText } from "../../../src/topology/properties-text.ts";
import { OWNED_KEYS, serverProperties } from "../../../src/topology/server-properties.ts";

function configsOf(kafka: string, brokers: number, controllers?: number, config = {}) {
  const cluster = {
    kafka,
    brokers: { east: brokers },
    controllers: controllers === undefined ? undefined : { east: controllers },
    config,
  };
  const spec = { regions: ["east"], clusters: { main: cluster }, links: [] };
  return compileTopology(spec, "r1").nodes.map((node) => node.config);
}

describe(serverProperties.name, () => {
  it("binds everywhere and advertises the node's own name and port", () => {
    const [config] = configsOf("4.3.1", 1);
    expect(config).to.include({
      listeners: "PLAINTEXT://0.0.0.0:19101,CONTROLLER://0.0.0.0:29101",
      "advertised.listeners": "PLAINTEXT://main-east-1:19101,CONTROLLER://main-east-1:29101",
      "controller.quorum.voters": "1@main-east-1:29101",
      "broker.rack": "east",
      "log.dirs": "/var/lib/kafka/data",
    });
  });

  it("gives broker and controller what each may have", () => {
    const [broker, controller] = configsOf("4.3.1", 1, 1);
    expect(broker?.["process.roles"]).to.equal("broker");
    expect(broker?.["listeners"]).to.equal("PLAINTEXT://0.0.0.0:19101");
    expect(broker).not.to.have.property("default.replication.factor");
    expect(controller?.["process.roles"]).to.equal("controller");
    expect(controller?.["listeners"]).to.equal("CONTROLLER://0.0.0.0:29102");
    expect(controller).not.to.have.property("inter.broker.listener.name");
  });

  it("advertises a controller's listener only to versions that allow it", () => {
    const advertised = (kafka: string) => configsOf(kafka, 1)[0]?.["advertised.listeners"];
    expect(advertised("3.8.1")).to.equal("PLAINTEXT://main-east-1:19101");
    expect(advertised("3.9.2")).to.contain("CONTROLLER://main-east-1:29101");
    expect(configsOf("3.8.1", 1, 1)[1]).not.to.have.property("advertised.listeners");
  });

  it("replicates internal topics as far as there are brokers", () => {
    const facts = (brokers: number) => {
      const [config] = configsOf("4.3.1", brokers);
      return [config?.["offsets.topic.replication.factor"], config?.["min.insync.replicas"]];
    };
    expect(facts(1)).to.deep.equal(["1", "1"]);
    expect(facts(2)).to.deep.equal(["2", "1"]);
    expect(facts(5)).to.deep.equal(["3", "2"]);
  });

  it("sets share-group topics for Kafka 4 only", () => {
    const key = "share.coordinator.state.topic.num.partitions";
    expect(configsOf("4.3.1", 1)[0]).to.have.property(key);
    expect(configsOf("3.9.2", 1)[0]).not.to.have.property(key);
  });

  it("leaves Kafka's timeouts alone, unless the experiment sets them", () => {
    const timeouts = (config: object | undefined) =>
      Object.keys(config ?? {}).filter((key) => /timeout|session|heartbeat|lag\.time/.test(key));
    expect(timeouts(configsOf("4.3.1", 3)[0])).to.deep.equal([]);
    const set = configsOf("4.3.1", 3, undefined, { "broker.session.timeout.ms": 4500 })[0];
    expect(set).to.include({ "broker.session.timeout.ms": "4500" });
  });

  it("lets the experiment have the last word on everything it does not own", () => {
    const [config] = configsOf("4.3.1", 3, undefined, {
      "num.io.threads": 16,
      "min.insync.replicas": 1,
    });
    expect(config).to.include({ "num.io.threads": "16", "min.insync.replicas": "1" });
    expect(OWNED_KEYS).to.include.members(["node.id", "listeners", "controller.quorum.voters"]);
  });
});

describe(propertiesText.name, () => {
  it("writes what Java reads back", () => {
    expect(propertiesText({ a: "b", "k=1 x": "v=1 # not a comment" })).to.equal(
      "a=b\nk\\=1\\ x=v=1 # not a comment\n",
    );
    expect(propertiesText({ t: ".*\\.replica" })).to.equal("t=.*\\\\.replica\n");
    expect(propertiesText({ t: " x\ny é 😀" })).to.equal("t=\\ x\\ny \\u00e9 \\ud83d\\ude00\n");
  });
});
