/** The rule of `quick-check.ts` for one record, in WebAssembly (decision 0023). */
import {
  add,
  and,
  block,
  type Code,
  call,
  constant,
  differs,
  differs64,
  get,
  give,
  isZero,
  jump,
  jumpIf,
  less,
  load,
  load64,
  loadByte,
  loop,
  multiply,
  set,
  shiftLeft,
  shiftRight,
  subtract,
  type WasmFunction,
  xor,
} from "../kernel/web-assembly.ts";
import { PAYLOAD_HEADER_BYTES, PLACE_MASK, PLACE_MIX } from "./payload-format.ts";
import { BODIES, MEMORY, SUMS, TEMPLATE, WORD } from "./record-memory.ts";

/** By its number in the module. */
const DIFFER_INDEX = 0;

/** Four look-ups in a carry table at `table` (`carried` of `crc-algebra.ts`), byte by byte. */
function carried(table: number, at: number, register: number): Code {
  const look = (shifted: Code, n: number) =>
    load(add(get(table), and(shifted, constant(1020))), at + 1024 * n);
  return xor(
    look(shiftLeft(get(register), constant(2)), 0),
    look(shiftRight(get(register), constant(6)), 1),
    look(shiftRight(get(register), constant(14)), 2),
    look(shiftRight(get(register), constant(22)), 3),
  );
}

const [VALUE, KEY, KEY_END, OF, SEQ, REGISTER, TABLES, WORK] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Sums the key, by words and then by bytes. */
function addKey(): Code {
  const words = block((done) =>
    loop((again) => [
      ...jumpIf(done, less(subtract(get(KEY_END), get(KEY)), constant(4))),
      ...set(REGISTER, xor(get(REGISTER), load(get(KEY)))),
      ...set(REGISTER, carried(TABLES, SUMS.keyWord, REGISTER)),
      ...set(KEY, add(get(KEY), constant(4))),
      ...jump(again),
    ]),
  );
  const keyByte = and(xor(get(REGISTER), loadByte(get(KEY))), constant(255));
  const byteAdds = load(add(get(TABLES), shiftLeft(keyByte, constant(2))), SUMS.keyByte);
  const bytes = block((done) =>
    loop((again) => [
      ...jumpIf(done, less(subtract(get(KEY_END), get(KEY)), constant(1))),
      ...set(REGISTER, xor(shiftRight(get(REGISTER), constant(8)), byteAdds)),
      ...set(KEY, add(get(KEY), constant(1))),
      ...jump(again),
    ]),
  );
  return [...words, ...bytes];
}

function soundCode(): Code {
  /** The words of the header that all records of the stream have in common. */
  const isOther = [
    differs64(load64(get(VALUE)), load64(get(OF))),
    differs(load(get(VALUE), 8), load(get(OF), 8)),
    differs64(load64(get(VALUE), WORD.seqHigh), load64(get(OF), WORD.seqHigh)),
    differs(load(get(VALUE), WORD.zero), load(get(OF), WORD.zero)),
  ];
  const addWord = (word: number, at: number) => [
    ...set(WORK, load(get(VALUE), word)),
    ...set(REGISTER, xor(get(REGISTER), carried(TABLES, at, WORK))),
  ];
  /** `bodyPlace` of `payload-format.ts`, from where the stream has brought it. */
  const folded = (bits: number) => xor(get(WORK), shiftRight(get(WORK), constant(bits)));
  const findPlace = [
    ...set(WORK, multiply(xor(load(get(OF), TEMPLATE.mix), get(SEQ)), constant(PLACE_MIX.seq))),
    ...set(
      WORK,
      multiply(xor(folded(16), load(get(OF), WORD.seqHigh)), constant(PLACE_MIX.seqHigh)),
    ),
    ...set(WORK, and(folded(15), constant(PLACE_MASK))),
  ];
  const bodyAdds = load(add(get(TABLES), shiftRight(get(WORK), constant(2))), BODIES.adds);
  return [
    ...block((no) => [
      ...isOther.flatMap((differing) => jumpIf(no, differing)),
      ...set(SEQ, load(get(VALUE), WORD.seq)),
      ...set(TABLES, load(get(OF), TEMPLATE.sums)),
      ...set(REGISTER, load(get(OF), TEMPLATE.register)),
      ...addWord(WORD.seq, SUMS.seq),
      ...addWord(WORD.due, SUMS.due),
      ...addWord(WORD.dueHigh, SUMS.dueHigh),
      ...addKey(),
      ...findPlace,
      ...set(TABLES, load(get(OF), TEMPLATE.bodies)),
      ...set(REGISTER, xor(get(REGISTER), constant(-1))),
      ...set(REGISTER, xor(carried(TABLES, BODIES.over, REGISTER), bodyAdds)),
      ...jumpIf(no, differs(get(REGISTER), load(get(VALUE), WORD.crc))),
      ...give(
        isZero(
          call(
            DIFFER_INDEX,
            add(get(VALUE), constant(PAYLOAD_HEADER_BYTES)),
            add(get(WORK), constant(MEMORY.pool)),
            subtract(load(get(OF), TEMPLATE.valueBytes), constant(PAYLOAD_HEADER_BYTES)),
          ),
        ),
      ),
    ]),
    ...constant(0),
  ];
}

/**
 * `sound(value, key, keyEnd, template)`: 1 when the record is a sound one of the template's stream.
 * That its value is as long as theirs is asked of nobody but the caller.
 */
export const SOUND: WasmFunction & { name: "sound" } = {
  name: "sound",
  parameters: 4,
  integers: 4,
  code: soundCode(),
};
