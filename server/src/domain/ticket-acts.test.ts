import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aTicket } from '../fixture.ts';
import { closeTicket, noteTicket, resolveByItself, resolveTicket, takeTicket } from './ticket-acts.ts';
import { isOpenTicket, ticketKey } from './ticket.ts';
import { timesAt } from './times.ts';

const context = { nowMs: NOW + 1, times: timesAt({ divisor: 1 }) };
const TICKET = aTicket();
const RESOLVED = aTicket({ state: 'resolved', resolvedMs: NOW });
/** Each is a new version, and says when. */
const next = { updatedMs: NOW + 1, version: 2 };

describe('what people and time do to a ticket', () => {
  it('who takes it has it, and nothing resolves it behind their back', () => {
    expect(takeTicket(TICKET, 'eva', NOW + 1)).toEqual({
      ticket: { ...TICKET, ...next, state: 'open', assignee: 'eva', isTouched: true },
      note: { by: 'eva', what: 'taken', text: 'Taken by eva.' },
    });
  });

  it('a note alone makes it touched, and leaves the rest', () => {
    expect(noteTicket(TICKET, 'eva', 'Looking.', NOW + 1)).toEqual({
      ticket: { ...TICKET, ...next, isTouched: true },
      note: { by: 'eva', what: 'noted', text: 'Looking.' },
    });
  });

  it.each([
    ['a person', () => resolveTicket(TICKET, 'eva', 'Done.', context), 'eva', 'Done.'],
    ['itself', () => resolveByItself(TICKET, context), 'Fettle', 'The condition stayed clear.'],
  ])('resolved by %s it is closed after 72 hours', (_name, step, by, text) => {
    expect(step()).toEqual({
      ticket: { ...TICKET, ...next, state: 'resolved', resolvedMs: NOW + 1 },
      note: { by, what: 'resolved', text },
      timers: [
        { drop: 'resolve ticket', subject: 't_1' },
        { kind: 'close ticket', subject: 't_1', dueMs: NOW + 1 + 72 * HOUR_MS },
      ],
    });
  });

  it('closed it stays as it was resolved', () => {
    expect(closeTicket(RESOLVED, NOW + 1)).toEqual({
      ticket: { ...RESOLVED, ...next, state: 'closed' },
      note: { by: 'Fettle', what: 'closed', text: 'Closed.' },
    });
  });
});

describe('a ticket', () => {
  it.each([
    ['new', true],
    ['open', true],
    ['waiting', true],
    ['resolved', false],
    ['closed', false],
  ] as const)('that is %s is open: %s', (state, isOpen) => {
    expect(isOpenTicket(aTicket({ state }))).toBe(isOpen);
  });

  it('is of one tenant, device, family and instance, whatever is in their names', () => {
    const keys = [
      ticketKey('a', 'd', 'f', 'i'),
      ticketKey('b', 'd', 'f', 'i'),
      ticketKey('a', 'e', 'f', 'i'),
      ticketKey('a', 'd', 'g', 'i'),
      ticketKey('a', 'd', 'f', 'j'),
      ticketKey('a', 'd', 'f', ''),
      ticketKey('a', 'd', 'f","i', ''),
      ticketKey('a', 'd,f', '', 'i'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(ticketKey('a', 'd', 'f', 'i')).toBe(keys[0]);
  });
});
