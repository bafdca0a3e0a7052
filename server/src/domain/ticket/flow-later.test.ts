// What becomes of a ticket in time: its problem comes back, nobody sees it, a person takes it, or the device has too many.
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, anAlert } from '../../fixture.ts';
import { byId, context, aTicket, NEW, TOUCHED, RESOLVED, CLOSED, drops, after, told } from './flow-fixture.ts';
import { type TicketContext, afterAlert, openLate } from './flow.ts';
import { type Ticket, ticketKey } from './ticket.ts';

describe('a problem that comes back', () => {
  const again = (reopenedMs: readonly number[]) => {
    const last = aTicket({ ...RESOLVED, reopenedMs, reopened: reopenedMs.length });
    return after('reopened', last).ticket;
  };

  it('reopens its ticket within 72 hours', () => {
    const step = after('fired', aTicket({ state: 'resolved', resolvedMs: NOW - 72 * HOUR_MS }));
    expect(step.ticket).toMatchObject({ id: 't_1', state: 'open', resolvedMs: null, reopened: 1, reopenedMs: [NOW] });
    expect(drops(step)).toEqual(['close ticket', 'open ticket']);
  });

  it('says that it came back, and when a person must look why', () => {
    const last = aTicket({ ...RESOLVED, reopenedMs: [NOW - 2 * DAY_MS, NOW - DAY_MS] });
    expect([RESOLVED, last].map((ticket) => after('fired', ticket).note?.text)).toEqual([
      'The problem came back.',
      'The problem came back, 3 times within a week. It waits for a person now.',
    ]);
  });

  it('for the third time within a week waits for a person', () => {
    expect(again([NOW - DAY_MS])).toMatchObject({ isTouched: false, reopened: 2 });
    expect(again([NOW - 2 * DAY_MS, NOW - DAY_MS])).toMatchObject({ isTouched: true, reopened: 3 });
    expect(again([NOW - 7 * DAY_MS, NOW - DAY_MS])).toMatchObject({ isTouched: true });
    expect(again([NOW - 7 * DAY_MS - 1, NOW - DAY_MS])).toMatchObject({ isTouched: false, reopened: 3 });
  });

  it('remembers no more times than it needs', () => {
    const often = Array.from({ length: 3 }, (_, index) => NOW - HOUR_MS * (3 - index));
    expect(again(often)?.reopenedMs).toEqual([...often.slice(1), NOW]);
  });

  it('on a ticket that a person had worked on leaves it touched', () => {
    expect(after('fired', aTicket({ ...TOUCHED, state: 'resolved', resolvedMs: NOW })).ticket).toMatchObject({
      isTouched: true,
      assignee: 'eva',
    });
  });
});

describe('an alert that nobody has seen for too long', () => {
  it('opens a ticket', () => {
    const step = openLate(anAlert(), context());
    expect([told(step), step.ticket?.number]).toEqual(['opened', 'ACME-7']);
  });

  it('of a rule that is not known any more opens one that says what is known', () => {
    expect(openLate(anAlert({ evidence: [] }), context({ rule: undefined })).ticket).toMatchObject({
      rule: 'disk.space',
      key: ticketKey('acme', 'd_1', 'disk.space', '/'),
      priority: 'high',
      subject: 'disk.space / on srv-01',
      body: '',
    });
  });

  it('joins the one that is open by now, and reopens the one that was', () => {
    expect(openLate(anAlert(), context({ last: NEW })).note).toMatchObject({
      what: 'noted',
      text: expect.stringContaining('The alert fired again, 2 times by now.') as string,
    });
    expect(told(openLate(anAlert(), context({ last: RESOLVED })))).toBe('reopened');
  });
});

