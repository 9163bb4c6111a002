import { expect } from "chai";
import { ComparingMemory } from "../../../src/kernel/comparing-memory.ts";

describe(ComparingMemory.name, () => {
  it("finds a difference in any byte of a stretch, at any length, and none beside it", () => {
    const memory = new ComparingMemory(1000);
    const pattern = Uint8Array.from({ length: 80 }, (_, at) => at * 37 + 1);
    for (let bytes = 0; bytes <= 70; bytes += 1) {
      const [left, right] = [101 + (bytes % 3), 500 + (bytes % 7)];
      memory.bytes.fill(0xaa, 0, 400);
      memory.bytes.fill(0x55, 400, 1000);
      memory.bytes.set(pattern.subarray(0, bytes), left);
      memory.bytes.set(pattern.subarray(0, bytes), right);
      expect(memory.same(left, right, bytes), `${bytes} bytes`).to.equal(true);
      for (let at = 0; at < bytes; at += 1) {
        for (const bit of [1, 128]) {
          memory.bytes[left + at] = (memory.bytes[left + at] as number) ^ bit;
          expect(memory.same(left, right, bytes), `byte ${at} of ${bytes}`).to.equal(false);
          memory.bytes[left + at] = (memory.bytes[left + at] as number) ^ bit;
        }
      }
    }
  });

  it("has the room that was asked for, up to what its code can say", () => {
    expect(new ComparingMemory(65_537).bytes.length).to.equal(131_072);
    expect(() => new ComparingMemory(128 * 65_536)).to.throw("fit one byte");
  });
});
