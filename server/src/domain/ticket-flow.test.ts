import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, anAlert, countingIds, aTicket as ticketOf } from '../fixture.ts';
import type { AlertChange } from './alert.ts';
import { ruleBookAt } from './rule-book.ts';
import { type TicketContext, afterAlert, openLate } from './ticket-flow.ts';
import { type Ticket, type TicketStep, ticketKey } from './ticket.ts';
import { timesAt } from './times.ts';

const times = timesAt({ divisor: 1 });
const { byId } = ruleBookAt({ divisor: 1 });

const context = (change: Partial<TicketContext> = {}): TicketContext => ({
  device: aDevice(),
  rule: byId.get('disk.space'),
  last: undefined,
  othersAreClear: true,
  nowMs: NOW,
  times,
  newId: countingIds(),
  newNumber: () => 'ACME-7',
  ...change,
});

/** As urgent as its alert. */
const aTicket = (change: Partial<Ticket> = {}) => ticketOf({ priority: 'high', ...change });

const NEW = aTicket();
const TOUCHED = aTicket({ state: 'open', assignee: 'eva', isTouched: true });
const WAITING = aTicket({ state: 'waiting' });
const RESOLVED = aTicket({ state: 'resolved', resolvedMs: NOW - HOUR_MS });
const OLD = aTicket({ state: 'resolved', resolvedMs: NOW - 72 * HOUR_MS - 1 });
const CLOSED = aTicket({ state: 'closed', resolvedMs: NOW - HOUR_MS });

const drops = (step: TicketStep) => step.timers?.flatMap((timer) => ('drop' in timer ? [timer.drop] : [])) ?? [];
const waits = (step: TicketStep) => step.timers?.flatMap((timer) => ('kind' in timer ? [timer] : [])) ?? [];

const after = (change: AlertChange, last: Ticket | undefined, more: Partial<TicketContext> = {}) =>
  afterAlert({ alert: anAlert(), change }, context({ last, ...more }));

/** What became of the ticket, in a word; which timers were set and dropped. */
const told = (step: TicketStep) => step.note?.what ?? 'nothing';

describe('every change of an alert, by the ticket that its key has', () => {
  const rows = [
    { name: 'none', last: undefined, fired: 'opened', raised: 'opened', lowered: 'nothing', resolved: 'nothing' },
    { name: 'new', last: NEW, fired: 'noted', raised: 'noted', lowered: 'noted', resolved: 'noted' },
    { name: 'touched', last: TOUCHED, fired: 'noted', raised: 'noted', lowered: 'noted', resolved: 'noted' },
    { name: 'waiting', last: WAITING, fired: 'noted', raised: 'noted', lowered: 'noted', resolved: 'noted' },
    {
      name: 'resolved',
      last: RESOLVED,
      fired: 'reopened',
      raised: 'reopened',
      lowered: 'nothing',
      resolved: 'nothing',
    },
    {
      name: 'resolved long ago',
      last: OLD,
      fired: 'opened',
      raised: 'opened',
      lowered: 'nothing',
      resolved: 'nothing',
    },
    { name: 'closed', last: CLOSED, fired: 'opened', raised: 'opened', lowered: 'nothing', resolved: 'nothing' },
  ];

  it.each(rows)('$name', ({ last, fired, raised, lowered, resolved }) => {
    expect({
      fired: told(after('fired', last)),
      reopened: told(after('reopened', last)),
      raised: told(after('raised', last)),
      lowered: told(after('lowered', last)),
      resolved: told(after('resolved', last)),
    }).toEqual({ fired, reopened: fired, raised, lowered, resolved });
  });
});

