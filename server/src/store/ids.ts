import { createHash, randomBytes } from 'node:crypto';

const BYTES = 16;

/** Opaque: a letter for the kind, and 128 random bits. */
export const newId = (letter: string): string => `${letter}_${randomBytes(BYTES).toString('base64url')}`;

/** The same for the same parts, and for no others. */
export const idOf = (letter: string, ...parts: readonly string[]): string =>
  `${letter}_${createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, BYTES).toString('base64url')}`;
