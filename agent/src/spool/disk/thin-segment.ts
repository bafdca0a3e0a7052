// A full spool gives up detail before it gives up time: the batches of an old segment become thinned records in their place.
import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Lane } from '../spool.ts';
import { type Frame, encodeFrame, framesOf } from './frame.ts';
import type { Names } from './names.ts';
import { withFile } from './reader.ts';
import { type Segment, UNFINISHED, pathOf } from './segment.ts';
import { writeAll } from './write-all.ts';
import { joined, readDescription } from './writer.ts';

type Parts = { readonly disk: SpoolDisk; readonly lane: Lane; readonly names: Names };

/** @param last the last position of the segment. @returns what stands there now, or undefined where thinning saves nothing. @throws as fs does */
export const thinSegment = async (parts: Parts, segment: Segment, last: number): Promise<Segment | undefined> => {
  const { disk, lane, names } = parts;
  const bytes = await withFile(disk, segment.path, (file) => file.read(0, segment.bytes));
  const frames = framesOf(lane, bytes).map(({ frame }) => frame);
  const thinned = thinFrames(
    frames.filter(({ position }) => position <= last),
    names,
  );
  if (!thinned) return undefined;
  const content = joined(thinned.map((frame) => encodeFrame(lane, frame)));
  if (content.length >= segment.bytes) return undefined;
  const path = pathOf(lane, { ...segment, isThinned: true });
  await writeWhole(disk, `${path}${UNFINISHED}`, content);
  await disk.rename(`${path}${UNFINISHED}`, path);
  await disk.syncFolder(lane);
  await disk.remove(segment.path);
  return { ...segment, isThinned: true, path, bytes: content.length };
};

/** Runs of batches without a gap between them are thinned, list by list; all else stays as it is. */
const thinFrames = (frames: readonly Frame[], names: Names): readonly Frame[] | undefined => {
  const out: Frame[] = [];
  const described = new Map<number, Uint8Array>();
  let run: Frame[] = [];
  let isShorter = false;
  const endRun = (): void => {
    const thinned = thinRun(run, described, names);
    if (thinned) isShorter = true;
    out.push(...(thinned ?? run));
    run = [];
  };
  for (const frame of frames) {
    if (frame.kind === 'names') {
      const { key, description } = readDescription(frame.payload);
      described.set(key, description);
      out.push(frame);
    } else if (frame.kind === 'data' && (run.length === 0 || run.at(-1)?.position === frame.from - 1)) {
      run.push(frame);
    } else {
      endRun();
      if (frame.kind === 'data') run.push(frame);
      else out.push(frame);
    }
  }
  endRun();
  return isShorter ? out : undefined;
};

type Piece = {
  readonly kind: 'data' | 'thinned';
  readonly order: number;
  readonly payload: Uint8Array;
  readonly of: Frame;
};

const thinRun = (
  run: readonly Frame[],
  described: ReadonlyMap<number, Uint8Array>,
  names: Names,
): readonly Frame[] | undefined => {
  const [first] = run;
  if (!first) return undefined;
  const pieces = [...Map.groupBy(run, ({ payload }) => names.keyOf(payload))]
    .flatMap(([key, frames]) => thinList(frames, described.get(key), names))
    .toSorted((a, b) => a.order - b.order);
  if (!pieces.some(({ kind }) => kind === 'thinned')) return undefined;
  return placed(pieces, first.from, run.length);
};

const thinList = (frames: readonly Frame[], description: Uint8Array | undefined, names: Names): readonly Piece[] => {
  const payloads = frames.map(({ payload }) => payload);
  const thinned = description && names.thin(payloads, description);
  const kind = thinned ? 'thinned' : 'data';
  return (thinned ?? payloads).flatMap((payload, index) => {
    const of = frames[index];
    return of ? [{ kind, order: of.position, payload, of } as const] : [];
  });
};

/** There are no more pieces than there were records: each gets one position, the first thinned one all that are left over. */
const placed = (pieces: readonly Piece[], from: number, count: number): readonly Frame[] => {
  let [next, spare] = [from, count - pieces.length];
  return pieces.map(({ kind, payload, of }) => {
    const span = kind === 'thinned' ? spare : 0;
    spare -= span;
    const frame = { ...of, kind, payload, from: next, position: next + span };
    next = frame.position + 1;
    return frame;
  });
};

const writeWhole = async (disk: SpoolDisk, path: string, bytes: Uint8Array): Promise<void> => {
  const file = await disk.open(path, 'write');
  try {
    await file.truncate(0);
    await writeAll(file, 0, bytes);
    await file.sync();
  } catch (error) {
    await disk.remove(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
};
