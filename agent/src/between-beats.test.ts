// What a collector says between two beats: judged at its own moment, shown, not kept; and a real stop on a real bus.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Transition } from '@fettle/shared/alert/alert';
import type { Tier } from '@fettle/shared/metric/source';
import { plain } from '@fettle/shared/rule/fixture';
import type { StateRule } from '@fettle/shared/rule/rule';
import { type Clock, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { afterAll, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../test/support/needs.ts';
import type { Collector } from './collect/collector.ts';
import { hostAt } from './collect/fixture.ts';
import { HandClock } from './collect/hand-clock.ts';
import type { Measured } from './collect/runner.ts';
import { PlayedSystemd } from './collect/services/fixture.ts';
import { services } from './collect/services/services.ts';
import { BusMachine } from './host/bus/fixture.ts';
import { systemClock } from './host/clock.ts';
import { nodeFs } from './host/fs.ts';
import { Pipeline } from './pipeline.ts';
import { SERVER } from './rules/fixture.ts';
import { memorySpool } from './spool/memory.ts';
import { SeriesSets } from './spool/series-sets.ts';

vi.setConfig({ testTimeout: 30_000 });

/** For what goes by way of real files and sockets. */
const SOON = { timeout: 10_000, interval: 1 };
const folder = mkdtempSync(join(tmpdir(), 'fettle-between-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { skip, why } = missing(needs.dbusDaemon);

const SIGNAL = 'fettle.service.state';
const [STOPPED, RUNNING] = [0, 1];
const stopped = (forMs: number): StateRule => ({
  ...plain,
  id: 'stopped',
  family: 'service',
  title: 'Stopped',
  kind: 'state',
  signal: { metric: SIGNAL, by: 'fettle.service.name' },
  levels: [{ severity: 'critical', forMs, bad: [STOPPED], readings: 1 }],
  keepMs: 0,
  urgency: ['medium'],
});

let pipelines = 0;
const start = async (clock: Clock, collectors: readonly Collector[], { root = folder, forMs = 0 } = {}) => {
  pipelines += 1;
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const spool = memorySpool({ newEpoch: () => 'e', maxBytes });
  const transitions: (readonly [string, string, number])[] = [];
  const news: (readonly Measured[])[] = [];
  const note = ({ change, instance, at }: Transition): void => void transitions.push([change, instance, at]);
  const pipeline = new Pipeline({
    clock,
    fs: nodeFs,
    host: { ...hostAt(root, clock), memoryBytes: () => 0, cpuMs: () => 0 },
    spool,
    sets: new SeriesSets(),
    collectors: () => collectors,
    self: {
      deviceId: 'd',
      serverId: 's',
      sign: () => '',
      newNonce: () => '',
      device: SERVER,
      hostname: 'h',
      agentVersion: '0',
      bootId: 'b',
    },
    files: { state: join(folder, `state-${pipelines}`), rules: join(folder, `rules-${pipelines}`) },
    onTransition: note,
    onNews: (_atMs, readings) => void news.push(readings),
    onFailure: (error) => {
      throw error;
    },
  });
  await pipeline.start();
  await pipeline.setRules({ version: '1', rules: [stopped(forMs)] });
  const beat = (...tiers: readonly Tier[]) =>
    pipeline.onBeat({ wallMs: clock.wallMs(), monoMs: clock.monoMs(), tiers: new Set(['fast', ...tiers]), sleptMs: 0 });
  const kept = async () => {
    await pipeline.flush();
    return (await spool.read('metrics', 0, 100)).map((record) => JSON.stringify(record));
  };
  return { pipeline, transitions, news, beat, kept };
};

/** States of services as the test sets them; `say` tells that they changed. */
const played = (states: Record<string, number>) => {
  const parts = { say: (): void => undefined };
  const collector: Collector = {
    id: 'services',
    tier: 'minute',
    timeoutMs: 4_000,
    provides: [SIGNAL],
    probe: () => Promise.resolve({ ok: true, source: 'the test' }),
    collect: () =>
      Promise.resolve({
        samples: Object.entries(states).map(([name, value]) => ({
          metric: SIGNAL,
          attributes: { 'fettle.service.name': name },
          value,
        })),
      }),
    watch: (onChange) => {
      parts.say = onChange;
    },
  };
  return { collector, set: (changes: Record<string, number>) => (Object.assign(states, changes), parts.say()) };
};

describe('a change between two beats', () => {
  it('is judged at once, as of then, and shown', async () => {
    const clock = new HandClock();
    const { collector, set } = played({ nginx: RUNNING, cron: RUNNING });
    const { transitions, news, beat } = await start(clock, [collector]);
    await beat('minute');
    await clock.pass(7 * SECOND_MS);
    set({ nginx: STOPPED });
    await clock.pass(1);
    await vi.waitFor(() => expect(transitions).toEqual([['fire', 'nginx', clock.wallMs() - 1]]), SOON);
    await vi.waitFor(() => expect(news.map((one) => one.map(({ integer }) => integer))).toEqual([[STOPPED]]), SOON);
  });

  it('begins the time that a rule waits for', async () => {
    const clock = new HandClock();
    const { collector, set } = played({ nginx: RUNNING });
    const { transitions, beat } = await start(clock, [collector], { forMs: 50 * SECOND_MS });
    await beat('minute');
    await clock.pass(5 * SECOND_MS);
    set({ nginx: STOPPED });
    await clock.pass(55 * SECOND_MS);
    await beat('minute');
    expect(transitions).toEqual([['fire', 'nginx', clock.wallMs()]]); // by the beat: 55 s after the change
  });

  it('is not kept: what is stored has the step of the beat', async () => {
    const run = async (isTold: boolean) => {
      const clock = new HandClock();
      const { collector, set } = played({ nginx: RUNNING });
      const { beat, kept, news } = await start(clock, [collector]);
      await beat('minute');
      await clock.pass(30 * SECOND_MS);
      if (isTold) set({ nginx: STOPPED });
      await clock.pass(10 * SECOND_MS);
      if (isTold) set({ nginx: RUNNING });
      await clock.pass(20 * SECOND_MS);
      await vi.waitFor(() => expect(news).toHaveLength(isTold ? 2 : 0), SOON);
      await beat('minute');
      return kept();
    };
    const without = await run(false);
    expect(without.length).toBeGreaterThan(0);
    expect(await run(true)).toEqual(without);
  });

  it('of one service leaves the windows of the others as long as they are', async () => {
    const clock = new HandClock();
    const { collector, set } = played({ nginx: RUNNING, noisy: RUNNING });
    const { transitions, beat } = await start(clock, [collector], { forMs: 2 * MINUTE_MS });
    await beat('minute');
    set({ nginx: STOPPED });
    for (let second = 1; second <= 180; second += 1) {
      await clock.pass(SECOND_MS);
      set({ noisy: 1 + (second % 3) });
      if (second % 60 === 0) await beat('minute');
    }
    expect(transitions.map(([change, instance]) => [change, instance])).toEqual([['fire', 'nginx']]);
  });

  it('that is read while a beat still waits for others is judged after it', async () => {
    const clock = new HandClock();
    const { collector, set } = played({ nginx: RUNNING });
    const slow: Collector = {
      ...collector,
      id: 'slow',
      provides: ['system.uptime'],
      collect: async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        clock.after(3 * SECOND_MS, resolve);
        await promise;
        return { samples: [] };
      },
    };
    const { watch: _, ...other } = slow;
    const { transitions, beat } = await start(clock, [collector, other]);
    const beating = beat('minute');
    await clock.pass(SECOND_MS);
    set({ nginx: STOPPED });
    await clock.pass(SECOND_MS);
    expect(transitions).toEqual([]);
    await clock.pass(SECOND_MS);
    await beating;
    await vi.waitFor(() => expect(transitions.map(([change]) => change)).toEqual(['fire']), SOON);
    const again = beat('minute'); // would fire again if the first had been judged last
    await clock.pass(3 * SECOND_MS);
    await again;
    expect(transitions.map(([change]) => change)).toEqual(['fire']);
  });

  it('says nothing when nothing is other than before, and nothing after the stop', async () => {
    const clock = new HandClock();
    const { collector, set } = played({ nginx: RUNNING });
    const { pipeline, transitions, news, beat } = await start(clock, [collector]);
    await beat('minute');
    set({});
    await clock.pass(2 * SECOND_MS);
    set({ nginx: STOPPED });
    await clock.pass(2 * SECOND_MS);
    await vi.waitFor(() => expect(news).toHaveLength(1), SOON);
    expect(transitions).toHaveLength(1);
    pipeline.stopCollecting();
    set({ nginx: RUNNING });
    expect(clock.waiting).toBe(0);
  });
});

describe.skipIf(skip)(`a service that stops${why}`, () => {
  it('is judged within 5 s of its stop', async () => {
    const machine = new BusMachine();
    const systemd = new PlayedSystemd();
    try {
      await machine.start();
      await systemd.connect(machine.socketPath);
      for (let index = 0; index < 60; index += 1) systemd.play(`s${index}.service`);
      const { pipeline, transitions, beat } = await start(systemClock, [services()], { root: machine.root });
      await beat('minute');
      const tookMs: number[] = [];
      for (const name of ['s7', 's30', 's59']) {
        const before = transitions.length;
        const stoppedMs = performance.now();
        systemd.change(`${name}.service`, { activeState: 'inactive', subState: 'dead' });
        await vi.waitFor(() => expect(transitions.length).toBe(before + 1), SOON);
        tookMs.push(Math.round(performance.now() - stoppedMs));
        expect(transitions.at(-1)?.slice(0, 2)).toEqual(['fire', name]);
      }
      pipeline.stopCollecting();
      process.stdout.write(`a stop is judged after ${tookMs.join(', ')} ms\n`);
      expect(Math.max(...tookMs)).toBeLessThan(5_000);
      expect(INTERVALS.minute).toBeGreaterThan(5_000); // so it was no beat that saw it
    } finally {
      systemd.disconnect();
      await machine.remove();
    }
  });
});
