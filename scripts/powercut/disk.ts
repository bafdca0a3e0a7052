// Files as a disk may have them when the power comes back: what was synced is there; of what was written since, everything is
// there, or nothing, or some of it in any order, and a write may have come halfway, in sectors of 512 bytes.
// That a file is there at all, once something of it was synced, every file system in use keeps: names are not played with.
import type { Rng } from '@fettle/shared/time';

import type { DiskEvent } from './trace.ts';

export type Leftover = 'kept' | 'lost' | 'some' | 'torn';
type Change = Extract<DiskEvent, { readonly do: 'write' | 'truncate' }>;
export type Image = ReadonlyMap<string, Buffer>;

const SECTOR_BYTES = 512;

export class Disk {
  readonly #synced: Map<string, Buffer>;
  readonly #waiting = new Map<string, Change[]>();

  constructor(files: Image) {
    this.#synced = new Map(files);
  }

  apply(event: DiskEvent): void {
    if (event.do === 'ack') return;
    const { file } = event;
    const waiting = this.#waiting.get(file) ?? [];
    this.#waiting.set(file, waiting);
    if (event.do === 'write' || event.do === 'truncate') waiting.push(event);
    if (event.do === 'sync') {
      this.#synced.set(file, waiting.reduce(changed, this.#synced.get(file) ?? Buffer.alloc(0)));
      this.#waiting.delete(file);
    }
    if (event.do === 'remove') {
      this.#synced.delete(file);
      this.#waiting.delete(file);
    }
  }

  /** Is there anything that a cut could take? */
  get isDirty(): boolean {
    return [...this.#waiting.values()].some(({ length }) => length > 0);
  }

  cut(leftover: Leftover, rng: Rng): Image {
    const image = new Map(this.#synced);
    for (const [file, waiting] of this.#waiting) {
      const left = waiting.flatMap((change) => leftOf(change, leftover, rng));
      image.set(file, left.reduce(changed, this.#synced.get(file) ?? Buffer.alloc(0)));
    }
    return image;
  }
}

const leftOf = (change: Change, leftover: Leftover, rng: Rng): readonly Change[] => {
  if (leftover === 'kept') return [change];
  if (leftover === 'lost') return [];
  if (leftover === 'some' || change.do === 'truncate') return rng() < 0.5 ? [change] : [];
  // sectors are those of the disk, not of the write
  const parts: Change[] = [];
  for (let from = 0; from < change.bytes.length;) {
    const to = Math.min(change.bytes.length, from + SECTOR_BYTES - ((change.at + from) % SECTOR_BYTES));
    if (rng() < 0.5) parts.push({ ...change, at: change.at + from, bytes: change.bytes.subarray(from, to) });
    from = to;
  }
  return parts;
};

const changed = (content: Buffer, change: Change): Buffer => {
  const length = change.do === 'truncate' ? change.length : Math.max(content.length, change.at + change.bytes.length);
  const next = Buffer.alloc(length);
  content.copy(next, 0, 0, length);
  if (change.do === 'write') change.bytes.copy(next, change.at);
  return next;
};
