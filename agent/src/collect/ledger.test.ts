// What the runner says of each collector: its cost, its age, how often it fails, and when it is left alone.
import { describe, expect, it } from 'vitest';

import { UnavailableError, available, unavailable } from './collector.ts';
import { FAST, good, readings, runnerOf, thrown } from './fixture.ts';
import type { Outcome, Runner } from './runner.ts';

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
