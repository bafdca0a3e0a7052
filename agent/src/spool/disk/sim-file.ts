// A file of the disk that lies: what the machine sees of it, what is on the disk, and what is on the way there.
import type { Rng } from '@fettle/shared/time';

const SECTOR_BYTES = 512;

/** What a cut leaves of what was not synced: all, nothing, or what the seed says of each 512 bytes. */
export type Leftover = 'kept' | 'lost' | 'torn';

type Pending = { readonly at: number; readonly bytes: Uint8Array } | { readonly length: number };

export class SimFile {
  #seen: Uint8Array;
  #durable: Uint8Array;
  #pending: Pending[] = [];

  constructor(content: Uint8Array = new Uint8Array()) {
    this.#seen = content;
    this.#durable = content;
  }

  get length(): number {
    return this.#seen.length;
  }

  read(at: number, length: number): Uint8Array {
    return this.#seen.slice(at, at + length);
  }

  write(at: number, bytes: Uint8Array): void {
    this.#seen = written(this.#seen, at, bytes);
    this.#pending.push({ at, bytes });
  }

  truncate(length: number): void {
    this.#seen = resized(this.#seen, length);
    this.#pending.push({ length });
  }

  sync(): void {
    for (const change of this.#pending) this.#durable = applied(this.#durable, change);
    this.#pending = [];
  }

  /** The sync failed: what was on the way is still seen, and will never arrive. */
  forget(): void {
    this.#pending = [];
  }

  afterCut(leftover: Leftover, rng: Rng): SimFile {
    let content = this.#durable;
    for (const change of this.#pending) content = survived(content, change, { leftover, rng });
    return new SimFile(content);
  }
}

const survived = (content: Uint8Array, change: Pending, how: { leftover: Leftover; rng: Rng }): Uint8Array => {
  if (how.leftover === 'lost') return content;
  if (how.leftover === 'kept') return applied(content, change);
  if ('length' in change) return how.rng() < 0.5 ? applied(content, change) : content;
  let torn = content;
  for (const [from, to] of sectorsOf(change.at, change.at + change.bytes.length)) {
    if (how.rng() < 0.5) torn = written(torn, from, change.bytes.subarray(from - change.at, to - change.at));
  }
  return torn;
};

const applied = (content: Uint8Array, change: Pending): Uint8Array =>
  'length' in change ? resized(content, change.length) : written(content, change.at, change.bytes);

/** What lies between the old end and the new bytes is zero. */
const written = (content: Uint8Array, at: number, bytes: Uint8Array): Uint8Array => {
  const next = resized(content, Math.max(content.length, at + bytes.length));
  next.set(bytes, at);
  return next;
};

/** Always a copy. */
const resized = (content: Uint8Array, length: number): Uint8Array => {
  const next = new Uint8Array(length);
  next.set(content.subarray(0, length));
  return next;
};

/** The parts of a range that lie within one sector each. */
const sectorsOf = (from: number, to: number): readonly (readonly [from: number, to: number])[] => {
  const parts: (readonly [number, number])[] = [];
  for (let at = from; at < to;) {
    const end = Math.min(to, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    parts.push([at, end]);
    at = end;
  }
  return parts;
};
