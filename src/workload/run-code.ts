/**
 * Takes records where a fetch left them, many in one call, in WebAssembly (decision 0023).
 *
 * `run` finds record after record in a batch and takes them as long as each is sound, of one stream,
 * and the next of it at the next offset: that is what nearly all records of a drill are. It stops
 * before the first that is not, and before whatever it does not understand, an unusual length for
 * one: somebody who takes records one by one, and names defects, goes on from there.
 */
import { DIFFER } from "../kernel/comparing-code.ts";
import {
  add,
  and,
  block,
  type Code,
  call,
  constant,
  differs,
  get,
  greater,
  greaterUnsigned,
  isZero,
  jump,
  jumpIf,
  lessUnsigned,
  load,
  load64,
  loadByte,
  loop,
  set,
  shiftLeft,
  shiftRight,
  store,
  store64,
  subtract,
  type WasmFunction,
  when,
  xor,
} from "../kernel/web-assembly.ts";
import { SOUND } from "./record-code.ts";
import { MEMORY, TEMPLATE, WORD } from "./record-memory.ts";

/** By its number in the module. */
const SOUND_INDEX = 1;

type Jump = Parameters<typeof jumpIf>[0];

/** Reads a zigzag varint of at most 21 bits at `at`, which goes on; a longer one jumps away. */
function readVarint(into: number, at: number, longer: Jump): Code {
  const next = (shift: number) => [
    ...set(into, xor(get(into), shiftLeft(loadByte(get(at)), constant(shift)))),
    ...set(at, add(get(at), constant(1))),
  ];
  // The bit that says "more" is that of a byte's 128: XOR with it leaves the bits below.
  const more = (bit: number, ...then: Code[]) =>
    when(and(get(into), constant(bit)), set(into, xor(get(into), constant(bit))), ...then);
  return [
    ...set(into, constant(0)),
    ...next(0),
    ...more(
      1 << 7,
      next(7),
      more(1 << 14, next(14), jumpIf(longer, and(get(into), constant(1 << 21)))),
    ),
    ...set(
      into,
      xor(shiftRight(get(into), constant(1)), subtract(constant(0), and(get(into), constant(1)))),
    ),
  ];
}

const [AT, END, LEFT, DELTA, SEQ, OF] = [0, 1, 2, 3, 4, 5] as const;
const [HERE, RECORD_END, X, KEY, KEY_END, TAKEN] = [6, 7, 8, 9, 10, 11] as const;

function runCode(): Code {
  const step = (local: number, by: Code = constant(1)) => set(local, add(get(local), by));
  const passTimestamp = block((done) =>
    loop((again) => [
      ...jumpIf(done, lessUnsigned(loadByte(get(HERE)), constant(128))),
      ...jumpIf(done, greater(get(HERE), get(RECORD_END))),
      ...step(HERE),
      ...jump(again),
    ]),
  );
  /** Length, attributes, timestamp, offset: all up to the key. */
  const findKey = (stop: Jump) => [
    ...set(HERE, get(AT)),
    ...readVarint(X, HERE, stop),
    ...set(RECORD_END, add(get(HERE), get(X))),
    ...jumpIf(stop, greaterUnsigned(get(RECORD_END), get(END))),
    ...step(HERE),
    ...passTimestamp,
    ...step(HERE),
    ...readVarint(X, HERE, stop),
    ...jumpIf(stop, differs(get(X), get(DELTA))),
  ];
  /** The key's length may be -1, for null. */
  const findValue = (stop: Jump) => [
    ...readVarint(X, HERE, stop),
    ...set(KEY, get(HERE)),
    ...when(greater(get(X), constant(0)), step(HERE, get(X))),
    ...set(KEY_END, get(HERE)),
    ...jumpIf(stop, greater(get(KEY_END), get(RECORD_END))),
    ...readVarint(X, HERE, stop),
    ...jumpIf(stop, differs(get(X), load(get(OF), TEMPLATE.valueBytes))),
    ...jumpIf(stop, greater(add(get(HERE), get(X)), get(RECORD_END))),
  ];
  const due = add(constant(MEMORY.dues), shiftLeft(get(TAKEN), constant(3)));
  return [
    ...block((stop) =>
      loop((again) => [
        ...jumpIf(stop, isZero(get(LEFT))),
        ...findKey(stop),
        ...findValue(stop),
        ...jumpIf(stop, differs(load(get(HERE), WORD.seq), get(SEQ))),
        ...jumpIf(stop, isZero(call(SOUND_INDEX, get(HERE), get(KEY), get(KEY_END), get(OF)))),
        ...store64(due, load64(get(HERE), WORD.due)),
        ...set(AT, get(RECORD_END)),
        ...step(DELTA),
        ...step(SEQ),
        ...step(TAKEN),
        ...step(LEFT, constant(-1)),
        ...jump(again),
      ]),
    ),
    ...store(constant(MEMORY.stop), get(AT)),
    ...get(TAKEN),
  ];
}

/**
 * `run(at, end, left, delta, seq, template)`: how many records it took of the `left` ones that lie in
 * the window from `at` to `end`, the first at that offset delta and of that seq (its low word).
 * It leaves their due times at `dues`, and where it stopped at `stop`.
 */
const RUN: WasmFunction & { name: "run" } = {
  name: "run",
  parameters: 6,
  integers: 6,
  code: runCode(),
};

/** In the order of their numbers: calls go by them. */
export const RECORD_FUNCTIONS = [DIFFER, SOUND, RUN];
