import { extname } from 'node:path';

/** A thread's program, beside this file in a checkout and in a package alike, where it has the ending of all files there. */
export const workerFile = (name: 'writer' | 'reader' | 'backup'): URL =>
  new URL(`${name}.worker${extname(import.meta.filename)}`, import.meta.url);
