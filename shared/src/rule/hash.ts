// A short name for the content of a rule, the same on every machine: two rules with one hash judge alike.
import { hash } from 'node:crypto';

const DIGITS = 16;

/** The first 64 bits of the SHA-256 of a value's JSON with sorted keys, as 16 hex digits. */
export const contentHash = (value: unknown): string => hash('sha256', canonical(value)).slice(0, DIGITS);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
