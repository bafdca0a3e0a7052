// So that a receiver knows that a message is ours, whole and new.
import { createHmac } from 'node:crypto';

/** @returns `v1=` and the HMAC-SHA256 in hex of the seconds since 1970, a full stop, and the body */
export const signatureOf = (secret: string, atSeconds: number, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')}`;
