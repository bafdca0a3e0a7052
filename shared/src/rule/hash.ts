// A short name for the content of a rule, the same on every machine: two rules with one hash judge alike.

/** The hash of a rule's JSON with sorted keys. */
export const contentHash = (value: unknown): string => fnv1a64(canonical(value));

/**
 * FNV-1a with 64 bits over UTF-16 code units, as 16 hex digits.
 * Not for secrets: it tells versions apart, nobody gains by a collision.
 * Parameters: The FNV Non-Cryptographic Hash Algorithm (draft-eastlake-fnv), section 5.
 */
export const fnv1a64 = (text: string): string => {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
};

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
