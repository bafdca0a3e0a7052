// Secrets that people and agents carry: a prefix that says what it is, and 256 random bits. Kept here only as SHA-256.
import { createHash, randomBytes } from 'node:crypto';

export type SecretKind = 'ft' | 'fl' | 'fk' | 'fs' | 'fi';

/** ft: enrolment token, fl: login link, fk: API token, fs: session, fi: for what another system tells us. */
export const newSecret = (kind: SecretKind): string => `${kind}_${randomBytes(32).toString('base64url')}`;

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
