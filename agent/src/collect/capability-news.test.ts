// What the collectors can read is told when it changes; what they cost, once an hour.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';
import { expect, it } from 'vitest';

import { CapabilityNews } from './capability-news.ts';

type Told = CapabilityReport['collectors'];
const ledger = { runs: 1, failures: 0, cpuMs: 0, children: 0, bytes: 0, lastAt: 0 };
const working = (more: Partial<NonNullable<Told[number]['ledger']>> = {}): Told => [
  { id: 'cpu', ok: true, source: '/proc/stat', ledger: { ...ledger, ...more } },
];
const hung = (detail: string) => ({ code: 'timeout' as const, detail });

it('is told at first, when it changes, and each hour', () => {
  const news = new CapabilityNews();
  const broken: Told = [{ id: 'cpu', ok: false, reason: { code: 'permission', detail: 'no' } }];
  const told = [working(), working({ runs: 7 }), broken, broken, working()].map((one, index) =>
    news.isNews(one, index * MINUTE_MS),
  );
  expect(told).toEqual([true, false, true, false, true]);
  const later = 4 * MINUTE_MS + HOUR_MS;
  expect([later - 1, later, later + 1].map((atMs) => news.isNews(working(), atMs))).toEqual([false, true, false]);
});

it('what is missing in part is news by its kind, not by its every word', () => {
  const news = new CapabilityNews();
  const told = [
    working(),
    working({ partial: [hung('/mnt did not answer')] }),
    working({ partial: [hung('/mnt still does not answer')] }),
    working({ lastReason: hung('once') }),
  ].map((one) => news.isNews(one, 0));
  expect(told).toEqual([true, true, false, true]);
});
