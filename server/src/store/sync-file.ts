import { closeSync, fsyncSync, openSync } from 'node:fs';

/** A file's content, or a folder's names, on the disk. Windows knows no such thing for folders: there it is left out. @throws as fs does */
export const syncFile = (path: string): void => {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    fsyncSync(file);
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
};
