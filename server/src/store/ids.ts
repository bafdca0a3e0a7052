import { randomBytes } from 'node:crypto';

/** Opaque: a letter for the kind, and 128 random bits. */
export const newId = (letter: string): string => `${letter}_${randomBytes(16).toString('base64url')}`;
