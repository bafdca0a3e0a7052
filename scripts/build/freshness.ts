// Is what was built still what its sources would build? By the size and time of every file that went into it.
import { readFileSync, statSync, writeFileSync } from 'node:fs';

const read: (record: string) => readonly Stamp[] = (record) => parse(readFileSync(record, 'utf8'));
const parse: (text: string) => readonly Stamp[] = JSON.parse;

type Stamp = readonly [path: string, size: number, mtimeMs: number];

/** @param record where `markFresh` has written */
export const isFresh = (record: string): boolean => {
  try {
    return read(record).every(([path, size, mtimeMs]) => {
      const now = statSync(path);
      return now.size === size && now.mtimeMs === mtimeMs;
    });
  } catch {
    return false; // not built yet, or a source is gone
  }
};

/** @param sources absolute paths of all that was read */
export const markFresh = (record: string, sources: readonly string[]): void => {
  const stamps = sources.map((path): Stamp => {
    const { size, mtimeMs } = statSync(path);
    return [path, size, mtimeMs];
  });
  writeFileSync(record, JSON.stringify(stamps));
};
