import { expect } from "chai";
import { batchesOf, chooseFlip, isValid } from "../../../src/fault/segment.ts";
import { topicCorrupt } from "../../../src/fault/topic-corrupt.ts";
import { singleRecordBatch } from "../../../src/kafka/record-batch.ts";
import { FakeRuntime } from "../../../src/runtime/fake/fake-runtime.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const FILE = "/var/lib/kafka/data/orders-0/00000000000000000000.log";
const target = { topic: "orders", cluster: "primary", partition: 0 };

/** A segment of batches of one record each, from offset 0. */
function segmentOf(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, offset) => {
      const batch = singleRecordBatch(Buffer.from("k"), Buffer.from(`value ${offset}`), 1);
      batch.writeBigInt64BE(BigInt(offset), 0);
      return batch;
    }),
  );
}

/** A broker whose tool says of each batch what its CRC is. */
function dump(bytes: Buffer | undefined): string {
  const lines = batchesOf(bytes ?? Buffer.alloc(0)).map((batch) => {
    const valid = isValid(bytes as Buffer, batch);
    return `baseOffset: ${batch.offsetFirst} lastOffset: ${batch.offsetLast} isvalid: ${valid}`;
  });
  return lines.join("\n");
}

async function worldOf(topology = twoRegions(1)): Promise<FaultWorld> {
  const runtime = new FakeRuntime({
    exec: (container, [command]) => {
      const names = [...container.files.keys()].map((path) => path.split("/").at(-1));
      const output = command === "ls" ? names.join("\n") : dump(container.files.get(FILE));
      return { exitCode: 0, output };
    },
  });
  const world = await FaultWorld.of(topology, runtime);
  world.runtime.container(B1).files.set(FILE, segmentOf(5));
  const view = { leader: 1, leaderEpoch: 0, isr: [1], replicas: [1] };
  world.partitions.set("primary/orders", [{ partition: 0, ...view }]);
  world.replies["leaders.elect"] = ({ partitions }) =>
    partitions.map((one) => ({ ...one, errorCode: 84, reason: "not needed" }));
  return world;
}

const bytesIn = (world: FaultWorld) =>
  world.runtime.container(B1).files.get(FILE) ?? Buffer.alloc(0);
const broken = (world: FaultWorld) =>
  batchesOf(bytesIn(world)).filter((batch) => !isValid(bytesIn(world), batch)).length;

describe("topic.corrupt", () => {
  it("flips one bit while the broker is stopped, proves it by two CRCs, and puts it back", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicCorrupt, target);
    expect(broken(world)).to.equal(1);
    const different = [...bytesIn(world)].filter((byte, at) => byte !== segmentOf(5)[at]);
    expect(different).to.have.length(1);
    expect(world.runtime.acts).to.deep.equal([
      "showDead west->east",
      `stop ${B1}`,
      `writeFile ${B1}`,
      `restart ${B1}`,
      "showAlive west->east",
    ]);
    expect(await fault.prove()).to.contain(
      "Kafka's dump of the batch at offset 2 says isvalid: false",
    );
    expect(world.notes).to.deep.equal(["no election of the preferred replica: not needed"]);
    expect(await fault.heal()).to.contain("is right again");
    expect(bytesIn(world).equals(segmentOf(5))).to.equal(true);
  });

  it("interrupted half-way, the broker runs and the bit is put back", async () => {
    const world = await worldOf();
    world.runtime.failNext("writeFile", B1, new Error("no space"), "after");
    expect(await refusal(world.inject(topicCorrupt, target))).to.equal("no space");
    expect(world.states()).to.include({ [B1]: "running" });
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(bytesIn(world).equals(segmentOf(5))).to.equal(true);
    expect(world.runtime.probe("west", B1)).to.equal("answered");
  });

  it("is not proven when the byte did not change, nor when Kafka finds nothing wrong", async () => {
    const world = await worldOf();
    world.runtime.ignoreNext("writeFile", B1);
    const fault = await world.inject(topicCorrupt, target);
    expect(await refusal(fault.prove())).to.contain(", as it was");
    const other = await worldOf();
    const found = await other.inject(topicCorrupt, target);
    other.runtime.exec = async () => ({ exitCode: 0, output: "baseOffset: 2 isvalid: true" });
    expect(await refusal(found.prove())).to.equal(
      "Kafka's own dump finds nothing wrong: baseOffset: 2 isvalid: true",
    );
  });

  it("is not healed while the CRC is wrong", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicCorrupt, target);
    world.runtime.ignoreNext("writeFile", B1);
    expect(await refusal(fault.heal())).to.equal(`${FILE} still has a batch with a wrong CRC`);
  });

  it("fails without a replica, a segment or a record to spoil", async () => {
    const world = await worldOf(twoRegions(2));
    const elsewhere = world.inject(topicCorrupt, { ...target, broker: "primary-east-2" });
    expect(await refusal(elsewhere)).to.equal("primary-east-2 has no replica of orders-0");
    world.runtime.container(B1).files.set(FILE, Buffer.alloc(0));
    expect(await refusal(world.inject(topicCorrupt, target))).to.contain("holds no batch");
    world.runtime.container(B1).files.clear();
    expect(await refusal(world.inject(topicCorrupt, target))).to.contain("has no segment in");
  });

  it("knows partitions and brokers, and what it needs", () => {
    const topics = [{ name: "orders", cluster: "primary", partitions: 3 }];
    const problems = (more: object) =>
      topicCorrupt
        .check({ ...target, ...more }, twoRegions(1), { topics, clients: [] })
        .map(({ message }) => message);
    expect(problems({ broker: B1 })).to.deep.equal([]);
    expect(problems({ partition: 3 })).to.deep.equal(['"orders" has partitions 0 to 2']);
    expect(problems({ broker: "standby-west-1" })).to.deep.equal([
      `no broker named "standby-west-1" in primary; there are ${B1}`,
    ]);
    expect(topicCorrupt.needs(target)).to.deep.equal(["stop", "start", "exec", "files"]);
    expect(topicCorrupt.reach(target, twoRegions(1)).targets).to.deep.equal(["leader of orders-0"]);
  });
});

describe(chooseFlip.name, () => {
  it("takes a bit of the value in the middle batch, and leaves the frame alone", () => {
    const bytes = segmentOf(5);
    const flip = chooseFlip(bytes);
    expect(flip?.batch.offsetFirst).to.equal(2);
    expect(String.fromCharCode(flip?.was ?? 0)).to.equal("2");
    expect((flip?.was ?? 0) ^ (flip?.is ?? 0)).to.equal(1);
  });

  it("passes over what is cut off, compressed, a marker or broken already", () => {
    expect(batchesOf(segmentOf(2).subarray(0, -3))).to.have.length(1);
    for (const attributes of [1, 0x20]) {
      const bytes = segmentOf(1);
      bytes.writeInt16BE(attributes, 21);
      expect(chooseFlip(bytes)).to.equal(undefined);
    }
    const bytes = segmentOf(1);
    bytes[bytes.length - 2] = 0;
    expect(chooseFlip(bytes)).to.equal(undefined);
  });
});
