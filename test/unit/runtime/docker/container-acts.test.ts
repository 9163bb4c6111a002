/**
 * Goal: a kernel that could not freeze a container at once is asked again, nothing else is tried twice;
 * a container that is gone holds no memory.
 */
import { expect } from "chai";
import type Docker from "dockerode";
import { memoryOf, pauseContainer } from "../../../../src/runtime/docker/container-acts.ts";

/** A container that answers so many pauses with an error; counts them. */
function stubborn(failures: number, message: string) {
  const asked = { times: 0, paused: false };
  const container = {
    inspect: async () => ({ State: { Paused: asked.paused } }),
    pause: async () => {
      asked.times += 1;
      if (asked.times <= failures) throw new Error(message);
      asked.paused = true;
    },
  } as unknown as Docker.Container;
  return { asked, container };
}

const BUSY = "OCI runtime pause failed: unable to freeze: unknown";

describe(pauseContainer.name, () => {
  it("asks again when the kernel could not freeze every process in time", async () => {
    const { asked, container } = stubborn(2, BUSY);
    await pauseContainer(container);
    expect(asked).to.deep.equal({ times: 3, paused: true });
  });

  it("gives up with the engine's words", async () => {
    const { asked, container } = stubborn(99, BUSY);
    const error = await pauseContainer(container).catch((thrown: Error) => thrown);
    expect(error).to.be.an("error").with.property("message", BUSY);
    expect(asked.times).to.equal(5);
  });

  it("does not try again what failed for another reason", async () => {
    const { asked, container } = stubborn(1, "no such container");
    const error = await pauseContainer(container).catch((thrown: Error) => thrown);
    expect(error).to.be.an("error").with.property("message", "no such container");
    expect(asked.times).to.equal(1);
  });

  it("leaves alone what is frozen", async () => {
    const { asked, container } = stubborn(0, BUSY);
    asked.paused = true;
    await pauseContainer(container);
    expect(asked.times).to.equal(0);
  });
});

describe(memoryOf.name, () => {
  const container = (stats: () => Promise<object>) => ({ stats }) as unknown as Docker.Container;
  const failing = (statusCode: number) =>
    container(() => Promise.reject(Object.assign(new Error("no"), { statusCode })));

  it("leaves the page cache out, and is 0 of what does not run or is gone", async () => {
    const usage = { usage: 50, stats: { inactive_file: 20 } };
    expect(await memoryOf(container(async () => ({ memory_stats: usage })))).to.equal(30);
    expect(await memoryOf(container(async () => ({ memory_stats: {} })))).to.equal(0);
    expect(await memoryOf(container(async () => ({})))).to.equal(0);
    expect(await memoryOf(failing(404))).to.equal(0);
  });

  it("throws what else the engine says", async () => {
    const error = await memoryOf(failing(500)).catch((thrown: Error) => thrown);
    expect(error).to.be.an("error").with.property("message", "no");
  });
});
