import { alertmanagerMessage } from '@fettle/shared/api/notice.schema';
import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW, anAlert } from '../../fixture.ts';
import { type Item, type Message, headlineOf, lineOf, messageOf, oneLine } from './message.ts';
import { mailText, ntfyPayload, slackPayload, teamsPayload, webhookPayload } from './payload.ts';
import { alertSubject } from './subject.ts';

const CONTEXT = { url: 'https://fettle.example', receiver: 'ops' };

const anItem = (change: Partial<Item> = {}): Item => ({
  ...alertSubject(
    { ...anAlert({ severity: 'critical' }), presence: 'online' },
    {
      deviceName: 'srv-01',
      title: 'Disk space is running out',
      ticket: { id: 't_1', number: 'ACME-1' },
      labels: {},
    },
  ),
  status: 'firing',
  why: 'alert.fired',
  ...change,
});

const aMessage = (...items: readonly Item[]): Message =>
  messageOf({ topic: 'topic', tenant: 'acme', site: 'office', rule: 'disk.space', atMs: NOW }, items);

describe('the words', () => {
  it.each([
    [aMessage(anItem()), 'Critical: Disk space is running out / on srv-01'],
    [
      aMessage(anItem({ severity: 'warning' }), anItem({ severity: 'warning' })),
      'Warning: 2 problems, Disk space is running out',
    ],
    [aMessage(anItem({ status: 'resolved', endedMs: NOW })), 'Resolved: Disk space is running out / on srv-01'],
    [
      aMessage(anItem({ severity: 'warning' }), anItem({ status: 'resolved' })),
      'Warning: 2 problems, Disk space is running out',
    ],
  ])('of the headline', (message, expected) => {
    expect(headlineOf(message)).toBe(expected);
  });

  it.each([
    [anItem(), 'CRITICAL Disk space is running out / on srv-01, since 2026-11-23 12:00 UTC (ACME-1)'],
    [
      anItem({ status: 'resolved', endedMs: NOW + 60_000 }),
      'RESOLVED Disk space is running out / on srv-01, ended 2026-11-23 12:01 UTC (ACME-1)',
    ],
    [
      anItem({ why: 'notice.repeated', ticket: null }),
      'CRITICAL Disk space is running out / on srv-01, since 2026-11-23 12:00 UTC, again: nobody has acknowledged it',
    ],
  ])('of a line', (item, expected) => {
    expect(lineOf(item)).toBe(expected);
  });

  it('never have a line break or a control character, and are bounded, whatever a machine is called', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 600 }), (text) => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(line.length).toBeLessThanOrEqual(200);
        expect(line.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
    );
  });

  it('of more than fifty say how many are not listed', () => {
    const many = aMessage(
      ...Array.from({ length: 60 }, (_, index) => anItem({ id: `a_${index}`, instance: `/${index}` })),
    );
    expect([many.items.length, many.more]).toEqual([50, 10]);
    expect(mailText(many, CONTEXT).text).toContain('and 10 more');
    expect(webhookPayload(many, CONTEXT).truncatedAlerts).toBe(10);
    expect(ntfyPayload(many, CONTEXT, 'topic').message.split('\n')).toHaveLength(11);
  });
});

describe('each form', () => {
  const ugly = aMessage(anItem({ deviceName: '<!channel> *x* [y](https://evil.example) |z' }));

  it('of a webhook is what Alertmanager would send, and what we would take', () => {
    const payload = webhookPayload(
      aMessage(anItem(), anItem({ id: 'a_2', status: 'resolved', endedMs: NOW })),
      CONTEXT,
    );
    expect(alertmanagerMessage.parse(payload).alerts).toHaveLength(2);
    expect(payload).toMatchObject({
      status: 'firing',
      receiver: 'ops',
      groupLabels: { tenant: 'acme', site: 'office', rule: 'disk.space' },
      alerts: [
        {
          labels: { alertname: 'disk.space', severity: 'critical', device_name: 'srv-01', instance: '/' },
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'https://fettle.example/tickets/t_1',
          fingerprint: 'a_1',
        },
        { status: 'resolved', endsAt: '2026-11-23T12:00:00Z' },
      ],
    });
  });

  it('of Slack lets nobody call the channel or make a link', () => {
    const text = JSON.stringify(slackPayload(ugly, CONTEXT).blocks.slice(1));
    expect(text).toContain('<https://fettle.example/tickets/t_1|');
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).not.toContain('<!channel>');
  });

  it('of Teams is a card in which nothing is markup', () => {
    const [attachment] = teamsPayload(ugly, CONTEXT).attachments;
    expect(attachment?.contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(attachment?.content.body[0]).toMatchObject({ color: 'Attention' });
    expect(JSON.stringify(attachment?.content.body)).not.toContain('[y](');
  });

  it.each([
    [anItem(), 5, 'rotating_light'],
    [anItem({ severity: 'warning' }), 3, 'warning'],
    [anItem({ status: 'resolved' }), 3, 'white_check_mark'],
  ])('of ntfy wakes people for what is critical only', (item, priority, tag) => {
    expect(ntfyPayload(aMessage(item), CONTEXT, 'ops')).toMatchObject({ topic: 'ops', priority, tags: [tag] });
  });
});

describe('what is over, and what has no ticket', () => {
  const over = aMessage(anItem({ status: 'resolved', ticket: null }));

  it('is shown as such, with the page of its device', () => {
    const page = 'https://fettle.example/devices/d_1';
    expect(webhookPayload(over, CONTEXT)).toMatchObject({
      status: 'resolved',
      alerts: [{ endsAt: '2026-11-23T12:00:00Z', generatorURL: page }],
    });
    expect(webhookPayload(over, CONTEXT).alerts[0]?.annotations).not.toHaveProperty('ticket');
    const [card] = teamsPayload(over, CONTEXT).attachments;
    expect(card?.content.body[0]).toMatchObject({ color: 'Good' });
    expect(card?.content.actions[0]?.url).toBe(page);
    expect(mailText(over, CONTEXT).text).toContain(page);
    expect(ntfyPayload(over, CONTEXT, 'ops').click).toBe(page);
  });

  it('without any item a message leads to the console', () => {
    const none = aMessage();
    expect([headlineOf(none), ntfyPayload(none, CONTEXT, 'ops').click]).toEqual(['Resolved', CONTEXT.url]);
  });

  it('of several promises is one headline', () => {
    const items = ['a_1', 'a_2'].map((id) => anItem({ id, why: 'sla.warning' }));
    expect(headlineOf(aMessage(...items))).toBe('Critical: SLA of 2 tickets');
  });
});
