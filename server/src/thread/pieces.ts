// Long work in pieces: whoever asks something short meanwhile is answered between two of them.
import { setImmediate } from 'node:timers/promises';

/** @param work is told by `next(true)` when its time is over. @param nowMs of a clock that only goes on */
export const inPieces = async <T>(
  work: Generator<void, T, boolean | undefined>,
  withinMs: number,
  nowMs: () => number,
): Promise<T> => {
  const endMs = nowMs() + withinMs;
  let piece = work.next();
  while (!piece.done) {
    await setImmediate();
    piece = work.next(nowMs() >= endMs);
  }
  return piece.value;
};
