// Reads a segment on from where it was last read, a little at a time: what waits for the server stays on the disk until it is asked for.
import { codeOf } from '@fettle/shared/error';
import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';

import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Lane } from '../spool.ts';
import { FRAME_HEADER_BYTES, type FoundFrame, type Frame, frameAt, nextFrame } from './frame.ts';
import type { Segment } from './segment.ts';
import type { Walk } from './walk.ts';
import { readDescription } from './writer.ts';

const UNREADABLE: ReadonlySet<string> = new Set(['ENOENT', 'EIO', 'EACCES', 'EPERM', 'EISDIR', 'EUCLEAN', 'EBADMSG']);
/** One record fits in any case. */
const CHUNK_BYTES = FRAME_MAX_BYTES + FRAME_HEADER_BYTES;

export const isUnreadable = (error: unknown): boolean => UNREADABLE.has(codeOf(error));

type Source = { readonly read: (at: number, length: number) => Promise<Uint8Array> };

/** How far a segment was read, what it had said by then, and where the positions begin that were read last. */
type Cursor = {
  readonly serial: number;
  at: number;
  readonly described: Map<number, Uint8Array>;
  readonly starts: Map<number, number>;
};
/** A read goes over the end of a segment, and what it gave may not all be taken. */
const CURSORS_KEPT = 2;

type Reading = {
  readonly lane: Lane;
  readonly segment: Segment;
  readonly cursor: Cursor;
  readonly onFrame: (frame: Frame) => void;
  readonly isEnough: () => boolean;
};

export class LaneReader {
  readonly #disk: SpoolDisk;
  readonly #lane: Lane;
  /** Of the segments read last, the newest first. */
  #cursors: readonly Cursor[] = [];

  constructor(disk: SpoolDisk, lane: Lane) {
    this.#disk = disk;
    this.#lane = lane;
  }

  /** A file has been replaced. */
  forget(): void {
    this.#cursors = [];
  }

  /** @param limit the last position that the segment speaks for. @returns false when not one frame of it can be read. @throws as fs does, when it may be read later */
  async read(segment: Segment, walk: Walk, limit: number): Promise<boolean> {
    const cursor = this.#cursorAt(segment, walk.expected);
    const others = this.#cursors.filter(({ serial }) => serial !== segment.serial);
    this.#cursors = others; // a read that fails leaves it anywhere
    const isFromStart = cursor.at === 0;
    const reading: Reading = {
      lane: this.#lane,
      segment,
      cursor,
      onFrame: (frame) => walk.take(frame, limit, cursor.described),
      isEnough: () => walk.isFull,
    };
    try {
      const count = await withFile(this.#disk, segment.path, (file) => readSegment(file, reading));
      if (!cursor.starts.has(walk.expected)) cursor.starts.set(walk.expected, cursor.at);
      this.#cursors = [cursor, ...others].slice(0, CURSORS_KEPT);
      return count > 0 || !isFromStart || segment.bytes === 0;
    } catch (error) {
      if (isUnreadable(error)) return cursor.at > 0; // what was read of it stands
      throw error;
    }
  }

  /** From the start, where nobody knows better. */
  #cursorAt({ serial }: Segment, expected: number): Cursor {
    const known = this.#cursors.find((cursor) => cursor.serial === serial);
    const at = known?.starts.get(expected) ?? 0;
    return { serial, at, described: known?.described ?? new Map<number, Uint8Array>(), starts: new Map() };
  }
}

/** @returns how many frames were whole */
const readSegment = async (source: Source, reading: Reading): Promise<number> => {
  const { segment, cursor, isEnough } = reading;
  let count = 0;
  while (!isEnough() && cursor.at < segment.bytes) {
    const chunk = await source.read(cursor.at, Math.min(CHUNK_BYTES, segment.bytes - cursor.at));
    count += takeAll(chunk, reading) || (await takeBeyondHarm(source, reading));
  }
  return count;
};

export const withFile = async <T>(disk: SpoolDisk, path: string, use: (source: Source) => Promise<T>): Promise<T> => {
  const file = await disk.open(path, 'read');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
};

const takeAll = (chunk: Uint8Array, reading: Reading): number => {
  const { cursor, lane } = reading;
  const begin = cursor.at;
  let count = 0;
  while (!reading.isEnough()) {
    const found = frameAt(lane, chunk, cursor.at - begin);
    if (!found) break;
    take(found, begin, reading);
    count += 1;
  }
  return count;
};

/** What begins here is harmed, or longer than a chunk: the rest of the segment tells. */
const takeBeyondHarm = async (source: Source, reading: Reading): Promise<number> => {
  const { segment, cursor, lane } = reading;
  const begin = cursor.at;
  const rest = await source.read(begin, segment.bytes - begin);
  const found = nextFrame(lane, rest, 0);
  if (found) take(found, begin, reading);
  else cursor.at = segment.bytes;
  return found ? 1 : 0;
};

/** @param begin where in the segment the bytes lie that it was found in */
const take = ({ frame, at, end }: FoundFrame, begin: number, { cursor, onFrame }: Reading): void => {
  cursor.at = begin + end;
  if (frame.kind === 'names') {
    const { key, description } = readDescription(frame.payload);
    cursor.described.set(key, description);
  } else {
    if (frame.kind !== 'head' && frame.kind !== 'note') cursor.starts.set(frame.from, begin + at);
    onFrame(frame);
  }
};
