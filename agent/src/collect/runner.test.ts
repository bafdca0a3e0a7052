// One collector that fails, hangs or lies does no harm to the others, and the runner says what came of each.
import type { Sample } from '@fettle/shared/metric/sample';
import { describe, expect, it, vi } from 'vitest';

import { HostError } from '../host/host.ts';
import { type Collector, type Moment, unavailable } from './collector.ts';
import { FAST, collectorOf, good, hostAt, neighbour, readings, runnerOf, thrown } from './fixture.ts';
import { HandClock } from './hand-clock.ts';
import { Runner } from './runner.ts';

const never = () => new Promise<never>(() => undefined);

describe('a collector that fails', () => {
  const at = (error: unknown) => () => Promise.reject(error);

  it.each<[string, Collector['collect'], string, string]>([
    [
      'throws at once',
      () => {
        throw thrown('broken');
      },
      'service_broken',
      'broken',
    ],
    ['throws later', at(thrown('broken')), 'service_broken', 'broken'],
    ['throws what is no error', at('words'), 'service_broken', 'words'],
    ['may not read', at(thrown('no', 'EACCES')), 'permission', 'no'],
    ['finds nothing', at(thrown('no', 'ENOENT')), 'no_hardware', 'no'],
    ['cannot understand', at(new SyntaxError('what?')), 'parse_error', 'what?'],
    ['asks a tool that is not there', at(new HostError('tool_missing', 'no tool')), 'tool_missing', 'no tool'],
    ['says it with a line break', at(thrown('one\ntwo')), 'service_broken', 'one\u{FFFD}two'],
    ['says it at length', at(thrown('x'.repeat(9_999))), 'service_broken', 'x'.repeat(500)],
    ['never answers', never, 'timeout', 'no answer within 3 s'],
  ])('%s: the reason is told, and the other is read', async (_name, collect, code, detail) => {
    const { clock, runner } = await runnerOf({ collect });
    const running = runner.run(FAST);
    await clock.pass(3_000);
    const [failed, read] = await running;
    expect(failed).toMatchObject({ collector: 'bad', failed: { code, detail }, partial: [] });
    expect(failed && readings(failed)).toEqual([]);
    expect(read).toMatchObject({ collector: 'good', partial: [] });
    expect(read).not.toHaveProperty('failed');
    expect(read && readings(read)).toEqual([150]);
    expect(clock.waiting).toBe(0);
  });

  it('is told that nobody waits any more, and is not begun again before it has answered', async () => {
    const moments: Moment[] = [];
    const { promise, resolve } = Promise.withResolvers<{ samples: readonly Sample[] }>();
    const { clock, runner } = await runnerOf({ collect: (_host, moment) => (moments.push(moment), promise) });
    const ids = async () => {
      const running = runner.run(FAST);
      await clock.pass(3_000);
      return (await running).map(({ collector }) => collector);
    };
    expect(await ids()).toEqual(['bad', 'good']);
    expect(moments.map(({ signal }) => signal.aborted)).toEqual([true]);
    expect(await ids()).toEqual(['good']);
    resolve({ samples: [] });
    await clock.pass(0);
    expect(await ids()).toEqual(['bad', 'good']);
    expect(moments.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });
});

describe('values that are none', () => {
  const of = (value: number, metric = good.metric): Sample => ({ ...good, metric, value });

  it.each<[string, Sample]>([
    ['NaN', of(Number.NaN)],
    ['endless', of(Number.POSITIVE_INFINITY)],
    ['below what can be', of(-0.01)],
    ['above what can be', of(1e9)],
    ['of a metric that nobody knows', of(1, 'no.such.metric' as Sample['metric'])],
  ])('%s: are left out and told, the others stand', async (_name, bad) => {
    const { runner } = await runnerOf({ collect: () => Promise.resolve({ samples: [bad, good, bad] }) });
    const [outcome] = await runner.run(FAST);
    expect(outcome && readings(outcome)).toEqual([150]);
    expect(outcome?.partial).toEqual([
      { code: 'parse_error', detail: '2 values were outside what the catalogue allows' },
    ]);
    expect(outcome).not.toHaveProperty('failed');
  });

  it('more than 2000 at once are cut, and told', async () => {
    const { runner } = await runnerOf({
      collect: () => Promise.resolve({ samples: Array.from({ length: 100_000 }, () => good) }),
    });
    const [outcome] = await runner.run(FAST);
    expect(outcome && readings(outcome)).toHaveLength(2_000);
    expect(outcome?.partial.map(({ detail }) => detail)).toEqual(['98000 values were too many: 2000 are taken']);
  });
});

describe('names of series', () => {
  const named = (mountpoint: string): Sample => ({
    metric: 'system.filesystem.limit',
    attributes: { 'system.filesystem.mountpoint': mountpoint },
    value: 4096,
  });

  it.each([
    ['/mnt/plain', '/mnt/plain'],
    ['/mnt/two\nlines', '/mnt/two\u{FFFD}lines'],
    ['/mnt/half \ud800', '/mnt/half \u{FFFD}'],
    [`/${'é'.repeat(400)}`, `/${'é'.repeat(255)}`],
  ])('%j becomes fit for the wire, each time', async (mountpoint, clean) => {
    const { runner } = await runnerOf({ collect: () => Promise.resolve({ samples: [named(mountpoint)] }) });
    for (let time = 0; time < 2; time += 1) {
      const [outcome] = await runner.run(FAST);
      expect(outcome?.measured[0]?.attributes).toEqual({ 'system.filesystem.mountpoint': clean });
    }
  });

  it('are kept apart, however many come and go', async () => {
    let from = 0;
    const { runner } = await runnerOf({
      collect: () =>
        Promise.resolve({ samples: Array.from({ length: 2_000 }, (_, index) => named(`/${from + index}`)) }),
    });
    for (from = 0; from < 10_000; from += 1_000) {
      const [outcome] = await runner.run(FAST);
      const seen = outcome?.measured.slice(0, 2_000) ?? [];
      expect(new Set(seen.map(({ key }) => key)).size).toBe(2_000);
      expect(seen.at(-1)?.attributes).toEqual({ 'system.filesystem.mountpoint': `/${from + 1_999}` });
    }
  });
});

describe('tiers', () => {
  it('only what is due is read', async () => {
    const { runner } = await runnerOf({ tier: 'minute' });
    expect((await runner.run(FAST)).map(({ collector }) => collector)).toEqual(['good']);
    expect((await runner.run(new Set(['minute'] as const))).map(({ collector }) => collector)).toEqual([
      'bad',
      'agent',
    ]);
  });

  it.each(['slow', 'daily'] as const)('%s readings hold up nobody and come when they are done', async (tier) => {
    const { promise, resolve } = Promise.withResolvers<{ samples: readonly Sample[] }>();
    const { runner } = await runnerOf({ tier, collect: () => promise });
    const ids = async () => (await runner.run(new Set(['fast', tier] as const))).map(({ collector }) => collector);
    expect(await ids()).toEqual(['good']);
    resolve({ samples: [good] });
    await vi.waitFor(async () => expect(await ids()).toEqual(['good', 'bad']));
  });
});

describe('asked what they can read', () => {
  it.each<[string, Collector['probe'], string]>([
    ['nothing', () => Promise.resolve(unavailable('no_hardware', 'none')), 'no_hardware'],
    [
      'throws',
      () => {
        throw thrown('broken');
      },
      'service_broken',
    ],
    ['never answers', never, 'timeout'],
  ])('one that says %s is reported, and never run', async (_name, probe, code) => {
    const clock = new HandClock();
    const host = hostAt('', clock);
    const runner = new Runner({ collectors: [collectorOf({ probe }), neighbour], host, clock });
    const probing = runner.probeAll();
    await clock.pass(3_000);
    await probing;
    expect(runner.report()).toMatchObject([
      { id: 'bad', ok: false, reason: { code } },
      { id: 'good', ok: true },
    ]);
    expect((await runner.run(FAST)).map(({ collector }) => collector)).toEqual(['good']);
    expect(clock.waiting).toBe(0);
  });
});

describe('stopped', () => {
  it('nobody is waited for, no timer is left, and nothing is begun any more', async () => {
    const moments: Moment[] = [];
    const { clock, runner } = await runnerOf({ collect: (_host, moment) => (moments.push(moment), never()) });
    const running = runner.run(FAST);
    runner.stop();
    expect(await running).toMatchObject([{ failed: { code: 'timeout', detail: 'the agent is stopping' } }, {}]);
    expect(moments[0]?.signal.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
    expect(await runner.run(FAST)).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
