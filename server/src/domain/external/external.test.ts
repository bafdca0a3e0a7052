import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type ExternalState,
  type Link,
  type NoteCopy,
  type TicketCopy,
  isResolvedThere,
  keyOf,
  nameFrom,
  newLink,
  noteKeyOf,
  noteOfKey,
  stepsOf,
  subjectOf,
  waitAfter,
} from './external.ts';

const ticket = (state: TicketCopy['state'] = 'open'): TicketCopy => ({
  id: 't_1',
  number: 'ACME-1',
  subject: 's',
  body: 'b',
  state,
  version: 3,
});
const link = (change: Partial<Link> = {}): Link => ({
  ...newLink('t_1', 'acme'),
  externalId: '7',
  toldState: 'open',
  ...change,
});
const note = (id: number, change: Partial<NoteCopy> = {}): NoteCopy => ({
  id,
  by: 'kim',
  what: 'noted',
  text: `note ${id}`,
  isInternal: false,
  ...change,
});

describe('what is missing there', () => {
  it('is each note after the last that was told, in its order', () => {
    expect(stepsOf(ticket(), [note(4), note(5), note(9, { isInternal: true })], link({ toldNote: 4 }))).toEqual([
      { do: 'comment', note: 5, text: 'kim: note 5', isInternal: false },
      { do: 'comment', note: 9, text: 'kim: note 9', isInternal: true },
    ]);
  });

  it('is neither the opening nor what came from there', () => {
    expect(stepsOf(ticket(), [note(1, { what: 'opened' }), note(2, { by: nameFrom('eva') })], link())).toEqual([]);
  });

  it.each<[here: TicketCopy['state'], told: Link['toldState'], there: ExternalState | '', isTold: boolean]>([
    ['open', 'open', 'open', false],
    ['open', 'new', 'open', true],
    ['waiting', 'open', '', true],
    ['resolved', 'open', 'open', true],
    ['resolved', 'open', 'done', false],
    ['closed', 'resolved', 'done', false],
    ['open', 'resolved', 'done', true],
    ['open', 'open', 'done', false],
    ['resolved', 'open', 'gone', false],
  ])('when it is %s here, was told as %s and is %s there', (here, toldState, heardState, isTold) => {
    const steps = stepsOf(ticket(here), [], link({ toldState, heardState }));
    expect(steps).toEqual(isTold ? [{ do: 'set state', state: here }] : []);
  });
});

it.each<[here: TicketCopy['state'], before: ExternalState | '', now: ExternalState, isResolved: boolean]>([
  ['open', 'open', 'done', true],
  ['new', '', 'done', true],
  ['waiting', 'open', 'done', true],
  ['open', 'done', 'done', false],
  ['open', 'open', 'gone', false],
  ['resolved', 'open', 'done', false],
  ['closed', 'open', 'done', false],
])('one that is %s here, was %s there and is %s: resolved by that is %s', (here, heardState, state, isResolved) => {
  const heard = { mark: '1', state, comments: [], note: 0 };
  expect(isResolvedThere(here, link({ heardState }), heard)).toBe(isResolved);
});

it('a subject is one line of bounded length, with the number first', () => {
  const copy = {
    id: 't',
    number: 'ACME-7',
    subject: `Disk\nfull ${'x'.repeat(500)}`,
    body: '',
    state: 'new',
    version: 1,
  } as const;
  expect(subjectOf(copy)).toMatch(/^\[ACME-7\] Disk full x{180}/);
  expect(subjectOf(copy)).toHaveLength(200);
});

describe('a key', () => {
  it('of a note is found again, and no other text is taken for one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (id, text) => {
        const key = keyOf('srv', 't_1');
        expect(noteOfKey(key, noteKeyOf(key, id))).toBe(id);
        const isKey = text.startsWith(`${key}/`);
        expect(isKey || noteOfKey(key, text) === undefined).toBe(true);
      }),
    );
    const key = keyOf('srv', 't_1');
    for (const other of [`Re: ${key}/1`, key, `${key}/`, `${key}/1x`, `${key}/-1`, `${keyOf('srv', 't_12')}/1`])
      expect(noteOfKey(key, other), other).toBeUndefined();
  });
});

it('waits twice as long each time, an hour at most', () => {
  expect([1, 2, 3, 7, 8, 1_000].map((failures) => waitAfter(failures, 60_000) / 60_000)).toEqual([1, 2, 4, 60, 60, 60]);
});
