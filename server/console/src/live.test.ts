import type { AlertView } from '@fettle/shared/api/alert.schema';
import type { DeviceView } from '@fettle/shared/api/device.schema';
import type { FeedEvent, FeedMessage } from '@fettle/shared/api/feed.schema';
import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';

import { createAnnouncer } from './announce.ts';
import { createLive } from './live.ts';
import { alertsQuery, devicesQuery, openCriticalFilter } from './queries.ts';

const alertEvent = (
  seq: number,
  id: string,
  change: 'fired' | 'woken' = 'fired',
  quiet: AlertView['quiet'] = null,
): FeedEvent => ({
  seq,
  at: '2026-11-23T12:00:00Z',
  tenant: 'home',
  device: 'd_1',
  kind: 'alert',
  change,
  alert: {
    id,
    state: 'open',
    severity: 'critical',
    title: 'CPU is saturated',
    deviceName: 'nas',
    device: 'd_1',
    updatedAt: '2026-11-23T12:00:00Z',
    quiet,
  } as AlertView,
});

const bench = () => {
  const client = new QueryClient();
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  let say: (message: FeedMessage) => void = () => {};
  const clock = {
    wallMs: () => nowMs,
    monoMs: () => nowMs,
    after: (delayMs: number, run: () => void) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => (timers = timers.filter((entry) => entry !== timer));
    },
  };
  const sent: string[] = [];
  const announcer = createAnnouncer(clock);
  const live = createLive({
    client,
    clock,
    announcer,
    open: (_path, onText) => {
      say = (message) => onText(JSON.stringify(message));
      return { send: (text) => sent.push(text), close: () => {} };
    },
  });
  const advance = (ms: number): void => {
    nowMs += ms;
    const due = timers.filter(({ atMs }) => atMs <= nowMs);
    timers = timers.filter(({ atMs }) => atMs > nowMs);
    for (const { run } of due) run();
  };
  const greet = (): void => say({ type: 'hello', server: { version: '1', hurry: false, lastSeq: 1 } });
  return { client, live, announcer, advance, sent, greet, say: (message: FeedMessage) => say(message) };
};

const criticals = alertsQuery(openCriticalFilter).queryKey;
const fleet = devicesQuery({ q: '' }).queryKey;
const page = <T, F>(filter: F, items: T[]) => ({ pages: [{ items, next: null, filter }], pageParams: [null] });

describe('live', () => {
  it('puts events into the lists a few times a second, together', () => {
    const { client, live, advance, greet, say } = bench();
    client.setQueryData(criticals, page(openCriticalFilter, []));
    live.start(1);
    greet();
    say({ type: 'event', event: alertEvent(2, 'a_1') });
    say({ type: 'event', event: alertEvent(3, 'a_2') });
    expect(client.getQueryData(criticals)?.pages[0]?.items).toEqual([]);
    advance(250);
    expect(client.getQueryData(criticals)?.pages[0]?.items.map(({ id }) => id)).toEqual(['a_2', 'a_1']);
  });

  it('keeps only the newest readings of a device, and fetches what events leave out once for many', () => {
    const { client, live, advance, greet, say } = bench();
    const readings = { at: null, cpu: 0.1, memory: null, fullestVolume: null };
    client.setQueryData(fleet, page({ q: '' }, [{ id: 'd_1', readings } as DeviceView]));
    live.start(1);
    greet();
    say({ type: 'readings', device: 'd_1', readings: { ...readings, cpu: 0.5 } });
    say({ type: 'readings', device: 'd_1', readings: { ...readings, cpu: 0.9 } });
    say({ type: 'event', event: alertEvent(2, 'a_1') });
    advance(250);
    expect(client.getQueryData(fleet)?.pages[0]?.items[0]?.readings.cpu).toBe(0.9);
    expect(client.getQueryState(fleet)?.isInvalidated).toBe(false);
    advance(4_000);
    expect(client.getQueryState(fleet)?.isInvalidated).toBe(true);
  });

  it('fetches everything anew after a snapshot', () => {
    const { client, live, advance, greet, say } = bench();
    client.setQueryData(fleet, page({ q: '' }, []));
    live.start(1);
    greet();
    say({ type: 'snapshot', seq: 900 });
    advance(250);
    expect(client.getQueryState(fleet)?.isInvalidated).toBe(true);
  });

  it('remembers what was watched before it was started', () => {
    const { live, greet, sent } = bench();
    live.watch({ devices: [], detail: 'd_1' });
    live.start(1);
    greet();
    expect(JSON.parse(sent[0] ?? '')).toEqual({ type: 'watch', devices: [], detail: 'd_1' });
  });
});

describe('announcements', () => {
  it('come at most every five seconds, and then tell how many there were', () => {
    const { live, announcer, advance, greet, say } = bench();
    live.start(1);
    greet();
    say({ type: 'event', event: alertEvent(2, 'a_1') });
    advance(250);
    expect(announcer.spoken.get()).toBe('New critical alert: CPU is saturated, on nas');
    say({ type: 'event', event: alertEvent(3, 'a_2') });
    say({ type: 'event', event: alertEvent(4, 'a_3') });
    advance(250);
    expect(announcer.spoken.get()).toBe('New critical alert: CPU is saturated, on nas');
    advance(5_000);
    expect(announcer.spoken.get()).toBe('2 new alerts');
  });

  it('leave out what people are not told of, until they are', () => {
    const { live, announcer, advance, greet, say } = bench();
    live.start(1);
    greet();
    say({ type: 'event', event: alertEvent(2, 'a_1', 'fired', { why: 'settling', by: null, until: null }) });
    advance(250);
    expect(announcer.spoken.get()).toBe('');
    say({ type: 'event', event: alertEvent(3, 'a_1', 'woken') });
    advance(250);
    expect(announcer.spoken.get()).toBe('New critical alert: CPU is saturated, on nas');
  });
});
