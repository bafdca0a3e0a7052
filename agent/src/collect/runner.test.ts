// One collector that fails, hangs or lies does no harm to the others, and the runner says what came of each.
import type { Sample } from '@fettle/shared/metric/sample';
import { describe, expect, it, vi } from 'vitest';

import { HostError } from '../host/host.ts';
import { type Collector, type Moment, UnavailableError, available, unavailable } from './collector.ts';
import { hostAt } from './fixture.ts';
import { HandClock } from './hand-clock.ts';
import { type Outcome, Runner } from './runner.ts';

const good: Sample = { metric: 'fettle.system.load.1m', attributes: {}, value: 1.5 };
const never = () => new Promise<never>(() => undefined);

const collectorOf = (change: Partial<Collector>): Collector => ({
  id: 'bad',
  tier: 'fast',
  timeoutMs: 3_000,
  provides: ['fettle.system.load.1m'],
  probe: () => Promise.resolve(available('a test')),
  collect: () => Promise.resolve({ samples: [good] }),
  ...change,
});
const neighbour = collectorOf({ id: 'good' });

const runnerOf = async (...changes: readonly Partial<Collector>[]) => {
  const clock = new HandClock();
  const host = hostAt('', clock);
  const runner = new Runner({ collectors: [...changes.map(collectorOf), neighbour], host, clock });
  await runner.probeAll();
  return { clock, runner };
};

const FAST = new Set(['fast'] as const);
const readings = ({ measured }: Outcome) => measured.map(({ integer }) => integer);
const thrown = (message: string, code?: string) => Object.assign(new Error(message), code ? { code } : {});

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

describe('what each costs and how it goes', () => {
  const MINUTE = new Set(['minute'] as const);
  const own = async (runner: Runner) => (await runner.run(MINUTE)).find(({ collector }) => collector === 'agent');
  const of = (outcome: Outcome | undefined, id: string) =>
    Object.fromEntries(
      (outcome?.measured ?? []).flatMap(({ metric, attributes, integer }) =>
        attributes['fettle.collector'] === id ? [[metric.replace('fettle.collector.', ''), integer]] : [],
      ),
    );

  it('is given each minute, as readings of the agent itself', async () => {
    const { clock, runner } = await runnerOf({ collect: () => Promise.reject(thrown('broken')) });
    await runner.run(FAST);
    await clock.pass(60_000);
    await runner.run(FAST);
    await clock.pass(30_000);
    const outcome = await own(runner);
    expect(of(outcome, 'good')).toEqual({ duration: 0, success: 1, age: 30 });
    expect(of(outcome, 'bad')).toEqual({ duration: 0, success: 0 });
    expect(outcome?.measured.filter(({ metric }) => metric === 'fettle.agent.memory.usage')).toHaveLength(1);
  });

  it('how old the last good reading is counts from one that there was: until then the answer is partial', async () => {
    let fails = true;
    const collect = () => (fails ? Promise.reject(thrown('broken')) : Promise.resolve({ samples: [good] }));
    const { clock, runner } = await runnerOf({ collect });
    await runner.run(FAST);
    expect((await own(runner))?.partial).toEqual([
      { code: 'service_broken', detail: 'bad has not worked since the start' },
    ]);
    fails = false;
    await runner.run(FAST);
    fails = true;
    await clock.pass(60_000);
    await runner.run(FAST);
    const outcome = await own(runner);
    expect(outcome?.partial).toEqual([]);
    expect(of(outcome, 'bad')).toEqual({ duration: 0, success: 0, age: 60 });
  });

  it('one that cannot work here has no age, and leaves nothing open', async () => {
    const { runner } = await runnerOf({
      collect: () => Promise.reject(new UnavailableError({ code: 'no_hardware', detail: 'nothing here' })),
    });
    await runner.run(FAST);
    const outcome = await own(runner);
    expect(outcome?.partial).toEqual([]);
    expect(of(outcome, 'bad')).not.toHaveProperty('age');
  });

  it('is in the report, with the last reason while it fails', async () => {
    let fails = true;
    const cost = { cpuMs: 250, children: 2, bytes: 1_000 };
    const collect = () =>
      fails ? Promise.reject(thrown('broken')) : Promise.resolve({ samples: [good], cost, source: 'the child' });
    const { runner } = await runnerOf({ collect });
    await runner.run(FAST);
    expect(runner.report()[0]?.ledger).toMatchObject({ runs: 1, failures: 1, lastReason: { detail: 'broken' } });
    fails = false;
    await runner.run(FAST);
    const [{ ledger, ...capability } = { ledger: undefined }] = runner.report();
    expect(ledger).toMatchObject({ runs: 2, failures: 1, children: 2, bytes: 1_000 });
    expect(ledger?.cpuMs).toBeGreaterThanOrEqual(250);
    expect(ledger).not.toHaveProperty('lastReason');
    expect(capability).toEqual({ id: 'bad', ok: true, source: 'the child' });
  });

  it('three failures in a row: it is left alone for a minute, then two, at most six hours; one success ends it', async () => {
    let [begun, fails] = [0, true];
    const { clock, runner } = await runnerOf({
      collect: () => {
        begun += 1;
        return fails ? Promise.reject(thrown('broken')) : Promise.resolve({ samples: [good] });
      },
    });
    const startsS: number[] = [];
    for (let atS = 0; atS < 40_000; atS += 10) {
      const before = begun;
      const [outcome] = await runner.run(FAST);
      expect(outcome).toMatchObject({ collector: 'bad', failed: { detail: 'broken' } });
      if (begun > before) startsS.push(atS);
      await clock.pass(10_000);
    }
    const pauses = startsS.slice(1).map((atS, index) => atS - (startsS[index] ?? 0));
    expect(pauses).toEqual([10, 10, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360]);
    fails = false;
    await clock.pass(6 * 3_600_000);
    for (let time = 0; time < 3; time += 1) {
      const before = begun;
      await runner.run(FAST);
      expect(begun).toBe(before + 1);
    }
  });

  it('one that finds while reading that there is nothing: not run again, but asked again each day', async () => {
    let [begun, reason]: [number, string | undefined] = [0, 'no battery'];
    const { runner } = await runnerOf({
      probe: () => Promise.resolve(reason && begun > 0 ? unavailable('no_hardware', reason) : available('a battery')),
      collect: () => {
        begun += 1;
        return reason
          ? Promise.reject(new UnavailableError({ code: 'no_hardware', detail: reason }))
          : Promise.resolve({ samples: [good] });
      },
    });
    await runner.run(FAST);
    await runner.run(FAST);
    expect(begun).toBe(1);
    expect(runner.report()[0]).toMatchObject({ ok: false, reason: { code: 'no_hardware', detail: 'no battery' } });
    reason = undefined;
    const [outcome] = await runner.run(new Set(['fast', 'daily'] as const));
    expect([begun, outcome && readings(outcome)]).toEqual([2, [150]]);
    expect(runner.report()[0]).toMatchObject({ ok: true, source: 'a battery' });
  });
});
