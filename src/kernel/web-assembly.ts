/**
 * A small assembler for WebAssembly: functions written as expressions, operands before operations,
 * and made into a module when they are wanted (decision 0023). Of the language it has what its users
 * use: 32-bit integers, some 64-bit and vector operations, blocks, loops and conditions.
 *
 * Blocks and loops are jumped to by their label; how many scopes lie between is counted here. Whether
 * types fit is said by the engine, which refuses a module that is wrong.
 */
import assert from "node:assert";

/** A jump to it leaves a block, or begins a loop again. */
type Label = symbol;

type Part = number | { opens: Label } | { closes: true } | { to: Label };
export type Code = readonly Part[];

export interface WasmFunction {
  name: string;
  /** Parameters and result are 32-bit integers. */
  parameters: number;
  /** Locals after the parameters: 32-bit ones first, then vectors. */
  integers?: number;
  vectors?: number;
  code: Code;
}

const I32 = 0x7f;
const V128 = 0x7b;
const NO_VALUE = 0x40;
const END = 0x0b;
const OP = { block: 0x02, loop: 0x03, when: 0x04, jump: 0x0c, jumpIf: 0x0d, call: 0x10 } as const;
const VECTOR = 0xfd;
export const PAGE_BYTES = 65_536;

/** LEB128 of a number that is not negative. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** LEB128 of a 32-bit integer with its sign. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const isLast = rest >> 6 === 0 || rest >> 6 === -1;
    if (isLast) return [...bytes, rest & 0x7f];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

const binary =
  (...opcode: number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode];
const unary =
  (...opcode: number[]) =>
  (operand: Code): Code => [...operand, ...opcode];
/** `at` more may be said beside the address. Memory may be read anywhere, no alignment is claimed. */
const loadBy =
  (...opcode: number[]) =>
  (address: Code, at = 0): Code => [...address, ...opcode, 0, ...unsigned(at)];
const storeBy =
  (...opcode: number[]) =>
  (address: Code, value: Code, at = 0): Code => [
    ...address,
    ...value,
    ...opcode,
    0,
    ...unsigned(at),
  ];

/** A 32-bit constant. */
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const multiply = binary(0x6c);
export const and = binary(0x71);
export const or = binary(0x72);
export const shiftLeft = binary(0x74);
/** Zeros come in from the left. */
export const shiftRight = binary(0x76);
export const differs = binary(0x47);
export const isZero = unary(0x45);
/** Both as numbers with a sign, and both as numbers without. */
export const less = binary(0x48);
export const lessUnsigned = binary(0x49);
export const greater = binary(0x4a);
export const greaterUnsigned = binary(0x4b);
export const load = loadBy(0x28);
export const loadByte = loadBy(0x2d);
export const store = storeBy(0x36);
export const xor = (first: Code, ...others: Code[]): Code =>
  [first, ...others.map((other) => [...other, 0x73])].flat();

/** Of 64 bits. */
export const load64 = loadBy(0x29);
export const store64 = storeBy(0x37);
export const differs64 = binary(0x52);

export const loadVector = loadBy(VECTOR, 0x00);
export const xorVector = binary(VECTOR, 0x51);
export const orVector = binary(VECTOR, 0x50);
export const anyBit = unary(VECTOR, 0x53);

function scope(opcode: number, body: (label: Label) => Code): Code {
  const label = Symbol();
  return [opcode, NO_VALUE, { opens: label }, ...body(label), END, { closes: true }];
}

/** A jump to its label leaves it. */
export const block = (body: (label: Label) => Code): Code => scope(OP.block, body);
/** A jump to its label begins it again; without one it ends. */
export const loop = (body: (label: Label) => Code): Code => scope(OP.loop, body);
export const when = (condition: Code, ...body: Code[]): Code => [
  ...condition,
  ...scope(OP.when, () => body.flat()),
];
export const jump = (to: Label): Code => [OP.jump, { to }];
export const jumpIf = (to: Label, condition: Code): Code => [...condition, OP.jumpIf, { to }];
/** Ends the function. */
export const give = (result: Code): Code => [...result, 0x0f];
/** Calls a function of the same module by its number there. */
export const call = (index: number, ...operands: Code[]): Code => [
  ...operands.flat(),
  OP.call,
  ...unsigned(index),
];

/** Bytes, with every jump's label told by the scopes between. */
function resolve(code: Code): number[] {
  const bytes: number[] = [];
  const scopes: Label[] = [];
  for (const part of code) {
    if (typeof part === "number") bytes.push(part);
    else if ("opens" in part) scopes.push(part.opens);
    else if ("closes" in part) scopes.pop();
    else {
      const at = scopes.lastIndexOf(part.to);
      assert(at >= 0, "a jump out of every scope");
      bytes.push(...unsigned(scopes.length - 1 - at));
    }
  }
  return bytes;
}

const vector = (items: number[][]) => [...unsigned(items.length), ...items.flat()];
const text = (name: string) => [...unsigned(name.length), ...Buffer.from(name)];
const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];

function bodyOf({ integers = 0, vectors = 0, code }: WasmFunction): number[] {
  const locals = vector([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ]);
  const body = [...locals, ...resolve(code), END];
  return [...unsigned(body.length), ...body];
}

function moduleBytes(functions: WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [I32])),
    ...vector([[I32]]),
  ]);
  const exported = functions.map(({ name }, n) => [...text(name), 0, ...unsigned(n)]);
  return Uint8Array.from([
    ...[...Buffer.from("\0asm"), 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, n) => unsigned(n)))),
    ...section(5, vector([[0, ...unsigned(pages)]])),
    ...section(7, vector([[...text("memory"), 2, 0], ...exported])),
    ...section(10, vector(functions.map(bodyOf))),
  ]);
}

// Neither the language's types nor Node's name it; this is what is used of it.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object) => { exports: object };
};

type Entry = (...numbers: number[]) => number;

export interface WasmInstance<Name extends string> {
  /** At least the bytes that were asked for, zeros at first. */
  memory: Uint8Array;
  functions: Record<Name, Entry>;
}

/**
 * Gives instances of a module, each with a memory of its own. The module is compiled once, when the
 * first is asked for: what the engine has learned to run fast stays so for all.
 */
export function wasmFactory<Name extends string>(
  functions: (WasmFunction & { name: Name })[],
  bytes: number,
): () => WasmInstance<Name> {
  let code: object | undefined;
  return () => {
    code ??= new WebAssembly.Module(moduleBytes(functions, Math.ceil(bytes / PAGE_BYTES)));
    const { memory, ...entries } = new WebAssembly.Instance(code).exports as {
      memory: { buffer: ArrayBuffer };
    };
    return { memory: new Uint8Array(memory.buffer), functions: entries as Record<Name, Entry> };
  };
}
