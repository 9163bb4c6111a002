import { expect } from "chai";
import { fileIn } from "../../../../src/runtime/docker/container-files.ts";

const BLOCK = 512;

/** A tar header with what is read of it, and the content after it. */
function entry(type: string, content: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write("name", 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write(type, 156);
  const padded = Buffer.alloc(Math.ceil(content.length / BLOCK) * BLOCK);
  padded.write(content);
  return Buffer.concat([header, padded]);
}

describe(fileIn.name, () => {
  it("finds the bytes of the regular file behind headers of other kinds", () => {
    const archive = Buffer.concat([entry("x", "k".repeat(600)), entry("0", "content")]);
    const { from, to } = fileIn(archive, "/a");
    expect(archive.toString("latin1", from, to)).to.equal("content");
  });

  it("refuses a folder, and an archive of nothing", () => {
    expect(() => fileIn(entry("5", ""), "/a")).to.throw("/a is no regular file");
    expect(() => fileIn(Buffer.alloc(2 * BLOCK), "/a")).to.throw("/a is no regular file");
  });
});
