// Where the running server says how it can be reached: for verbs that print its address, and for whoever has started it.
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

/** What the last server on this folder has said; undefined when it has stopped, or has not listened yet. */
export const readState = (folder: string): z.infer<typeof state> | undefined => {
  try {
    return state.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
  } catch {
    return undefined;
  }
};

/** The address of the server that runs on this folder, or undefined. */
export const readUrl = (folder: string): string | undefined => {
  const said = readState(folder);
  try {
    if (said) process.kill(said.pid, 0);
    return said?.url;
  } catch {
    return undefined; // the last one was killed
  }
};
