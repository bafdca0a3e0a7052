import { ticketStates } from '@fettle/shared/api/alert.schema';
import { describe, expect, it } from 'vitest';

import { type Transaction, markOf, ownNoteSince, stateOf, statusFor, writtenSince } from './rt.ts';

it.each([
  ['new', 'new', undefined],
  ['new', 'resolved', 'open'],
  ['open', 'new', 'open'],
  ['open', 'open', undefined],
  ['waiting', 'open', 'stalled'],
  ['resolved', 'stalled', 'resolved'],
  ['closed', 'resolved', undefined],
] as const)('%s here, where it is %s: to be %s', (state, now, wanted) => {
  expect(statusFor(state, now)).toBe(wanted);
});

it('is done there when it is done here, and the other way round', () => {
  for (const state of ticketStates)
    expect(stateOf(statusFor(state, '') ?? '')).toBe(state === 'resolved' || state === 'closed' ? 'done' : 'open');
  expect(['rejected', 'deleted', 'triage'].map(stateOf)).toEqual(['done', 'gone', 'open']);
});

describe('a history', () => {
  const entry = (id: number, type: string, data = ''): Transaction => ({ id, type, data, creator: 'eva' });
  const key = 'fettle:srv/t_1';
  const history = [
    entry(5, 'Comment', 'No Subject\n'),
    entry(3, 'Correspond', 'Re: disk'),
    entry(4, 'Comment', `${key}/12\n`),
    entry(1, 'Create'),
    entry(2, 'Status'),
    entry(6, 'EmailRecord'),
  ];

  it('gives what people wrote since the mark, in its order, and ours apart', () => {
    expect(writtenSince(history, key, '').map(({ id }) => id)).toEqual([3, 5]);
    expect(writtenSince(history, key, '3').map(({ id }) => id)).toEqual([5]);
    expect([ownNoteSince(history, key, ''), ownNoteSince(history, key, '4')]).toEqual([12, 0]);
    expect([markOf(history, ''), markOf([], '9'), markOf([], '')]).toEqual(['6', '9', '0']);
  });

  it("takes another ticket's key for somebody's words", () => {
    expect(writtenSince([entry(1, 'Comment', 'fettle:srv/t_2/12')], key, '')).toHaveLength(1);
  });
});
