// Picking plain values out of what smartctl wrote as JSON: each is of the kind that it should be, or it is not known.
import { cleanText } from '@fettle/shared/wire/bytes';

import { isRecord } from '../json.parse.ts';

const WORDS_MAX_BYTES = 100;
/** Less than a reason may have. */
const REMARK_MAX_BYTES = 350;

export const pick = (value: unknown, ...path: readonly string[]): unknown => {
  let at = value;
  for (const key of path) at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A count: whole, not negative, and small enough to be exact. */
export const whole = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Text for people, on one line; "" is not known. */
export const words = (value: unknown, maxBytes = WORDS_MAX_BYTES): string | undefined =>
  typeof value === 'string' ? cleanText(value.replaceAll(/\s+/g, ' ').trim(), maxBytes) || undefined : undefined;

/** A remark of smartctl, which names devices and quotes what they said. */
export const remark = (value: unknown): string | undefined => words(value, REMARK_MAX_BYTES);
