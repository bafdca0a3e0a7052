// From a collector to the file: what must outlast a kill is on the disk soon, and the disk is not written for more than that.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Transition } from '@fettle/shared/alert/alert';
import type { Sample } from '@fettle/shared/metric/sample';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Collector, available } from './collect/collector.ts';
import { hostAt } from './collect/fixture.ts';
import { HandClock } from './collect/hand-clock.ts';
import { nodeFs } from './host/fs.ts';
import { EPOCH, self } from './link-fixture.ts';
import { Pipeline } from './pipeline.ts';
import { memorySpool } from './spool/memory.ts';
import { SeriesSets } from './spool/series-sets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-pipeline-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const DISK = { 'hw.id': 'WD-1', 'hw.name': 'sda' };
const pendingOf = (value: number): Sample => ({ metric: 'fettle.disk.sectors.pending', attributes: DISK, value });

/** A pipeline over real files, whose one collector gives what the test says, each minute. */
const aPipeline = async () => {
  const clock = new HandClock();
  let written = 0;
  const told: Transition[] = [];
  const next: { samples: readonly Sample[] } = { samples: [] };
  let held = Promise.resolve();
  const collector: Collector = {
    id: 'disks',
    tier: 'minute',
    timeoutMs: 1_000,
    provides: ['fettle.disk.sectors.pending'],
    probe: () => Promise.resolve(available('a test')),
    collect: () => held.then(() => next),
  };
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const pipeline = new Pipeline({
    clock,
    fs: {
      ...nodeFs,
      replace: (path, content) => {
        if (path === file()) written += 1;
        return nodeFs.replace(path, content);
      },
    },
    host: { ...hostAt(folder, clock), uptimeMs: clock.uptimeMs },
    spool: memorySpool({ newEpoch: () => epochs.shift() ?? '', maxBytes }),
    sets: new SeriesSets(),
    collectors: () => [collector],
    self,
    files: { state: join(folder, 'state.json'), rules: join(folder, 'rules.json') },
    onTransition: (transition) => told.push(transition),
    onNews: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  await pipeline.start();
  /** So long later, the disk says so. */
  const beat = async (afterMs: number, pending: number) => {
    await clock.pass(afterMs);
    next.samples = [pendingOf(pending)];
    const now = { wallMs: clock.wallMs(), monoMs: clock.monoMs() };
    await pipeline.onBeat({ ...now, tiers: new Set(['fast', 'minute']), sleptMs: 0 });
  };
  /** No reading ends before it. */
  const hold = (until: Promise<void>) => void (held = until);
  return { pipeline, beat, told, hold, writes: () => written };
};

const file = () => join(folder, 'state.json');
const kept = (): string => readFileSync(file(), 'utf8');

describe('what changes are compared with', () => {
  it('is on the disk after a minute, though no alert has changed; and the next agent knows it', async () => {
    const first = await aPipeline();
    await first.beat(MINUTE_MS, 3);
    expect(first.told).toEqual([]);
    expect(kept()).toContain('"instance":"WD-1"');
    const second = await aPipeline(); // the first was killed: nobody told it to stop
    await second.beat(MINUTE_MS, 4);
    expect(second.told).toMatchObject([{ change: 'fire', rule: 'smart.pending', instance: 'WD-1' }]);
  });

  it('is written once, and not while nothing changes', async () => {
    const { beat, writes } = await aPipeline();
    await beat(MINUTE_MS, 3);
    const before = writes();
    for (let minute = 0; minute < 30; minute += 1) await beat(MINUTE_MS, 3);
    expect(writes()).toBe(before);
    await beat(MINUTE_MS, 2);
    expect(writes()).toBe(before + 1);
  });

  it('is written no more than once a minute, however often it changes', async () => {
    const { beat, writes } = await aPipeline();
    await beat(MINUTE_MS, 9);
    const before = writes();
    await beat(MINUTE_MS / 2, 8);
    expect(writes()).toBe(before);
    await beat(MINUTE_MS / 2, 8);
    expect(writes()).toBe(before + 1);
  });

  it('has its place on the calendar written four times a day', async () => {
    const { beat, writes } = await aPipeline();
    await beat(MINUTE_MS, 3);
    const before = writes();
    for (let hour = 0; hour < DAY_MS / HOUR_MS; hour += 1) await beat(HOUR_MS, 3);
    expect(writes() - before).toBe(4);
  });
});

describe('an end that was meant', () => {
  const hasStopped = (): unknown => (JSON.parse(kept()) as { stopped: unknown }).stopped;

  it('is told by the next start, also when a beat was still under way', async () => {
    const { pipeline, beat, hold } = await aPipeline();
    await beat(MINUTE_MS, 3);
    const { promise, resolve } = Promise.withResolvers<void>();
    hold(promise);
    const last = beat(MINUTE_MS, 4); // fires, and is kept at once
    await pipeline.saveEnd();
    resolve();
    await last;
    expect(hasStopped()).toBe(true);
    expect(kept()).toContain('"phase":"firing"');
  });

  it('is none before it is meant', async () => {
    const { beat } = await aPipeline();
    await beat(MINUTE_MS, 4);
    expect(hasStopped()).toBe(false);
  });
});