describe('a fire without an open ticket', () => {
  it('opens one, by rule and device', () => {
    const { ticket, timers } = after('fired', undefined);
    const { body, ...rest } = aTicket({ id: `t_${'1'.padStart(22, '0')}`, number: 'ACME-7' });
    expect(ticket).toMatchObject(rest);
    expect(ticket?.body).toContain('85 %');
    expect(body).not.toBe('');
    expect(timers).toEqual([{ drop: 'open ticket', subject: 'a_1' }]);
  });

  it('of a rule that is not known any more opens none', () => {
    expect(after('fired', undefined, { rule: undefined })).toEqual({});
  });

  it('where people need no ticket at once waits for somebody to see the alert', () => {
    const step = after('fired', undefined, {
      rule: byId.get('cpu.sustained'),
      device: aDevice({ class: 'desktop' }),
    });
    expect(step).toEqual({ timers: [{ kind: 'open ticket', subject: 'a_1', dueMs: NOW + HOUR_MS }] });
  });

  it('takes no number for a ticket that it does not open', () => {
    const newNumber = () => {
      throw new Error('a number was taken');
    };
    expect(told(after('fired', NEW, { newNumber }))).toBe('noted');
    expect(told(after('fired', RESOLVED, { newNumber }))).toBe('reopened');
  });

  it('names the last one when that is closed', () => {
    const { ticket, note } = after('fired', CLOSED);
    expect(ticket?.id).not.toBe(CLOSED.id);
    expect(note?.text).toBe(`Opened. The last ticket of this problem was ${CLOSED.number}.`);
    expect(after('fired', undefined).note?.text).toBe('Opened.');
  });

  it.each([
    ['low', 'warning', 'normal'],
    ['high', 'warning', 'critical'],
    ['low', 'critical', 'high'],
  ] as const)('whose rule calls a warning %s: a %s is %s', (urgency, severity, priority) => {
    const rule = byId.get('disk.space');
    const alert = anAlert({ severity });
    const step = afterAlert(
      { alert, change: 'fired' },
      context({ rule: rule && { ...rule, urgency: [urgency, 'medium'] } }),
    );
    expect(step.ticket?.priority).toBe(priority);
  });
});

describe('a fire with an open ticket', () => {
  it('stops the ticket from resolving itself', () => {
    expect(drops(after('fired', NEW))).toEqual(['resolve ticket', 'open ticket']);
  });

  it('raises the priority, and never lowers it', () => {
    const critical = { alert: anAlert({ severity: 'critical' }), change: 'raised' } as const;
    const raised = afterAlert(critical, context({ last: NEW }));
    expect([raised.ticket?.priority, told(raised)]).toEqual(['critical', 'raised']);
    const lowered = after('lowered', aTicket({ priority: 'critical' }));
    expect([lowered.ticket?.priority, told(lowered)]).toEqual(['critical', 'noted']);
  });

  it.each([
    ['fired', 'The alert fired again.'],
    ['reopened', 'The alert fired again.'],
    ['raised', 'The alert was raised.'],
    ['lowered', 'The alert was lowered.'],
  ] as const)('says what the alert did: %s', (change, text) => {
    expect(after(change, NEW).note).toMatchObject({ by: 'Fettle', text });
  });
});

describe('a resolve', () => {
  it('of an untouched ticket lets it resolve itself in half an hour', () => {
    const step = after('resolved', NEW);
    expect(step.ticket?.state).toBe('new');
    expect(waits(step)).toEqual([{ kind: 'resolve ticket', subject: 't_1', dueMs: NOW + 30 * MINUTE_MS }]);
    expect(drops(step)).toEqual(['open ticket']);
    expect(step.note?.text).toBe('The condition has cleared. Unless it comes back, the ticket resolves itself.');
  });

  it('of a touched one leaves it to its person', () => {
    const step = after('resolved', TOUCHED);
    expect([step.ticket?.state, step.timers]).toEqual(['open', [{ drop: 'open ticket', subject: 'a_1' }]]);
    expect(step.note?.text).toBe('The condition has cleared. Resolve the ticket when you are done.');
  });

  it('while others of its alerts stand says nothing yet', () => {
    expect(after('resolved', NEW, { othersAreClear: false })).toEqual({
      timers: [{ drop: 'open ticket', subject: 'a_1' }],
    });
  });
});

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
      text: 'The alert fired again.',
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
    ['that somebody has', aTicket({ state: 'open', assignee: 'otto' })],
    ['that is resolved', RESOLVED],
    ['that is not there', undefined],
  ])('leaves a ticket %s alone, and opens none later', (_name, last) => {
    expect(acked(last)).toEqual({ timers: [{ drop: 'open ticket', subject: 'a_1' }] });
  });
});
