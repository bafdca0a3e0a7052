import { describe, expect, it } from 'vitest';

import { NOW, aTicket } from '../../fixture.ts';
import { datedFacts, factsOf } from './facts.ts';
import { type Ticket, type TicketNote, ownNote } from './ticket.ts';

const note = (change: Partial<TicketNote> = {}): TicketNote => ({ by: 'eva', what: 'noted', text: '', ...change });
const wait = (what: 'customer' | 'vendor') =>
  ({ state: 'waiting', wait: { for: what, untilMs: null, reason: '' } }) as const;
type Change = readonly [before: Partial<Ticket>, after: Partial<Ticket>, said: TicketNote, facts: readonly object[]];
type Row = readonly [name: string, ...Change];
const RESOLVED = { state: 'resolved' } as const;

describe('what a change means to the clocks', () => {
  it('a new ticket is opened', () => {
    expect(factsOf(undefined, aTicket({ priority: 'high' }), note())).toEqual([{ is: 'opened', priority: 'high' }]);
  });

  it.each<Row>([
    ['a note means nothing', {}, {}, note(), []],
    ['an answer', {}, { state: 'open' }, note({ isAnswer: true }), [{ is: 'answered' }]],
    ['a priority', {}, { priority: 'low' }, note(), [{ is: 'priority', priority: 'low' }]],
    [
      'a wait, which is an answer',
      {},
      wait('customer'),
      note({ isAnswer: true }),
      [{ is: 'answered' }, { is: 'waits', for: 'customer' }],
    ],
    ['a wait for another', wait('customer'), wait('vendor'), note(), [{ is: 'waits', for: 'vendor' }]],
    ['the same wait', wait('customer'), wait('customer'), note(), []],
    ['the end of a wait', wait('customer'), { state: 'open' }, note(), [{ is: 'continues' }]],
    ['resolved by a person', {}, RESOLVED, note(), [{ is: 'resolved', by: 'person' }]],
    ['resolved by itself', {}, RESOLVED, ownNote('resolved', ''), [{ is: 'resolved', by: 'itself' }]],
    ['resolved while it waits', wait('vendor'), RESOLVED, note(), [{ is: 'resolved', by: 'person' }]],
    ['closed after that', RESOLVED, { state: 'closed' }, note(), []],
    [
      'reopened, and raised',
      RESOLVED,
      { state: 'open', priority: 'critical' },
      note(),
      [{ is: 'priority', priority: 'critical' }, { is: 'reopened' }],
    ],
    ['merged', {}, { state: 'closed', mergedInto: 't_2' }, note(), [{ is: 'merged' }]],
    ['merged already', { state: 'closed', mergedInto: 't_2' }, { state: 'closed', mergedInto: 't_2' }, note(), []],
  ])('%s', (_name, ...[before, after, said, facts]: Change) => {
    expect(factsOf(aTicket(before), aTicket(after), said)).toEqual(facts);
  });
});

it('notes of before are told from their words, those with facts from them', () => {
  const at = (what: TicketNote['what'], by = 'eva') => ({ atMs: NOW, by, what, facts: null });
  const notes = [
    at('opened', 'Fettle'),
    at('taken'),
    at('noted'),
    at('resolved'),
    at('reopened', 'Fettle'),
    at('resolved', 'Fettle'),
    { ...at('noted'), facts: [{ is: 'answered' } as const] },
  ];
  expect(datedFacts(notes, { priority: 'high' })).toEqual(
    [
      { is: 'opened', priority: 'high' },
      { is: 'answered' },
      { is: 'resolved', by: 'person' },
      { is: 'reopened' },
      { is: 'resolved', by: 'itself' },
      { is: 'answered' },
    ].map((fact) => ({ ...fact, atMs: NOW })),
  );
});
