// Lists are pages: a limit, and a cursor that says where the last page ended.
import { z } from 'zod';

import { HttpProblem } from './errors.ts';

const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 100;
/** A cursor can hold a host name, of up to 255 characters in any script. */
const CURSOR_MAX = 2_000;

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT).describe('items per page'),
  cursor: z.string().max(CURSOR_MAX).optional().describe('`next` of the page before'),
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

const timePlace = z.tuple([z.int(), z.string()]);
const textPlace = z.tuple([z.string(), z.string()]);

/** Before every row of a list that begins with the newest, or by name. */
export const NEWEST = [Number.MAX_SAFE_INTEGER, ''] as const;
export const FIRST = ['', ''] as const;

/** Of a list by time, in ms since 1970. @throws HttpProblem for what no page has given out */
export const timeCursor = (cursor: string | undefined) => decode(cursor, timePlace);

/** Of a list by name. @throws HttpProblem for what no page has given out */
export const textCursor = (cursor: string | undefined) => decode(cursor, textPlace);

const decode = <P>(cursor: string | undefined, place: z.ZodType<P>): P | undefined => {
  if (cursor === undefined) return undefined;
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
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
