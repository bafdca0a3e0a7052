// A device comes back, and what kept it away is kept, told and noted where somebody looks for it.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { explain } from '../domain/alert/explain.ts';
import type { AgentEvent, WriterEvent } from '../domain/event.ts';
import { absenceRule, ruleBookAt } from '../domain/rule-book.ts';
import { NOW, aDevice, openWriter } from '../fixture.ts';

const RULE = absenceRule(ruleBookAt({ divisor: 1 }));
const RUN = { uptimeMs: 9 * DAY_MS, agentMs: MINUTE_MS, asleepMs: 0, lastEnd: 'killed' } as const;

const hello = (change: Partial<AgentEvent & { type: 'hello' }> = {}): WriterEvent => ({
  type: 'hello',
  device: 'd_1',
  hostname: 'srv-01',
  os: 'linux',
  class: 'server',
  agentVersion: '0.1.0',
  bootId: 'boot-1',
  clockOffsetMs: 0,
  run: RUN,
  left: { lastSeenMs: NOW, goodbye: null, wasHeard: true },
  ...change,
});

const open = () => {
  const stores = openWriter();
  const commit = (nowMs: number, event: WriterEvent) => stores.writer.commit([event], nowMs)[0]?.feed ?? [];
  return { ...stores, commit };
};

it('is kept, told on the feed, and noted in the ticket about the silence', () => {
  const { commit, fettle } = open();
  const silent = { type: 'presence', device: 'd_1', presence: 'offline', lastSeenMs: NOW, goodbye: null } as const;
  commit(NOW + 5 * MINUTE_MS, { ...silent, isAlerting: true });
  commit(NOW + 20 * MINUTE_MS, { type: 'due' });
  const [silence] = fettle.alerts.openOf('d_1');
  const ticket = silence?.ticket ?? '';
  expect(fettle.tickets.get(ticket)).toMatchObject({ state: 'new' });
  const feed = commit(NOW + HOUR_MS, hello());
  expect(feed.find(({ kind }) => kind === 'absence')).toMatchObject({
    device: 'd_1',
    deviceName: 'srv-01',
    absence: { kind: 'agent died', from: '2026-11-23T12:00:00.000Z', to: '2026-11-23T13:00:00.000Z' },
  });
  const silenceSince = fettle.alerts.get(silence?.id ?? '');
  if (!silenceSince) throw new Error('the alert is gone');
  const absence = fettle.absences.around('d_1', silenceSince.sinceMs);
  const { why } = explain({ alert: silenceSince, mute: undefined, quietBy: undefined, absence }, RULE);
  expect(why[0]).toContain('its agent had died');
  expect(fettle.absences.of('d_1')).toMatchObject([{ fromMs: NOW, toMs: NOW + HOUR_MS, kind: 'agent died' }]);
  expect(fettle.tickets.notes(ticket).at(-1)?.text).toContain('its agent had died, the machine was there');
});

it('is nobody’s when the device was never heard before, or the link was only taken over', () => {
  const { commit, fettle } = open();
  fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2', bootId: '' }));
  const left = { lastSeenMs: NOW, goodbye: null, wasHeard: false };
  expect(commit(NOW + HOUR_MS, hello({ device: 'd_2', left })).map(({ kind }) => kind)).toEqual(['device']);
  expect(commit(NOW + 1_000, hello({ run: { ...RUN, agentMs: DAY_MS } })).map(({ kind }) => kind)).toEqual(['device']);
  expect([...fettle.absences.of('d_1'), ...fettle.absences.of('d_2')]).toEqual([]);
});

it('makes room for the next ones, ends with its time, and goes with its device', () => {
  const { commit, fettle } = open();
  for (let day = 1; day <= 120; day += 1) {
    const left = { lastSeenMs: NOW + day * DAY_MS, goodbye: null, wasHeard: true };
    commit(NOW + day * DAY_MS + HOUR_MS, hello({ left }));
  }
  const kept = fettle.absences.of('d_1');
  expect([kept.length, kept[0]?.fromMs, kept.at(-1)?.fromMs]).toEqual([100, NOW + 120 * DAY_MS, NOW + 21 * DAY_MS]);
  const sessionsBeforeMs = 0;
  commit(NOW, { type: 'expire', eventsBeforeMs: NOW + 111 * DAY_MS, sessionsBeforeMs });
  expect(fettle.absences.of('d_1')).toHaveLength(10);
  fettle.devices.remove('d_1');
  expect(fettle.absences.of('d_1')).toEqual([]);
});
