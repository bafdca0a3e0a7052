import { hash } from 'node:crypto';

/**
 * What tells a record from another one at the same place, in 64 bits: marks carry it.
 * @param sent a text record's whole message, or the block of a batch; @returns 16 hex digits, the first of its SHA-256
 */
export const recordHash = (sent: string | Uint8Array): string => hash('sha256', sent).slice(0, 16);
