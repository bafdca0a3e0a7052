// A back-test gives what the agent gave: one recorded trace through the agent's evaluator, and through the wire's codec and the real
// store into a back-test. Every alert at the same time, on the same instance.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Evaluator } from '@fettle/agent/rules/evaluator';
import type { Observation, Reading } from '@fettle/agent/rules/observation';
import { SYSTEM } from '@fettle/server/domain/actor';
import { ruleBookAt } from '@fettle/server/domain/rule-book';
import { timesAt } from '@fettle/server/domain/times';
import { answers } from '@fettle/server/store/answers';
import { openFettle } from '@fettle/server/store/fettle';
import { openMetrics } from '@fettle/server/store/metrics';
import { Writer } from '@fettle/server/writer';
import { sourceOf, sources } from '@fettle/shared/metric/read-by';
import { pack } from '@fettle/shared/rule/pack';
import { type JudgedRule, isJudged } from '@fettle/shared/rule/rule';
import { DAY_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Chance } from '../fuzz/chance.ts';
import { batchesOf, storedDevice } from './stored-device.ts';

const STEP_MS = INTERVALS.fast;
const T0 = Date.UTC(2026, 10, 1);
const STEPS = (2 * DAY_MS) / STEP_MS;
const UPTIME_MS = 30 * DAY_MS;
const HOUR_STEPS = 360;

const volume = (mountpoint: string) => ({
  'system.device': '/dev/sda1',
  'system.filesystem.mountpoint': mountpoint,
  'system.filesystem.type': 'ext4',
});

const SERIES = [
  { metric: 'system.cpu.utilization', attributes: {} },
  { metric: 'system.filesystem.utilization', attributes: volume('/') },
  { metric: 'fettle.filesystem.available', attributes: volume('/') },
  { metric: 'fettle.filesystem.readonly', attributes: volume('/') },
  { metric: 'system.filesystem.utilization', attributes: volume('/data') },
  { metric: 'fettle.filesystem.available', attributes: volume('/data') },
  { metric: 'fettle.filesystem.readonly', attributes: volume('/data') },
] as const;

const wave = (step: number, hours: number): number => Math.sin((step / HOUR_STEPS / hours) * 2 * Math.PI);

/** The integers of one beat, NaN for what is not read; undefined: the machine was off. */
const beatAt = (step: number, chance: Chance): readonly number[] | undefined => {
  const hour = step / HOUR_STEPS;
  if (hour > 14 && hour < 15.5) return undefined;
  const noise = Math.round((chance.next() - 0.5) * 60);
  const cpu = Math.max(0, Math.min(1_000, 870 + Math.round(90 * wave(step, 5)) + noise));
  if (step % 6 !== 0) return [cpu, ...SERIES.slice(1).map(() => Number.NaN)];
  const hasFailed = hour > 30 && hour < 31;
  if (hasFailed) return [cpu, ...SERIES.slice(1).map(() => Number.NaN)];
  const root = 850 + Math.round(60 * wave(step, 7));
  const data = Math.min(1_000, 900 + Math.round(hour * 2));
  const isUnplugged = hour > 20 && hour < 22;
  const other = isUnplugged ? [Number.NaN, Number.NaN, Number.NaN] : [data, (1_000 - data) * 20_000, 0];
  return [cpu, root, (1_000 - root) * 20_000, hour > 40 && hour < 41 ? 1 : 0, ...other];
};

const observationsOf = (row: readonly number[], step: number): readonly Observation[] =>
  ['cpu', 'volumes'].flatMap((source) => {
    const { tier = 'fast', provides = [] } = sources.linux[source] ?? {};
    if (tier === 'minute' && step % 6 !== 0) return [];
    const measured = SERIES.flatMap((series, index): readonly Reading[] =>
      sourceOf('linux', series.metric) === source && !Number.isNaN(row[index])
        ? [{ ...series, integer: row[index] ?? 0 }]
        : [],
    );
    const failed = measured.length === 0 ? { failed: { detail: 'no answer' } } : {};
    return [{ source, provides, everyMs: INTERVALS[tier], measured, isPartial: false, ...failed }];
  });

type Beat = { readonly step: number; readonly row: readonly number[] };

