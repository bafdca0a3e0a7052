// Events and changes on the agent: remembered over restarts and boots by the real file, and over what is not read.
import { pack } from '@fettle/shared/rule/pack';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Observation } from '../observation.ts';
import { Machine, REPORTED, log, reading, smart } from './fixture.ts';

const ends = ['restart', 'boot'] as const;
const end = (machine: Machine, how: (typeof ends)[number], offMs = HOUR_MS) =>
  how === 'boot' ? machine.boot(offMs) : machine.restart();

const failed = (observation: Observation): Observation => ({ ...observation, measured: [], failed: { detail: 'no' } });

describe('what a change is compared with', () => {
  it.each(ends)('is known after a %s', async (how) => {
    const machine = new Machine();
    expect(machine.see(smart({ A: 2, B: 0 }))).toEqual([]);
    await machine.save();
    await end(machine, how);
    expect(machine.see(smart({ A: 3, B: 0 }))).toEqual(['fire smart.pending A']);
  });

  it('is news once, and no news while nothing changes', () => {
    const machine = new Machine();
    machine.see(smart({ A: 2 }));
    const { news } = machine.evaluator;
    expect(news).toBeGreaterThan(0);
    machine.pass(HOUR_MS);
    machine.see(smart({ A: 2 }));
    expect(machine.evaluator.news).toBe(news);
    machine.see(smart({ A: 1 }));
    expect(machine.evaluator.news).toBeGreaterThan(news);
  });

  it('is begun anew when the file is lost, which fires nothing', async () => {
    const machine = new Machine();
    machine.see(smart({ A: 2 }));
    await machine.restart();
    expect(machine.see(smart({ A: 3 }))).toEqual([]);
    expect(machine.see(smart({ A: 4 }))).toEqual(['fire smart.pending A']);
  });

  it('stays under a changed rule that looks at the same, also one that comes with an update of the agent', async () => {
    const machine = new Machine();
    machine.see(smart({ A: 2 }));
    await machine.save();
    machine.rules = pack.map((rule) => (rule.id === 'smart.pending' ? { ...rule, title: 'Another' } : rule));
    expect(await machine.restart()).toEqual([]);
    expect(machine.see(smart({ A: 3 }))).toEqual(['fire smart.pending A']);
  });

  it('a disk that is asleep or away for a while is not gone, and what it brings back counts', () => {
    const machine = new Machine();
    machine.see(smart({ A: 2 }));
    for (let hour = 0; hour < 48; hour += 1) {
      machine.pass(HOUR_MS);
      expect(machine.see(smart({}))).toEqual([]);
    }
    expect(machine.see(smart({ A: 3 }))).toEqual(['fire smart.pending A']);
  });

  it('a disk that has been away for as long as the rule looks back is forgotten', () => {
    const machine = new Machine();
    machine.see(smart({ A: 2 }));
    const has = () =>
      machine.evaluator.entries.some(({ instance, rule }) => instance === 'A' && rule.rule.id === 'smart.pending');
    for (let hour = 0; hour < 30 * 24 - 1; hour += 1) machine.see(smart({}));
    expect(has()).toBe(true);
    machine.see(smart({}));
    expect(has()).toBe(false);
  });

  it('an alert on a disk that was taken out is over 30 days later', () => {
    const machine = new Machine();
    machine.see(smart({ A: 2 }));
    expect(machine.see(smart({ A: 3 }))).toEqual(['fire smart.pending A']);
    machine.pass(30 * DAY_MS - 1);
    expect(machine.see(smart({}))).toEqual([]);
    machine.pass(1);
    expect(machine.see(smart({}))).toEqual(['resolve smart.pending A']);
  });

  it('any of its metrics will do: a disk may have no pending sectors to tell of', () => {
    const machine = new Machine();
    const reported = (count: number): Observation => ({
      ...smart({}),
      measured: [reading(REPORTED, { 'hw.id': 'SAS' }, count)],
    });
    machine.see(reported(1));
    expect(machine.see(reported(2))).toEqual(['fire smart.pending SAS']);
  });
});

describe('what happened', () => {
  it.each(ends)('counts after a %s, and what is open stays open', async (how) => {
    const machine = new Machine();
    expect(machine.see(log({ oops: 1 }))).toEqual([]);
    await machine.save();
    machine.pass(DAY_MS);
    await end(machine, how);
    expect(machine.see(log({ oops: 1 }))).toEqual(['fire log.crash oops']);
    await machine.save();
    await end(machine, how);
    expect(machine.evaluator.digest(0).open).toMatchObject([{ rule: 'log.crash', instance: 'oops' }]);
    machine.pass(7 * DAY_MS);
    expect(machine.see(log({ oops: 0 }))).toEqual(['resolve log.crash oops']);
  });

  it('is forgotten when it can count no more; what never happened is not remembered at all', () => {
    const machine = new Machine();
    machine.see(log({ oops: 1, hung: 0, panic: 0 }));
    expect(machine.evaluator.entries.map(({ instance }) => instance)).toEqual(['oops']);
    machine.pass(7 * DAY_MS);
    machine.see(log({ oops: 0 }));
    expect(machine.evaluator.entries).toEqual([]);
  });

  it('a log that cannot be read proves no quiet, one that is read in part neither', () => {
    const machine = new Machine();
    machine.see(log({ oom: 1 }));
    machine.pass(8 * DAY_MS);
    expect(machine.see(failed(log({})))).toEqual([]);
    expect(machine.see({ ...log({}), isPartial: true })).toEqual([]);
    expect(machine.see(log({}))).toEqual(['resolve log.oom oom']);
  });

  it('is not left out in the grace after a boot, when crashes are told of', async () => {
    const machine = new Machine();
    machine.rules = pack.map((rule) => ({ ...rule, graceMs: DAY_MS }));
    await machine.boot(0);
    expect(machine.see(log({ oom: 1 }))).toEqual(['fire log.oom oom']);
  });
});

it('stopped, killed and booted at any time, the same is told as without', async () => {
  const step = fc.record({
    passMs: fc.integer({ min: MINUTE_MS, max: 5 * DAY_MS }),
    oops: fc.constantFrom(0, 0, 0, 1, 2),
    pending: fc.constantFrom(0, 0, 1, 2, 12),
    isRestarted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const live = async (isRestarting: boolean) => {
        const machine = new Machine();
        const told: (readonly string[])[] = [];
        for (const { passMs, oops, pending, isRestarted } of steps) {
          machine.pass(passMs);
          told.push(machine.see(log({ oops }), smart({ A: pending })));
          if (!isRestarting || !isRestarted) continue;
          await machine.save();
          await machine.restart();
        }
        return told;
      };
      expect(await live(true)).toEqual(await live(false));
    }),
    { numRuns: 30 },
  );
});
