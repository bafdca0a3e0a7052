import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Its content is on the disk. @throws as fs does */
export const syncFile = (path: string): void => sync(path, 'r+'); // Windows syncs no file that is open for reading alone

/** Its names are on the disk. Windows knows no such thing: there it is left out. @throws as fs does */
export const syncFolder = (path: string): void => {
  if (process.platform !== 'win32') sync(path, 'r');
};

const sync = (path: string, flags: 'r' | 'r+'): void => {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