const record = (seed: number): readonly Beat[] => {
  const chance = new Chance(seed);
  return Array.from({ length: STEPS }, (_, step) => step).flatMap((step) => {
    const row = beatAt(step, chance);
    return row ? [{ step, row }] : [];
  });
};

/** From and to of each episode, as the agent told them. */
const judgedByAgent = (rule: JudgedRule, beats: readonly Beat[]): readonly string[] => {
  const evaluator = new Evaluator({ os: 'linux', class: 'server' });
  evaluator.setRules([rule], { monoMs: 0, wallMs: T0 });
  const open = new Map<string, number>();
  const episodes: string[] = [];
  for (const { step, row } of beats) {
    const at = T0 + step * STEP_MS;
    const now = { monoMs: step * STEP_MS, wallMs: at };
    for (const { change, instance } of evaluator.judge(observationsOf(row, step), now, UPTIME_MS + now.monoMs)) {
      if (change === 'fire') open.set(instance, at);
      if (change !== 'resolve') continue;
      episodes.push(`${instance} ${open.get(instance)} ${at}`);
      open.delete(instance);
    }
  }
  return [...episodes, ...[...open].map(([instance, from]) => `${instance} ${from} null`)].toSorted();
};

const openServer = () => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-back-test-'));
  const [fettle, metrics] = [openFettle(folder), openMetrics(folder)];
  onTestFinished(() => {
    fettle.db.close();
    metrics.db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const pace = { divisor: 1 };
  let count = 0;
  const newId = (letter: string): string => `${letter}_${(count += 1)}`;
  const writer = new Writer({ fettle, metrics, times: timesAt(pace), book: ruleBookAt(pace), newId });
  fettle.tenants.put('acme', 'Acme', 'ACME');
  fettle.tenants.putSite('office', 'acme', 'Office');
  return { fettle, metrics, writer };
};

describe('a back-test over what was recorded', () => {
  const tested = pack
    .filter(isJudged)
    .filter(({ id }) => ['cpu.sustained', 'disk.space', 'disk.readonly'].includes(id));

  it.each([1, 2, 3])('gives what the agent gave: seed %i', { timeout: 60_000 }, (seed) => {
    const beats = record(seed);
    const rows = new Map(beats.map(({ step, row }) => [step, row]));
    const { fettle, metrics, writer } = openServer();
    fettle.devices.put(storedDevice('d_1'));
    const recorded = { device: 'd_1', series: SERIES, t0Ms: T0, stepMs: STEP_MS, steps: STEPS };
    const events = [...batchesOf({ ...recorded, rowAt: (step) => rows.get(step) })];
    expect(writer.commit(events, T0).every(({ outcome }) => outcome.is === 'done')).toBe(true);
    for (const rule of tested) {
      const question = {
        a: rule,
        tenant: 'acme',
        fromMs: T0,
        toMs: T0 + 2 * DAY_MS,
        intervals: INTERVALS,
        withinMs: 1,
      };
      const { a } = answers['back-test']({ fettle, metrics }, SYSTEM, question);
      const found = a.episodes.map(({ instance, fromMs, toMs }) => `${instance} ${fromMs} ${toMs}`).toSorted();
      expect(found, rule.id).toEqual(judgedByAgent(rule, beats));
      expect(a.fires, rule.id).toBeGreaterThan(0);
    }
  });

  it('counts the readings of instances that an agent would not watch', () => {
    const { fettle, metrics, writer } = openServer();
    fettle.devices.put(storedDevice('d_1'));
    const series = Array.from({ length: 2_003 }, (_, index) => ({
      metric: 'system.filesystem.utilization',
      attributes: volume(`/${index}`),
    }));
    const full = series.map(() => 990);
    writer.commit(
      [...batchesOf({ device: 'd_1', series, t0Ms: T0, stepMs: STEP_MS, steps: 2, rowAt: () => full })],
      T0,
    );
    const space = tested.find(({ id }) => id === 'disk.space');
    if (!space) throw new Error('the pack has no rule disk.space');
    const range = { fromMs: T0, toMs: T0 + DAY_MS, intervals: INTERVALS, withinMs: 1 };
    const found = answers['back-test']({ fettle, metrics }, SYSTEM, { a: space, tenant: 'acme', ...range });
    expect(found).toMatchObject({ readings: 2 * 2_003, dropped: 2 * 3 });
  });
});