describe('an acknowledgement', () => {
  const acked = (last: Ticket | undefined) =>
    afterAlert({ alert: anAlert({ state: 'acked', ackedBy: 'eva' }), change: 'acked' }, context({ last }));

  it('takes the ticket', () => {
    const step = acked(NEW);
    expect(step.ticket).toMatchObject({ state: 'open', assignee: 'eva', isTouched: true });
    expect(step.timers).toEqual([{ drop: 'open ticket', subject: 'a_1' }]);
  });

  it.each([
    ['that is resolved', RESOLVED],
    ['that is not there', undefined],
  ])('leaves a ticket %s alone, and opens none later', (_name, last) => {
    expect(acked(last)).toEqual({ timers: [{ drop: 'open ticket', subject: 'a_1' }] });
  });

  it('of a ticket that somebody has leaves it theirs, and is an answer all the same', () => {
    const step = acked(aTicket({ state: 'open', assignee: 'otto' }));
    expect([step.ticket?.assignee, step.note?.isAnswer, step.note?.text]).toEqual([
      'otto',
      true,
      'The alert was acknowledged.',
    ]);
  });
});

describe('a device with many troubles', () => {
  const crowd = (open: number, lately: number, summary?: Ticket) => ({ crowd: () => ({ open, lately, summary }) });
  const subjectOf = (change: Partial<TicketContext>) => after('fired', undefined, change).ticket?.rule;

  it.each([
    [4, 19, 'disk.space'],
    [5, 0, 'ticket.summary'],
    [0, 20, 'ticket.summary'],
  ])('has %i tickets open and %i in an hour: the next is of %s', (open, lately, rule) => {
    expect(subjectOf(crowd(open, lately))).toBe(rule);
  });

  it('has one ticket that gathers; what comes again reopens its own all the same', () => {
    const summary = aTicket({ id: 't_9', rule: 'ticket.summary' });
    expect(after('fired', undefined, crowd(5, 0, summary))).toMatchObject({
      ticket: { id: 't_9' },
      note: { what: 'noted' },
    });
    expect(after('fired', undefined, crowd(5, 0, { ...summary, state: 'closed' })).ticket?.id).not.toBe('t_9');
    expect(after('fired', RESOLVED, crowd(5, 0, summary)).note?.what).toBe('reopened');
  });
});

describe('a device in which much goes wrong', () => {
  const crowded = (summary?: Ticket) => ({ crowd: () => ({ open: 5, lately: 5, summary }) });
  const aSummary = (change: Partial<Ticket> = {}) =>
    aTicket({
      id: 't_9',
      rule: 'ticket.summary',
      instance: '',
      key: ticketKey('acme', 'd_1', 'ticket.summary', ''),
      ...change,
    });

  it('gets one ticket that gathers', () => {
    const { ticket, note, follows } = after('fired', CLOSED, crowded());
    expect(ticket).toMatchObject({
      rule: 'ticket.summary',
      instance: '',
      key: aSummary().key,
      number: 'ACME-7',
      fires: 1,
    });
    expect([ticket?.subject, ticket?.body]).toEqual([
      'More goes wrong with srv-01',
      'So much goes wrong with srv-01 that what comes now is gathered here. It began with: Disk space is running out / on srv-01.',
    ]);
    expect([note?.what, follows]).toEqual(['opened', undefined]);
  });

  it('has what comes then in that one, while it is open', () => {
    expect(after('fired', undefined, crowded(aSummary({ fires: 3 }))).ticket).toMatchObject({ id: 't_9', fires: 4 });
    expect(after('fired', undefined, crowded(aSummary({ state: 'closed' }))).ticket?.id).not.toBe('t_9');
  });

  it('keeps the tickets that it has: what they are about is told there', () => {
    expect(after('reopened', NEW, crowded()).ticket?.id).toBe('t_1');
    expect(after('fired', RESOLVED, crowded()).ticket).toMatchObject({ id: 't_1', state: 'open' });
  });
});

it('a problem of a rule that makes no tickets by itself has none', () => {
  expect(after('fired', undefined, { rule: byId.get('battery.health') })).toEqual({});
});

it('an alert that is given to nobody leaves its ticket as it is', () => {
  expect(afterAlert({ alert: anAlert(), change: 'assigned' }, context({ last: TOUCHED }))).toEqual({});
});
