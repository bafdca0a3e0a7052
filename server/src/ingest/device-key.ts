import { type KeyObject, createHash, createPublicKey, verify } from 'node:crypto';

import type { SeriesDefinition } from '@fettle/shared/wire/frame';

/** @param publicKey the raw 32 bytes of an Ed25519 key, base64url; @param signature 64 bytes, base64url */
export const isSignedBy = (publicKey: string, text: string, signature: string): boolean => {
  try {
    return verify(null, Buffer.from(text), keyOf(publicKey), Buffer.from(signature, 'base64url'));
  } catch {
    return false; // no point of the curve
  }
};

const keyOf = (x: string): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });

/** Of a secret that is kept only so. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** The same for the same list of series, whatever numbers a session gave them. */
export const setHashOf = (series: readonly SeriesDefinition[]): string =>
  createHash('sha256')
    .update(JSON.stringify(series.map(({ metric, attributes }) => [metric, attributes])))
    .digest('base64url')
    .slice(0, 22);
