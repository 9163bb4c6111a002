/** What every runtime promises of the files of its containers, alive or dead. */
import { expect } from "chai";
import { type ContractWorld, EAST } from "../support/contract-world.ts";
import { refusal } from "../support/fault-world.ts";

const COPY = "/var/lib/kafka/copy";

export function files(world: () => ContractWorld): void {
  before(async () => {
    await world().runtime.exec(EAST, ["cp", "/etc/hostname", COPY]);
  });

  it("is read and written while its container is dead, byte for byte", async () => {
    const { runtime } = world();
    const found = await runtime.readFile(EAST, COPY);
    await runtime.kill(EAST);
    await runtime.writeFile(EAST, COPY, Buffer.from(found).reverse());
    expect([...(await runtime.readFile(EAST, COPY))]).to.deep.equal([...found].reverse());
    await runtime.restart(EAST);
    await world().answers("east", EAST);
    expect([...(await runtime.readFile(EAST, COPY))]).to.deep.equal([...found].reverse());
    await world().answers("west", EAST);
  });

  it("keeps its length, and must be there", async () => {
    const { runtime } = world();
    const longer = runtime.writeFile(EAST, COPY, Buffer.alloc(1000));
    expect(await refusal(longer)).to.match(/has [1-9]\d* bytes, and 1000 were to be written/);
    expect(await refusal(runtime.readFile(EAST, `${COPY}.none`))).to.not.equal("");
  });
}
