// A short name for the content of a rule, the same on every machine: two rules with one hash judge alike.

/** The hash of a rule's JSON with sorted keys. */
export const contentHash = (value: unknown): string => fnv1a64(canonical(value));

/**
 * FNV-1a with 64 bits over UTF-16 code units, as 16 hex digits.
 * Not for secrets: it tells versions apart, nobody gains by a collision.
 * Parameters: The FNV Non-Cryptographic Hash Algorithm (draft-eastlake-fnv), section 5; the offset is cbf29ce4 84222325.
 */
export const fnv1a64 = (text: string): string => {
  // in two halves: as one bigint each character leaves 100 bytes of garbage, megabytes at the start of an agent
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (let index = 0; index < text.length; index += 1) {
    const flipped = (low ^ text.charCodeAt(index)) >>> 0;
    const product = flipped * PRIME_LOW;
    // the prime is 2^40 + 1b3: the low half times 2^40 lands in the high one, 8 bits up
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / 2 ** 32) + (flipped << 8)) >>> 0;
    low = product >>> 0;
  }
  return hex(high) + hex(low);
};

const PRIME_LOW = 0x1b3;

const hex = (half: number): string => half.toString(16).padStart(8, '0');

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
