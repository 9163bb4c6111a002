/** Reads Kafka's wire types from a buffer, in order. Offsets are numbers: exact up to 2^53. */
export class Cursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  int8(): number {
    const value = this.bytes.readInt8(this.at);
    this.at += 1;
    return value;
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.at);
    this.at += 2;
    return value;
  }

  int32(): number {
    const value = this.bytes.readInt32BE(this.at);
    this.at += 4;
    return value;
  }

  int64(): number {
    const high = this.bytes.readInt32BE(this.at);
    const low = this.bytes.readUInt32BE(this.at + 4);
    this.at += 8;
    return high * 0x100000000 + low;
  }

  /** Unsigned varint of at most 32 bits. */
  uvarint(): number {
    // Most have one byte or two. Beyond the end there is none: the loop says so.
    const { bytes, at } = this;
    const first = bytes[at] as number;
    if (first < 0x80) {
      this.at = at + 1;
      return first;
    }
    const second = bytes[at + 1] as number;
    if (second < 0x80) {
      this.at = at + 2;
      return (first & 0x7f) | (second << 7);
    }
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes.readUInt8(this.at);
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError("a varint longer than 32 bits");
  }

  /** Zigzag varint of at most 32 bits. */
  varint(): number {
    const raw = this.uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** Passes over a varint of any length. */
  skipVarint(): void {
    const { bytes } = this;
    let { at } = this;
    while ((bytes[at] as number) >= 0x80) at += 1;
    this.at = at + 1;
  }

  /** Length of a compact array; 0 for null. */
  compactLength(): number {
    return Math.max(0, this.uvarint() - 1);
  }

  compactString(): string {
    const length = this.compactLength();
    const text = this.bytes.toString("utf8", this.at, this.at + length);
    this.at += length;
    return text;
  }

  /** A view, not a copy. */
  compactBytes(): Buffer {
    const length = this.compactLength();
    const view = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return view;
  }

  /** Tagged fields; `known` gets each tag with the cursor at its value. */
  tags(known?: (tag: number) => void): void {
    const count = this.uvarint();
    for (let n = 0; n < count; n += 1) {
      const tag = this.uvarint();
      const length = this.uvarint();
      const end = this.at + length;
      known?.(tag);
      this.at = end;
    }
  }
}
