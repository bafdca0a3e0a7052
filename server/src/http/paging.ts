// Lists are pages: a limit, and a cursor that says where the last page ended.
import { z } from 'zod';

import { HttpProblem } from './errors.ts';

const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 100;

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT).describe('items per page'),
  cursor: z.string().max(400).optional().describe('`next` of the page before'),
};

/** A comma list of the given words, none for all. */
export const wordList = <const W extends readonly [string, ...string[]]>(words: W) =>
  z
    .string()
    .max(200)
    .optional()
    .transform((text) => (text ? text.split(',') : []))
    .pipe(z.array(z.enum(words)));

/** The place of a row in its list: what it is sorted by, and its id. */
type Place = readonly [string | number, string];

const encodeCursor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

const placeSchema = z.tuple([z.union([z.string(), z.number()]), z.string()]);

/** @throws HttpProblem for what no page has given out */
export const decodeCursor = (cursor: string | undefined): Place | undefined => {
  if (cursor === undefined) return undefined;
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new HttpProblem(400, 'invalid_cursor', 'This cursor is of no page of ours. Begin without one.');
  }
};

/** @param found up to one more than the limit: the one more shows that there is a next page */
export const pageOf = <T>(found: readonly T[], limit: number, placeOf: (item: T) => Place) => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null };
};
