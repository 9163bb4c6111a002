import { PassThrough } from "node:stream";
import { expect } from "chai";
import { outliveReaders } from "../../../src/cli/broken-pipe.ts";

const failure = (code: string) => Object.assign(new Error(`write ${code}`), { code });

describe("a reader of our output that went away", () => {
  it("ends nothing: a drill under way has faults to heal", () => {
    const output = new PassThrough();
    outliveReaders(output);
    expect(() => output.emit("error", failure("EPIPE"))).to.not.throw();
    expect(() => output.emit("error", failure("EPIPE"))).to.not.throw();
  });

  it("is told from output that cannot be written for another reason", () => {
    const output = new PassThrough();
    outliveReaders(output);
    expect(() => output.emit("error", failure("ENOSPC"))).to.throw("ENOSPC");
  });
});
