import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, anAlert } from '../../fixture.ts';
import {
  byId,
  context,
  aTicket,
  NEW,
  TOUCHED,
  WAITING,
  RESOLVED,
  OLD,
  CLOSED,
  drops,
  waits,
  after,
  told,
} from './flow-fixture.ts';
import { type TicketContext, afterAlert, openLate } from './flow.ts';
import { STANDARD_MATRIX } from './priority.ts';

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

  it('that is raised while it waits has waited since it fired', () => {
    const rule = byId.get('cpu.sustained');
    const step = after('raised', undefined, { rule, device: aDevice({ class: 'desktop' }), opensAtMs: NOW + 7 });
    expect(step.timers).toEqual([{ kind: 'open ticket', subject: 'a_1', dueMs: NOW + 7 }]);
  });

  it('of a problem that is left as it is opens none until the date', () => {
    const left = { ...RESOLVED, wontFixUntilMs: NOW + 1 };
    expect([after('fired', left), openLate(anAlert(), context({ last: left }))]).toEqual([{}, {}]);
    const over = after('fired', { ...left, wontFixUntilMs: NOW });
    expect([told(over), over.ticket?.wontFixUntilMs]).toEqual(['reopened', null]);
    expect(told(after('fired', { ...CLOSED, wontFixUntilMs: NOW }))).toBe('opened');
  });

  it('keeps what the alert was judged on, and the link to the ticket before it', () => {
    const [first, again, next] = [undefined, RESOLVED, CLOSED].map((last) => after('fired', last));
    expect([first?.evidenceOf, first?.follows]).toEqual([anAlert(), undefined]);
    expect([again?.evidenceOf, again?.follows]).toEqual([anAlert(), undefined]);
    expect([next?.evidenceOf, next?.follows]).toEqual([anAlert(), CLOSED.id]);
    expect(after('fired', NEW).evidenceOf).toBeUndefined();
  });

  it('is as urgent as the tags of its device and the matrix of its tenant make it', () => {
    const laptop = { device: aDevice({ class: 'laptop' }) };
    const critical = anAlert({ severity: 'critical' });
    const of = (more: Partial<TicketContext>) =>
      afterAlert({ alert: critical, change: 'fired' }, context({ ...laptop, ...more })).ticket?.priority;
    const mild = { ...STANDARD_MATRIX, high: { high: 'low', medium: 'low', low: 'low' } } as const;
    expect([of({}), of({ tags: ['vip'] }), of({ tags: ['critical'] }), of({ matrix: mild })]).toEqual([
      'normal',
      'high',
      'critical',
      'low',
    ]);
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
    ['fired', 'The alert fired again, 2 times by now.'],
    ['reopened', 'The alert fired again, 2 times by now.'],
    ['raised', 'The alert was raised to warning.'],
    ['lowered', 'The alert was lowered to warning.'],
  ] as const)('says what the alert did: %s', (change, text) => {
    const { by, text: said } = after(change, NEW).note ?? {};
    expect([by, said?.replaceAll('\u00A0', ' ')]).toEqual(['Fettle', `${text} Used: 91 % (limit 85 %).`]);
  });

  it('tells of it at most once an hour, and counts each time', () => {
    const noted = aTicket({ fires: 4, firesNotedMs: NOW - HOUR_MS + 1 });
    const silent = after('fired', noted);
    expect([silent.note, silent.ticket]).toEqual([undefined, { ...noted, fires: 5 }]);
    expect(drops(silent)).toEqual(['resolve ticket', 'open ticket']);
    expect(after('raised', noted).ticket).toEqual(noted);
    const later = after('fired', { ...noted, firesNotedMs: NOW - HOUR_MS });
    expect(later.ticket).toMatchObject({ fires: 5, firesNotedMs: NOW, version: 2 });
    expect(later.note?.text).toContain('5 times by now');
  });

  it('tells at once when it has become worse', () => {
    const critical = { alert: anAlert({ severity: 'critical' }), change: 'raised' } as const;
    const step = afterAlert(critical, context({ last: aTicket({ firesNotedMs: NOW - 1 }) }));
    expect([told(step), step.ticket?.priority]).toEqual(['raised', 'critical']);
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
