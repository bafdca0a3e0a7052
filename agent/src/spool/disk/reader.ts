// Reads a segment on from where it was last read, a little at a time: what waits for the server stays on the disk until it is asked for.
import { codeOf } from '@fettle/shared/error';
import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';

import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Lane } from '../spool.ts';
import { FRAME_BYTES, type FoundFrame, type Frame, frameAt, nextFrame } from './frame.ts';
import type { Segment } from './segment.ts';
import type { Walk } from './walk.ts';
import { readDescription } from './writer.ts';

const UNREADABLE: ReadonlySet<string> = new Set(['ENOENT', 'EIO', 'EACCES', 'EPERM', 'EISDIR', 'EUCLEAN', 'EBADMSG']);
/** One record fits in any case. */
const CHUNK_BYTES = FRAME_MAX_BYTES + FRAME_BYTES;

type Source = { readonly read: (at: number, length: number) => Promise<Uint8Array> };

/** How far a segment was read, and what it had said by then. */
type Cursor = { readonly serial: number; at: number; readonly described: Map<number, Uint8Array> };

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
  /** Where reading ended, and the position that comes there. */
  #last: { readonly cursor: Cursor; readonly expected: number } | undefined;

  constructor(disk: SpoolDisk, lane: Lane) {
    this.#disk = disk;
    this.#lane = lane;
  }

  /** A file has been replaced. */
  forget(): void {
    this.#last = undefined;
  }

  /** @param limit the last position that the segment speaks for. @returns false when not one frame of it can be read. @throws as fs does, when it may be read later */
  async read(segment: Segment, walk: Walk, limit: number): Promise<boolean> {
    const cursor = this.#cursorAt(segment, walk.expected);
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
      this.#last = { cursor, expected: walk.expected };
      return count > 0 || !isFromStart || segment.bytes === 0;
    } catch (error) {
      if (UNREADABLE.has(codeOf(error))) return false;
      throw error;
    }
  }

  #cursorAt({ serial }: Segment, expected: number): Cursor {
    const { cursor, expected: known } = this.#last ?? {};
    this.#last = undefined; // a read that fails leaves it anywhere
    return cursor?.serial === serial && known === expected ? cursor : { serial, at: 0, described: new Map() };
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
  let count = 0;
  let at = 0;
  while (!reading.isEnough()) {
    const found = frameAt(reading.lane, chunk, at);
    if (!found) break;
    take(found, reading);
    at = found.end;
    count += 1;
  }
  reading.cursor.at += at;
  return count;
};

/** What begins here is harmed, or longer than a chunk: the rest of the segment tells. */
const takeBeyondHarm = async (source: Source, reading: Reading): Promise<number> => {
  const { segment, cursor, lane } = reading;
  const rest = await source.read(cursor.at, segment.bytes - cursor.at);
  const found = nextFrame(lane, rest, 0);
  if (found) take(found, reading);
  cursor.at = found ? cursor.at + found.end : segment.bytes;
  return found ? 1 : 0;
};

const take = ({ frame }: FoundFrame, { cursor, onFrame }: Reading): void => {
  if (frame.kind === 'names') {
    const { key, description } = readDescription(frame.payload);
    cursor.described.set(key, description);
  } else {
    onFrame(frame);
  }
};
