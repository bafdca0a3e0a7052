import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aTicket, anAlert } from '../../fixture.ts';
import {
  type Item,
  type Message,
  headlineOf,
  lineOf,
  messageOf,
  moreOf,
  oneLine,
  testMessage,
  worstOf,
} from './message.ts';
import { alertSubject, ticketSubject } from './subject.ts';
import { ESCALATED, REPEATED } from './verdict.ts';

const names = { deviceName: 'srv-01', title: 'Disk', ticket: { id: 't_1', number: 'ACME-1' }, labels: {} };
const ofAlert = (change: Partial<Item> = {}): Item => ({
  ...alertSubject({ ...anAlert(), presence: 'online' }, names),
  status: 'firing',
  why: 'alert.fired',
  ...change,
});
const ofTicket = (change: Partial<Item> = {}): Item => ({
  ...ticketSubject(aTicket({ subject: 'Printer is out' }), null),
  status: 'firing',
  why: 'ticket.opened',
  ...change,
});
const HEAD = { topic: 'topic', tenant: 'acme', site: 'office', rule: 'disk.space', atMs: NOW };
const aMessage = (...items: readonly Item[]): Message => messageOf(HEAD, items);

describe('what stands in a message', () => {
  it.each<[string, readonly Item[], readonly string[]]>([
    ['an alert and not its new ticket', [ofAlert(), ofTicket()], ['alert']],
    ['a ticket without its alert', [ofTicket()], ['ticket']],
    ['a ticket beside an alert that has none', [ofAlert({ ticket: null }), ofTicket()], ['alert', 'ticket']],
    [
      'a ticket beside the alert of another',
      [ofAlert({ ticket: { id: 't_2', number: 'ACME-2' } }), ofTicket()],
      ['alert', 'ticket'],
    ],
    ['the SLA of a ticket beside its alert', [ofAlert(), ofTicket({ why: 'sla.breach' })], ['alert', 'ticket']],
  ])('%s', (_name, items, types) => {
    expect(aMessage(...items).items.map(({ type }) => type)).toEqual(types);
  });

  it('fifty of all, and how many more there are', () => {
    const message = aMessage(...Array.from({ length: 53 }, () => ofAlert()));
    expect([message.items.length, message.more, moreOf(message)]).toEqual([50, 3, 'and 3 more']);
    expect([aMessage(ofAlert()).more, moreOf(aMessage(ofAlert()))]).toEqual([0, '']);
  });

  it.each<[string, readonly Item[], string | undefined]>([
    ['nothing', [], undefined],
    ['what is over', [ofAlert({ status: 'resolved', severity: 'critical' })], undefined],
    [
      'a warning beside a critical one that is over',
      [ofAlert(), ofAlert({ status: 'resolved', severity: 'critical' })],
      'warning',
    ],
    ['a critical one among warnings', [ofAlert(), ofAlert({ severity: 'critical' })], 'critical'],
  ])('is as bad as the worst that goes on: of %s', (_name, items, worst) => {
    expect(worstOf(aMessage(...items))).toBe(worst);
  });
});

describe('the words', () => {
  it.each<[string, Message, string]>([
    ['of nothing', aMessage(), 'Resolved'],
    ['of a ticket', aMessage(ofTicket()), 'Warning: ACME-1 Printer is out'],
    ['of a ticket without a number', aMessage(ofTicket({ ticket: null })), 'Warning: Printer is out'],
    ['of an alert about the whole device', aMessage(ofAlert({ instance: '' })), 'Warning: Disk on srv-01'],
    ['of a test', testMessage(NOW), 'Warning: This is a test on Fettle'],
  ])('%s', (_name, message, headline) => {
    expect(headlineOf(message).replaceAll(/\s+/g, ' ')).toBe(headline);
  });

  it.each<[Partial<Item>, string]>([
    [{}, 'WARNING Disk / on srv-01, since 2026-11-23 12:00 UTC (ACME-1)'],
    [{ severity: 'critical', ticket: null }, 'CRITICAL Disk / on srv-01, since 2026-11-23 12:00 UTC'],
    [{ status: 'resolved', endedMs: NOW + HOUR_MS }, 'RESOLVED Disk / on srv-01, ended 2026-11-23 13:00 UTC (ACME-1)'],
    [{ status: 'resolved', endedMs: null }, 'RESOLVED Disk / on srv-01, ended 2026-11-23 12:00 UTC (ACME-1)'],
    [
      { why: REPEATED },
      'WARNING Disk / on srv-01, since 2026-11-23 12:00 UTC (ACME-1), again: nobody has acknowledged it',
    ],
    [
      { why: ESCALATED },
      'WARNING Disk / on srv-01, since 2026-11-23 12:00 UTC (ACME-1), escalated: nobody has acknowledged it',
    ],
  ])('of a line %#', (change, line) => {
    expect(lineOf(ofAlert(change))).toBe(line);
  });

  it('of a ticket and its SLA', () => {
    expect(lineOf(ofTicket({ why: 'sla.breach' }))).toBe(
      'WARNING ACME-1 Printer is out, since 2026-11-23 12:00 UTC, SLA breach',
    );
  });

  it('of others stay on one line and within bounds, without half a sign at the end', () => {
    expect(oneLine(' a\r\nBcc: x\u2028y\u0000 ')).toBe('a Bcc: x y');
    expect(oneLine('x'.repeat(200))).toHaveLength(200);
    expect(oneLine('x'.repeat(201))).toBe(`${'x'.repeat(199)}…`);
    expect(oneLine('ab😀', 4)).toBe('ab😀');
    expect(oneLine('abc😀d', 5)).toBe('abc…');
  });
});
