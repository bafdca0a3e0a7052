// Ids that follow from what they are of: UUID version 5 (RFC 9562, 5.5), in the form that Windows Installer writes.
import { createHash } from 'node:crypto';

/** @param space another such id, or a UUID without braces. @returns "{…}" in capitals */
export const idOf = (space: string, name: string): string => {
  const bytes = createHash('sha1')
    .update(Buffer.from(space.replaceAll(/[{}-]/g, ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const digits = bytes.toString('hex').toUpperCase();
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20]].map(([from, to]) => digits.slice(from, to));
  return `{${parts.join('-')}}`;
};
