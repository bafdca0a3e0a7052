// What a start finds in the folder of a lane. Only the newest segment is read; of the others the names say enough. Whatever is there,
// the start goes on: what is unreadable is set aside, and what it held becomes a gap.
import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Lane } from '../spool.ts';
import { setFileAside } from './aside.ts';
import { type FoundFrame, framesOf } from './frame.ts';
import { type Head, decodeHead } from './head.ts';
import type { Found } from './lane-files.ts';
import { isUnreadable, withFile } from './reader.ts';
import { type Segment, UNFINISHED, segmentOf } from './segment.ts';

export type Recovery = Found & { readonly setAside: number };

type Place = { readonly disk: SpoolDisk; readonly lane: Lane };

/** @throws as fs does, where the folder is none or cannot be read */
export const recover = async (place: Place): Promise<Recovery> => {
  const found: Segment[] = [];
  let setAside = 0;
  const putAside = async (path: string): Promise<void> => {
    await setFileAside(place.disk, path);
    setAside += 1;
  };
  for (const file of await listFiles(place)) {
    if (file.segment) found.push(file.segment);
    else await putAside(file.path);
  }
  const segments = await withoutTwins(place, found);
  const newest = await findNewest(place, segments, putAside);
  const overtaken = segments.filter((segment, index) => isOvertaken(segment, segments[index + 1]));
  for (const { path } of overtaken) await putAside(path);
  const kept = segments.filter((segment) => !overtaken.includes(segment));
  const head = newest.head ?? (await olderHead(place, kept.slice(0, -1)));
  return { ...newest, segments: kept, head, setAside };
};

/** By name. What was left unfinished is removed. */
const listFiles = async ({ disk, lane }: Place) => {
  const files = (await disk.list(lane)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name } of files) if (name.endsWith(UNFINISHED)) await disk.remove(`${lane}/${name}`);
  return files
    .filter(({ name }) => !name.endsWith(UNFINISHED))
    .map(({ name, bytes }) => ({ path: `${lane}/${name}`, segment: segmentOf(lane, name, bytes) }));
};

/** A segment that was thinned may stand beside what it was made of. */
const withoutTwins = async ({ disk }: Place, segments: readonly Segment[]): Promise<Segment[]> => {
  const thinned = new Set(
    segments.filter(({ isThinned }) => isThinned).map(({ serial, first }) => `${serial} ${first}`),
  );
  const isOld = ({ isThinned, serial, first }: Segment): boolean => !isThinned && thinned.has(`${serial} ${first}`);
  for (const { path } of segments.filter(isOld)) await disk.remove(path);
  return segments.filter((segment) => !isOld(segment)).toSorted((a, b) => a.serial - b.serial);
};

/** The newest that can be read; those after it leave the list. */
const findNewest = async (place: Place, segments: Segment[], putAside: (path: string) => Promise<void>) => {
  const serial = segments.at(-1)?.serial ?? 0;
  let last = 0;
  for (let newest = segments.at(-1); newest; newest = segments.at(-1)) {
    const found = await readNewest(place, newest);
    if (found) {
      newest.bytes = found.end;
      return { head: found.head, last: Math.max(last, found.last), serial };
    }
    segments.pop();
    if (newest.bytes === 0) await place.disk.remove(newest.path);
    else {
      await putAside(newest.path);
      last = Math.max(last, newest.first); // it held one record at least
    }
  }
  return { head: undefined, last, serial };
};

/** A segment that could not be synced is written again as the next one, from its first position on. */
const isOvertaken = (segment: Segment, next: Segment | undefined): boolean =>
  next !== undefined && next.first <= segment.first;

type Newest = { readonly head: Head | undefined; readonly last: number; readonly end: number };

/** @returns undefined when not one frame of it is whole, or it is a copy of another */
const readNewest = async (place: Place, segment: Segment): Promise<Newest | undefined> => {
  const frames = await framesIn(place, segment);
  const end = frames.at(-1)?.end;
  if (end === undefined || isCopy(frames[0], segment.serial)) return undefined;
  const last = frames.reduce(
    (most, { frame }) => Math.max(most, frame.kind === 'names' ? 0 : frame.position),
    segment.first - 1,
  );
  return { head: headIn(frames, segment.serial), last, end };
};

const isCopy = (first: FoundFrame | undefined, serial: number): boolean => {
  const head = first?.frame.kind === 'head' ? decodeHead(first.frame.payload) : undefined;
  return head !== undefined && head.serial !== serial;
};

/** The newest that is whole. */
const headIn = (frames: readonly FoundFrame[], serial: number): Head | undefined =>
  frames
    .filter(({ frame }) => frame.kind === 'head' || frame.kind === 'note')
    .map(({ frame }) => decodeHead(frame.payload))
    .findLast((head) => head?.serial === serial);

/** Where the newest one's head is harmed: what the ones before it said. Numbers of an epoch before are never used twice either. */
const olderHead = async (place: Place, segments: readonly Segment[]): Promise<Head | undefined> => {
  for (const segment of segments.toReversed()) {
    const head = headIn(await framesIn(place, segment), segment.serial);
    if (head) return head;
  }
  return undefined;
};

/** None, where it cannot be read. @throws as fs does, when it may be read later */
const framesIn = async ({ disk, lane }: Place, { path, bytes }: Segment): Promise<readonly FoundFrame[]> => {
  try {
    return framesOf(lane, await withFile(disk, path, (file) => file.read(0, bytes)));
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
};
