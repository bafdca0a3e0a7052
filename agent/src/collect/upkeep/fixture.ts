// What the package tools of other machines really wrote.
import { readFileSync } from 'node:fs';

/** @param path below the recordings of Linux */
export const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/${path}`, import.meta.url), 'utf8');
