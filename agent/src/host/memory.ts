// What collectors remember over restarts: one small file each. Written loosely: after a power cut they learn it again.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf } from '@fettle/shared/error';

import type { Memory } from './host.ts';

/** @param folder made when first needed; @param onProblem is told what could not be kept */
export const folderMemory = (folder: string, onProblem: (what: string) => void): Memory => ({
  read: (id) => {
    try {
      const value: unknown = JSON.parse(readFileSync(fileOf(folder, id), 'utf8'));
      return value;
    } catch {
      return undefined; // none yet, or half of one: as good as none
    }
  },
  write: (id, value) => {
    const path = fileOf(folder, id);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      onProblem(`${path}: ${messageOf(error)}`);
    }
  },
});

const fileOf = (folder: string, id: string): string => join(folder, `${id}.json`);

/** For whoever only looks: it knows what is kept, and keeps nothing. */
export const readOnly = (memory: Memory): Memory => ({ read: memory.read, write: () => undefined });
