// Building stones of the message schemas.
import { z } from 'zod';

import { SEQ_MAX, TIME_MAX_MS } from './limits.ts';

/** Text of at most `max` characters (code points, as zod and JSON Schema count them), without control characters and lone surrogates. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** Text that may have line breaks and tabs. */
export const prose = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u);

/** A thing without an agent that one looks after, as its administrator calls it. Without a slash: see metric/check-name.ts. */
export const targetName = z.string().regex(/^[^/\p{Cc}\p{Cs}]{1,60}$/u);

/** An opaque id of ours: a letter, an underscore, 22 characters of base64url (128 bits). */
export const id = (letter: string) => z.string().regex(new RegExp(`^${letter}_[A-Za-z0-9_-]{22}$`));

/** Bytes as base64url without padding. */
export const base64url = (bytes: number) => {
  const length = Math.ceil((bytes * 4) / 3);
  return z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));
};

export const time = z.int().min(0).max(TIME_MAX_MS);
export const seq = z.int().min(1).max(SEQ_MAX);
export const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Random, new whenever the numbering of a lane begins anew: 128 bits. */
export const epoch = base64url(16);
export const lane = z.enum(['alerts', 'metrics']);

/** What the record at a mark was, see record-hash.ts; "" where it is not known. */
export const recordHash = z.string().regex(/^(?:[0-9a-f]{16})?$/);
