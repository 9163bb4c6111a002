import { expect } from "chai";
import { DIFFER } from "../../../src/kernel/comparing-code.ts";
import { wasmFactory } from "../../../src/kernel/web-assembly.ts";

describe("the code that compares", () => {
  it("finds a difference in any byte of a stretch, at any length, and none beside it", () => {
    const { memory, functions } = wasmFactory([DIFFER], 1000)();
    const same = (...stretches: [number, number, number]) => functions.differ(...stretches) === 0;
    const pattern = Uint8Array.from({ length: 300 }, (_, at) => at * 37 + 1);
    for (let bytes = 0; bytes <= 300; bytes += 1) {
      const [left, right] = [101 + (bytes % 3), 600 + (bytes % 7)];
      memory.fill(0xaa, 0, 500);
      memory.fill(0x55, 500, 1000);
      memory.set(pattern.subarray(0, bytes), left);
      memory.set(pattern.subarray(0, bytes), right);
      expect(same(left, right, bytes), `${bytes} bytes`).to.equal(true);
      for (let at = 0; at < bytes; at += 1) {
        for (const bit of [1, 128]) {
          memory[left + at] = (memory[left + at] as number) ^ bit;
          expect(same(left, right, bytes), `byte ${at} of ${bytes}`).to.equal(false);
          memory[left + at] = (memory[left + at] as number) ^ bit;
        }
      }
    }
  });
});
