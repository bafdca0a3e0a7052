import { type KeyObject, createHash, createPublicKey, verify } from 'node:crypto';

import type { SeriesDefinition } from '@fettle/shared/wire/frame';

/**
 * Points of small order, by which signatures can be made without a private key; the bit of the sign left out.
 * From libsodium 1.0.20, ge25519_has_small_order.
 */
const WEAK_KEYS: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** One text for one key, and a key that only its owner can sign with. @param publicKey base64url */
export const isSound = (publicKey: string): boolean => {
  const bytes = Buffer.from(publicKey, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== publicKey) return false;
  bytes[31] = (bytes[31] ?? 0) & 0x7f;
  return !WEAK_KEYS.has(bytes.toString('hex'));
};

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
