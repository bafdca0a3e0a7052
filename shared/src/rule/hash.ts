// Short names for content, the same on every machine: two rules with one hash judge alike.
import { hash } from 'node:crypto';

const DIGITS = 16;

/** The first 64 bits of the SHA-256 of a value's JSON with sorted keys, as 16 hex digits. */
export const contentHash = (value: unknown): string => hash('sha256', canonical(value)).slice(0, DIGITS);

const known = new WeakMap<object, string>();

/** A rule never changes: its hash is worked out once. */
export const ruleHash = (rule: object): string => {
  const found = known.get(rule) ?? contentHash(rule);
  known.set(rule, found);
  return found;
};

/** Changes with every rule. */
export const ruleSetVersion = (rules: readonly object[]): string => contentHash(rules.map(ruleHash));

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
