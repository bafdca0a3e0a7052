// Reading and writing unsigned varints (LEB128) and texts. The reader trusts nothing: whatever is wrong is a WireError with its place.
import { TEXT_MAX_BYTES } from './limits.ts';

/** Bytes that are not what the protocol says. `at` is the offset in the frame. */
export class WireError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(`${message} at byte ${at}`);
    this.name = 'WireError';
    this.at = at;
  }
}

const HIGH = 0x80;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Control characters and lone surrogates have no place in a name. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/gu;

/** The text with what the wire refuses replaced by U+FFFD, cut to its length limit at a character boundary. */
export const cleanText = (text: string, maxBytes = TEXT_MAX_BYTES): string => {
  const clean = text.replace(FORBIDDEN, '\u{FFFD}');
  return clean.slice(0, encoder.encodeInto(clean, new Uint8Array(maxBytes)).read);
};

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** @param value an integer from 0 to 2^53 - 1 */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= HIGH) {
      this.#bytes[this.#length++] = (rest % HIGH) + HIGH;
      rest = Math.floor(rest / HIGH);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** An integer of either sign: 0, -1, 1, -2 … become 0, 1, 2, 3 … @param value within ± 2^51 */
  zigzag(value: number): void {
    this.varint(value >= 0 ? 2 * value : -2 * value - 1);
  }

  text(value: string): void {
    const bytes = encoder.encode(value);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new WireError('the frame ends too early', this.#at);
    this.#at += 1;
    return value;
  }

  /** @param max the largest value that makes sense here; @throws WireError beyond it */
  varint(max: number, what: string): number {
    const start = this.#at;
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte % HIGH) * scale;
      if (value > max) throw new WireError(`${what} is over ${max}`, start);
      if (byte < HIGH) return value;
      scale *= HIGH;
      if (scale > 2 ** 49) throw new WireError(`${what} is no number`, start);
    }
  }

  /** @param max the largest distance from 0 that makes sense here */
  zigzag(max: number, what: string): number {
    const value = this.varint(2 * max, what);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(what: string): string {
    const length = this.varint(TEXT_MAX_BYTES, `the length of ${what}`);
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new WireError('the frame ends too early', this.#bytes.length);
    this.#at += length;
    const text = decode(this.#bytes.subarray(start, this.#at), what, start);
    if (text.search(FORBIDDEN) >= 0) throw new WireError(`${what} has a control character`, start);
    return text;
  }

  /** @throws WireError when bytes are left over */
  end(): void {
    if (!this.isAtEnd) throw new WireError('bytes are left over', this.#at);
  }
}

const decode = (bytes: Uint8Array, what: string, at: number): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new WireError(`${what} is not UTF-8`, at);
  }
};
