/**
 * Whether two stretches of WebAssembly's memory differ, 16 bytes at once (decision 0023).
 *
 * `Buffer.compare` takes 80 ns for 60 bytes, nearly all of it for the way into native code, and a
 * loop in JavaScript takes 1 ns a byte.
 */
import {
  add,
  anyBit,
  block,
  constant,
  get,
  give,
  isZero,
  jump,
  jumpIf,
  less,
  lessUnsigned,
  loadByte,
  loadVector,
  loop,
  or,
  orVector,
  set,
  subtract,
  type WasmFunction,
  when,
  xor,
  xorVector,
} from "./web-assembly.ts";

const VECTOR_BYTES = 16;
const [LEFT, RIGHT, BYTES, LAST, BITS, DIFFERENCE] = [0, 1, 2, 3, 4, 5] as const;

/** What differs in the vectors from both places on is put to `DIFFERENCE`. */
const compareVectors = (left = get(LEFT), right = get(RIGHT), at = 0) =>
  set(
    DIFFERENCE,
    orVector(get(DIFFERENCE), xorVector(loadVector(left, at), loadVector(right, at))),
  );
const goOn = (bytes: number) => [
  ...set(LEFT, add(get(LEFT), constant(bytes))),
  ...set(RIGHT, add(get(RIGHT), constant(bytes))),
];

/** Fewer bytes than a vector has, one by one. */
const few = when(
  lessUnsigned(get(BYTES), constant(VECTOR_BYTES)),
  block((done) =>
    loop((again) => [
      ...jumpIf(done, isZero(get(BYTES))),
      ...set(BYTES, subtract(get(BYTES), constant(1))),
      ...set(
        BITS,
        or(
          get(BITS),
          xor(loadByte(add(get(LEFT), get(BYTES))), loadByte(add(get(RIGHT), get(BYTES)))),
        ),
      ),
      ...jump(again),
    ]),
  ),
  give(get(BITS)),
);

/** `differ(left, right, bytes)`: 0 when the stretches are equal, another number when they differ. */
export const DIFFER: WasmFunction & { name: "differ" } = {
  name: "differ",
  parameters: 3,
  integers: 2,
  vectors: 1,
  code: [
    ...few,
    // Where the last vector begins, which may overlap the one before it.
    ...set(LAST, subtract(add(get(LEFT), get(BYTES)), constant(VECTOR_BYTES))),
    ...block((done) =>
      loop((again) => [
        ...jumpIf(done, less(subtract(get(LAST), get(LEFT)), constant(4 * VECTOR_BYTES))),
        ...[0, 1, 2, 3].flatMap((n) => compareVectors(get(LEFT), get(RIGHT), n * VECTOR_BYTES)),
        ...goOn(4 * VECTOR_BYTES),
        ...jump(again),
      ]),
    ),
    ...block((done) =>
      loop((again) => [
        ...jumpIf(done, less(subtract(get(LAST), get(LEFT)), constant(1))),
        ...compareVectors(),
        ...goOn(VECTOR_BYTES),
        ...jump(again),
      ]),
    ),
    // RIGHT goes on by LAST - LEFT, which is negative or zero.
    ...compareVectors(get(LAST), add(get(RIGHT), subtract(get(LAST), get(LEFT)))),
    ...anyBit(get(DIFFERENCE)),
  ],
};
