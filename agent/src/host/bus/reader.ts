// Reads values of D-Bus out of bytes that anybody may have written: it gives a value, or throws.
import type { BusValue } from '../host.ts';
import { ALIGNMENT, DEPTH_MAX, aligned, endOfType, malformed } from './value.ts';

/** "Marshaling (Wire Format)": an array has at most 64 MiB; a message of ours never has as much. */
const VALUES_MAX = 1_000_000;

/** @param bytes a message's body, or all of it; offsets count from its begin. @throws HostError `parse_error` */
export const readValues = (bytes: Buffer, signature: string, place: Place): readonly BusValue[] =>
  new Reader(bytes, place).all(signature);

export type Place = { readonly offset: number; readonly isBig: boolean };

class Reader {
  readonly #bytes: Buffer;
  readonly #isBig: boolean;
  #at: number;
  #count = 0;

  constructor(bytes: Buffer, { offset, isBig }: Place) {
    this.#bytes = bytes;
    this.#isBig = isBig;
    this.#at = offset;
  }

  all(signature: string): readonly BusValue[] {
    const values: BusValue[] = [];
    for (let at = 0; at < signature.length;) {
      const end = endOfType(signature, at);
      values.push(this.#value(signature.slice(at, end), 0));
      at = end;
    }
    return values;
  }

  #value(type: string, depth: number): BusValue {
    this.#count += 1;
    if (depth > DEPTH_MAX || this.#count > VALUES_MAX) throw malformed('a value has too many parts');
    const code = type[0] ?? '';
    this.#align(ALIGNMENT[code] ?? 1);
    switch (code) {
      case 's':
      case 'o':
        return this.#text(this.#uint32());
      case 'g':
        return this.#text(this.#byte());
      case 'a':
        return this.#array(type.slice(1), depth);
      case '(':
      case '{':
        return this.#fields(type.slice(1, -1), depth);
      case 'v':
        return this.#variant(depth);
      default:
        return this.#number(code);
    }
  }

  #array(type: string, depth: number): readonly BusValue[] {
    const length = this.#uint32();
    this.#align(ALIGNMENT[type[0] ?? ''] ?? 1);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed('an array is cut off');
    const values: BusValue[] = [];
    while (this.#at < end) values.push(this.#value(type, depth + 1));
    if (this.#at !== end) throw malformed('an array ends within a value');
    return values;
  }

  #fields(types: string, depth: number): readonly BusValue[] {
    const values: BusValue[] = [];
    for (let at = 0; at < types.length;) {
      const end = endOfType(types, at);
      values.push(this.#value(types.slice(at, end), depth + 1));
      at = end;
    }
    return values;
  }

  #variant(depth: number): BusValue {
    const type = this.#text(this.#byte());
    if (endOfType(type, 0) !== type.length) throw malformed('a variant has no one type');
    return this.#value(type, depth + 1);
  }

  #text(length: number): string {
    const start = this.#take(length + 1);
    if (this.#bytes[start + length] !== 0) throw malformed('a text has no end');
    return this.#bytes.toString('utf8', start, start + length);
  }

  #number(code: string): BusValue {
    const [bytes, isBig] = [this.#bytes, this.#isBig];
    switch (code) {
      case 'b':
        return this.#uint32() === 1;
      case 'n': {
        const at = this.#take(2);
        return isBig ? bytes.readInt16BE(at) : bytes.readInt16LE(at);
      }
      case 'q': {
        const at = this.#take(2);
        return isBig ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
      }
      case 'i': {
        const at = this.#take(4);
        return isBig ? bytes.readInt32BE(at) : bytes.readInt32LE(at);
      }
      case 'u':
      case 'h':
        return this.#uint32();
      case 'y':
        return this.#byte();
      default:
        return this.#eightBytes(code);
    }
  }

  #eightBytes(code: string): BusValue {
    const at = this.#take(8);
    const [bytes, isBig] = [this.#bytes, this.#isBig];
    if (code === 'x') return isBig ? bytes.readBigInt64BE(at) : bytes.readBigInt64LE(at);
    if (code === 't') return isBig ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at);
    return isBig ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at);
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  #uint32(): number {
    this.#align(4);
    const at = this.#take(4);
    return this.#isBig ? this.#bytes.readUInt32BE(at) : this.#bytes.readUInt32LE(at);
  }

  #align(to: number): void {
    this.#at = aligned(this.#at, to);
  }

  /** @returns where the taken bytes begin */
  #take(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw malformed('a message is shorter than it says');
    return start;
  }
}
