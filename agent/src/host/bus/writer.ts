// Writes values of D-Bus, little end first.
import type { BusValue } from '../host.ts';
import { ALIGNMENT, aligned, endOfType, malformed } from './value.ts';

/** @throws HostError `parse_error` when a value is not what the signature says */
export const writeValues = (signature: string, values: readonly BusValue[]): Buffer => {
  const writer = new Writer();
  writer.fields(signature, values);
  return writer.bytes;
};

class Writer {
  #bytes = Buffer.alloc(256);
  #length = 0;

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  fields(types: string, values: readonly BusValue[]): void {
    let at = 0;
    for (const value of values) {
      const end = endOfType(types, at);
      this.#value(types.slice(at, end), value);
      at = end;
    }
    if (at !== types.length) throw malformed(`too few values for ${types}`);
  }

  #value(type: string, value: BusValue): void {
    const code = type[0] ?? '';
    this.#align(ALIGNMENT[code] ?? 1);
    if (typeof value === 'object') this.#container(type, value);
    else this.#scalar(code, value);
  }

  #scalar(code: string, value: string | number | bigint | boolean): void {
    if (typeof value === 'string' && 'sog'.includes(code)) this.#text(code, value);
    else if (typeof value === 'boolean' && code === 'b') this.#uint32(value ? 1 : 0);
    else if (typeof value === 'number' && 'uh'.includes(code)) this.#uint32(value);
    else if (typeof value === 'number' && code === 'y') this.#byte(value);
    else if (typeof value === 'bigint' && code === 't') this.#uint64(value);
    else throw malformed(`${typeof value} is no "${code}"`);
  }

  /** A variant is written from [its type, its value]. */
  #container(type: string, values: readonly BusValue[]): void {
    const [code, inner] = [type[0], type.slice(1)];
    if (code === 'a') return this.#array(inner, values);
    if (code === '(' || code === '{') return this.fields(type.slice(1, -1), values);
    const [contained, value] = values;
    if (code !== 'v' || typeof contained !== 'string' || value === undefined) throw malformed(`an array is no ${type}`);
    this.#text('g', contained);
    this.#value(contained, value);
  }

  #array(type: string, values: readonly BusValue[]): void {
    const lengthAt = this.#grow(4);
    this.#align(ALIGNMENT[type[0] ?? ''] ?? 1);
    const start = this.#length;
    for (const value of values) this.#value(type, value);
    this.#bytes.writeUInt32LE(this.#length - start, lengthAt);
  }

  #text(code: string, text: string): void {
    const length = Buffer.byteLength(text);
    if (code === 'g') this.#byte(length);
    else this.#uint32(length);
    const at = this.#grow(length + 1); // with the zero that ends it
    this.#bytes.write(text, at);
  }

  // the place first each time: afterwards it may be another buffer
  #byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes.writeUInt8(value, at);
  }

  #uint32(value: number): void {
    const at = this.#grow(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  #uint64(value: bigint): void {
    const at = this.#grow(8);
    this.#bytes.writeBigUInt64LE(value, at);
  }

  #align(to: number): void {
    this.#grow(aligned(this.#length, to) - this.#length);
  }

  /** @returns where the new bytes, all zero, begin */
  #grow(by: number): number {
    const start = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(this.#length * 2);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    return start;
  }
}
