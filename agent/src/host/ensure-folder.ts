import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { codeOf } from '@fettle/shared/error';

/**
 * The folder and those above it, readable by the owner alone. @throws as fs does
 * Not mkdir's own `recursive`: on file systems that answer ENOENT for what cannot be made (/proc), Node 26 never returns from it.
 */
export const ensureFolder = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    ensureFolder(dirname(path));
    mkdirOnce(path);
  }
};

const mkdirOnce = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};
