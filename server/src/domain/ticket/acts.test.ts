import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aTicket } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import {
  assignTicket,
  closeTicket,
  commentTicket,
  continueTicket,
  fileTicket,
  leaveTicket,
  mergeTicket,
  noteTicket,
  receiveTicket,
  reopenTicket,
  replyToTicket,
  resolveByItself,
  resolveTicket,
  spendTime,
  takeTicket,
  waitTicket,
} from './acts.ts';
import { type TicketWait, isOpenTicket, ticketKey } from './ticket.ts';

const LATER = NOW + 1;
const context = { nowMs: LATER, times: timesAt({ divisor: 1 }) };
const TICKET = aTicket();
const RESOLVED = aTicket({ state: 'resolved', resolvedMs: NOW });
const CUSTOMER: TicketWait = { for: 'customer', untilMs: null, reason: '' };
const WAITING = aTicket({ state: 'waiting', wait: CUSTOMER, isTouched: true });
/** Each is a new version, and says when. */
const next = { updatedMs: LATER, version: 2 };

describe('what people and time do to a ticket', () => {
  it('who takes it has it, and nothing resolves it behind their back', () => {
    expect(takeTicket(TICKET, 'eva', LATER)).toEqual({
      ticket: { ...TICKET, ...next, state: 'open', assignee: 'eva', isTouched: true },
      note: { by: 'eva', what: 'taken', text: 'Taken by eva.', isAnswer: true },
    });
  });

  it('a note alone makes it touched, and is for technicians', () => {
    expect(noteTicket(TICKET, 'eva', 'Looking.', LATER)).toEqual({
      ticket: { ...TICKET, ...next, isTouched: true },
      note: { by: 'eva', what: 'noted', text: 'Looking.', isInternal: true },
    });
  });

  it('it can be given to another, and an answer opens it; what waits goes on waiting', () => {
    expect(assignTicket(TICKET, 'otto', 'eva', LATER)).toEqual({
      ticket: { ...TICKET, ...next, state: 'open', assignee: 'otto', isTouched: true },
      note: { by: 'eva', what: 'assigned', text: 'Assigned to otto.', isAnswer: true },
    });
    expect(assignTicket(WAITING, 'otto', 'eva', LATER).ticket).toMatchObject({ state: 'waiting', wait: CUSTOMER });
    expect(commentTicket(TICKET, 'eva', 'Hello.', LATER)).toEqual({
      ticket: { ...TICKET, ...next, state: 'open', isTouched: true },
      note: { by: 'eva', what: 'commented', text: 'Hello.', isAnswer: true },
    });
    expect(commentTicket(RESOLVED, 'eva', 'By the way.', LATER).ticket?.state).toBe('resolved');
  });

  it('a word of whoever asked ends the wait for them alone, and reopens what was thought done', () => {
    const reply = (ticket: typeof TICKET) => {
      const { ticket: after, note } = replyToTicket(ticket, 'ann', 'Here.', LATER);
      return [after?.state, after?.wait, note?.what, note?.isAnswer];
    };
    const vendor: TicketWait = { ...CUSTOMER, for: 'vendor' };
    expect(reply(TICKET)).toEqual(['new', null, 'commented', undefined]);
    expect(reply(WAITING)).toEqual(['open', null, 'continued', undefined]);
    expect(reply({ ...WAITING, wait: vendor })).toEqual(['waiting', vendor, 'commented', undefined]);
    expect(reply(RESOLVED)).toEqual(['open', null, 'reopened', undefined]);
  });

  it.each([
    ['for the customer', CUSTOMER, 'Waiting for the customer.'],
    ['for a vendor', { for: 'vendor', untilMs: null, reason: 'RMA 7' }, 'Waiting for a vendor: RMA 7'],
    ['for a date', { for: 'scheduled', untilMs: NOW + HOUR_MS, reason: '' }, 'Scheduled until 2026-11-23 13:00 UTC.'],
    ['on hold', { for: 'hold', untilMs: NOW, reason: 'budget' }, 'On hold until 2026-11-23 12:00 UTC: budget'],
  ] as const)('it waits %s', (_name, wait, text) => {
    const due = { kind: 'wait ends', subject: 't_1', dueMs: wait.untilMs };
    expect(waitTicket(TICKET, wait, 'eva', LATER)).toEqual({
      ticket: { ...TICKET, ...next, state: 'waiting', wait, isTouched: true },
      note: { by: 'eva', what: 'waiting', text, isAnswer: true },
      timers: [wait.untilMs === null ? { drop: 'wait ends', subject: 't_1' } : due],
    });
  });

  it.each([
    ['a person', 'eva', 'eva', 'The wait is over.'],
    ['its date', undefined, 'Fettle', 'The date that it waited for has come.'],
  ])('it goes on by %s', (_name, who, by, text) => {
    expect(continueTicket(WAITING, who, LATER)).toEqual({
      ticket: { ...WAITING, ...next, state: 'open', wait: null },
      note: { by, what: 'continued', text },
      timers: [{ drop: 'wait ends', subject: 't_1' }],
    });
  });

  it.each([
    ['a person', () => resolveTicket(TICKET, 'eva', 'Done.', context), 'eva', 'Done.'],
    ['itself', () => resolveByItself(TICKET, context), 'Fettle', 'The condition stayed clear.'],
  ])('resolved by %s it is closed after 72 hours', (_name, step, by, text) => {
    expect(step()).toEqual({
      ticket: { ...TICKET, ...next, state: 'resolved', resolvedMs: LATER },
      note: { by, what: 'resolved', text },
      timers: [
        { drop: 'resolve ticket', subject: 't_1' },
        { kind: 'close ticket', subject: 't_1', dueMs: LATER + 72 * HOUR_MS },
      ],
    });
  });

  it('resolved while it waits it waits no more', () => {
    expect(resolveTicket(WAITING, 'eva', '', context).ticket).toMatchObject({ state: 'resolved', wait: null });
  });

  it.each([
    ['', 'Will not be fixed before 2026-11-23 13:00 UTC.'],
    ['Too dear.', 'Will not be fixed before 2026-11-23 13:00 UTC: Too dear.'],
  ])('left as it is until a date it mutes its alerts until then: "%s"', (text, said) => {
    const untilMs = NOW + HOUR_MS;
    const step = leaveTicket(TICKET, { by: 'eva', text, untilMs }, context);
    expect(step.ticket).toMatchObject({ state: 'resolved', wontFixUntilMs: untilMs });
    expect([step.note?.text, step.muteUntilMs]).toEqual([said, untilMs]);
  });

  it('closed it stays as it was resolved, and needs no timer for it', () => {
    const timers = [{ drop: 'close ticket', subject: 't_1' }];
    const closed = { ...RESOLVED, ...next, state: 'closed' };
    expect(closeTicket(RESOLVED, LATER)).toEqual({
      ticket: closed,
      note: { by: 'Fettle', what: 'closed', text: 'Closed.' },
      timers,
    });
    expect(closeTicket(RESOLVED, LATER, 'eva').note?.by).toBe('eva');
  });

  it('reopened by a person it waits for one, and is to be fixed again', () => {
    const note = { by: 'eva', what: 'reopened', text: 'No.' } as const;
    expect(reopenTicket({ ...RESOLVED, wontFixUntilMs: 7 }, note, LATER)).toEqual({
      ticket: {
        ...RESOLVED,
        ...next,
        state: 'open',
        resolvedMs: null,
        reopened: 1,
        wontFixUntilMs: null,
        isTouched: true,
      },
      note,
      timers: [{ drop: 'close ticket', subject: 't_1' }],
    });
  });

  it('merged it closes and points at the other, and both say so', () => {
    const merged = mergeTicket(WAITING, { id: 't_2', number: 'ACME-2' }, 'eva', LATER);
    expect(merged.ticket).toMatchObject({ state: 'closed', mergedInto: 't_2', resolvedMs: LATER, wait: null });
    expect(merged.note?.text).toBe('Merged into ACME-2.');
    const into = receiveTicket(TICKET, { number: 'ACME-1' }, 'eva', LATER);
    expect([into.ticket?.state, into.ticket?.isTouched, into.note?.text]).toEqual([
      'new',
      true,
      'ACME-1 was merged into this one.',
    ]);
  });

  it.each([
    [{ priority: 'critical' }, 'Priority from normal to critical.'],
    [{ category: 'mail' }, 'Category from none to mail.'],
    [
      { category: null, subject: 'New' },
      'Category from none to none. Subject was "Disk space is running out / on srv-01".',
    ],
    [{}, ''],
  ] as const)('filed as %j it says what it was', (filing, text) => {
    const step = fileTicket(TICKET, filing, 'eva', LATER);
    expect(step.ticket).toEqual({ ...TICKET, ...next, ...filing, isTouched: true });
    expect(step.note).toEqual({ by: 'eva', what: 'changed', text });
  });

  it.each([
    ['', '15 min spent.'],
    ['on site', '15 min spent: on site'],
  ])('time spent is said, to technicians: "%s"', (text, said) => {
    const step = spendTime(TICKET, 15, 'eva', { nowMs: LATER, text });
    expect(step.note).toEqual({ by: 'eva', what: 'noted', text: said, isInternal: true });
    expect(step.ticket?.isTouched).toBe(true);
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
