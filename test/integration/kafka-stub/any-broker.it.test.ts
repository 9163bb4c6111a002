/** Goal: who asks a cluster again and again loses no time at a broker that is gone. */
import { once } from "node:events";
import net from "node:net";
import { expect } from "chai";
import { fetchMetadata, topicOf, withAnyBroker } from "../../../src/kafka/cluster-requests.ts";
import { StubCluster } from "./stub-cluster.ts";

const ask = (bootstrap: string[]) =>
  withAnyBroker(bootstrap, "test", async (connection) =>
    topicOf(await fetchMetadata(connection, null), "t"),
  );

describe(withAnyBroker.name, () => {
  it("asks the one first that answered last, and the others when that one is gone", async () => {
    let calls = 0;
    const gone = net.createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    gone.listen(0, "127.0.0.1");
    await once(gone, "listening");
    await using cluster = await StubCluster.start("t", 2, [0]);
    try {
      const [first = "", second = ""] = cluster.bootstrap;
      const bootstrap = [`127.0.0.1:${(gone.address() as net.AddressInfo).port}`, first, second];
      for (let time = 0; time < 3; time += 1)
        expect(await ask(bootstrap)).to.include({ name: "t" });
      expect(calls).to.equal(1);
      await cluster.brokers.shift()?.close();
      for (let time = 0; time < 3; time += 1)
        expect(await ask(bootstrap)).to.include({ name: "t" });
      expect(calls).to.equal(2);
    } finally {
      gone.close();
      await once(gone, "close");
    }
  });
});
