import { expect } from "chai";
import {
  add,
  block,
  call,
  constant,
  get,
  isZero,
  jump,
  jumpIf,
  load,
  loop,
  multiply,
  set,
  store,
  subtract,
  wasmFactory,
  when,
} from "../../../src/kernel/web-assembly.ts";

/** `n!`, with jumps over more than one scope. */
const factorial = {
  name: "factorial" as const,
  parameters: 1,
  integers: 1,
  code: [
    ...set(1, constant(1)),
    ...block((done) =>
      loop((again) => [
        ...when(isZero(get(0)), jump(done)),
        ...set(1, multiply(get(1), get(0))),
        ...set(0, subtract(get(0), constant(1))),
        ...jump(again),
      ]),
    ),
    ...get(1),
  ],
};

const same = (value: number) => ({ name: `c${value}`, parameters: 0, code: constant(value) });

describe(wasmFactory.name, () => {
  it("makes functions that jump out of scopes, and call one another", () => {
    const twice = {
      name: "twice" as const,
      parameters: 1,
      code: add(call(0, get(0)), call(0, get(0))),
    };
    const { functions } = wasmFactory([factorial, twice], 1)();
    expect([0, 1, 5, 10].map((n) => functions.factorial(n))).to.deep.equal([1, 1, 120, 3_628_800]);
    expect(functions.twice(5)).to.equal(240);
  });

  it("writes constants of every size and sign", () => {
    const all = [0, 1, 63, 64, 127, 128, 8191, 8192, 2 ** 31 - 1].flatMap((n) => [n, ~n]);
    const { functions } = wasmFactory(all.map(same), 1)();
    for (const n of all) expect(functions[`c${n}`]?.()).to.equal(n);
  });

  it("gives each instance a memory of its own, of whole pages and zeros", () => {
    const keep = { name: "keep" as const, parameters: 1, code: [] as readonly number[] };
    const swap = {
      ...keep,
      code: [...store(constant(65_532), get(0)), ...load(constant(32), 65_500)],
    };
    const make = wasmFactory([swap], 65_537);
    const [one, other] = [make(), make()];
    expect(one.memory.length).to.equal(131_072);
    expect(one.functions.keep(-7)).to.equal(-7);
    expect([one.memory[65_532], other.memory[65_532]]).to.deep.equal([0xf9, 0]);
  });

  it("refuses a jump that leads out of every scope", () => {
    let outer = jump(Symbol());
    block((label) => {
      outer = jump(label);
      return [];
    });
    const wrong = { name: "wrong", parameters: 1, code: [...outer, ...jumpIf(Symbol(), get(0))] };
    expect(() => wasmFactory([wrong], 1)()).to.throw("out of every scope");
  });
});
