// Where the running server says how it can be reached, for verbs that print its address.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

const state = z.strictObject({ url: z.string(), pid: z.int() });

const pathIn = (folder: string): string => join(folder, 'running.json');

/** @returns what takes it away again */
export const writeState = (folder: string, url: string): (() => void) => {
  writeFileSync(pathIn(folder), JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
  return () => rmSync(pathIn(folder), { force: true });
};

/** The address of the server that runs on this folder, or undefined. */
export const readUrl = (folder: string): string | undefined => {
  try {
    const { url, pid } = state.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
    process.kill(pid, 0);
    return url;
  } catch {
    return undefined; // none runs, or the last one was killed
  }
};
