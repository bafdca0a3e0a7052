// What is kept of readings: enough to judge as if all were kept, and no more.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { plain } from './fixture.ts';
import { pack } from './pack.ts';
import { memoryFor, remember } from './remember.ts';
import { type StateRule, isJudged } from './rule.ts';
import { type RuleState, initialState, step } from './step.ts';
import { type TraceEntry, inputOf, runTrace } from './trace.ts';
import { MISSING, type Ring, createRing } from './window.ts';

const RAID = 'fettle.raid.state';
const stateRule = (change: Partial<StateRule>): StateRule => ({
  ...plain,
  id: 'state',
  kind: 'state',
  signal: { metric: RAID, by: 'hw.name' },
  levels: [
    { severity: 'warning', forMs: 5 * MINUTE_MS, bad: [1, 2, 3], readings: 3 },
    { severity: 'critical', forMs: 3 * MINUTE_MS, bad: [2, 3], readings: 1 },
  ],
  keepMs: 4 * MINUTE_MS,
  ...change,
});

/** As runTrace does it, with every reading kept. */
const runWithAll = (rule: CompiledRule, everyMs: number, trace: readonly TraceEntry[]) => {
  const ring = createRing(trace.length + 1, rule.metrics.length);
  const changes: unknown[] = [];
  let state: RuleState = initialState(trace[0]?.at ?? 0);
  for (const entry of trace) {
    if ('row' in entry) ring.push(entry.at, entry.row);
    const next = step(state, inputOf(entry, ring, everyMs), rule, entry.at);
    state = next.state;
    if (next.transition) changes.push({ ...next.transition, at: entry.at });
  }
  return { changes, state };
};

describe('runs of a state', () => {
  const reading = fc.record({
    value: fc.constantFrom(0, 0, 0, 1, 2, 3, MISSING),
    times: fc.integer({ min: 1, max: 9 }),
    gapMinutes: fc.constantFrom(1, 1, 1, 1, 2, 8),
    isInterrupted: fc.boolean(),
  });

  it('are judged as if every reading were kept: gaps, boots and several levels included', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 40 }), fc.constantFrom(1, 2, 3, 5), (all, readings) => {
        const rule = compileRule(
          stateRule({ levels: stateRule({}).levels.map((level) => ({ ...level, readings })) }),
          'server',
        );
        let now = 0;
        const trace = all.flatMap(({ value, times, gapMinutes, isInterrupted }): readonly TraceEntry[] => [
          ...(isInterrupted ? [{ at: (now += MINUTE_MS), input: { kind: 'interrupted' } } as const] : []),
          ...Array.from({ length: times }, (_, index): TraceEntry => {
            now += (index === 0 ? gapMinutes : 1) * MINUTE_MS;
            return { at: now, row: [value] };
          }),
        ]);
        const { changes, state } = runTrace(rule, MINUTE_MS, trace);
        expect({ changes, state: trace.length === 0 ? initialState(0) : state }).toEqual(
          runWithAll(rule, MINUTE_MS, trace),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('a day at 10 s takes the rows of the run, not those of the readings', () => {
    const day = { severity: 'warning', forMs: DAY_MS, bad: [2], readings: 5 } as const;
    const rule = compileRule(stateRule({ levels: [day], keepMs: HOUR_MS }), 'server');
    const ring = memoryFor(rule, 10 * SECOND_MS);
    for (let index = 0; index <= 8_640; index += 1) {
      remember(ring, rule, { at: index * 10 * SECOND_MS, row: [2], from: 0 });
    }
    // 5 rows of 16 bytes instead of 8,640
    expect(ring.length).toBe(5);
    expect([ring.atOf(0), ring.atOf(4), ring.previousAt]).toEqual([0, DAY_MS, DAY_MS - 10 * SECOND_MS]);
  });

  it('are found after a day, which is more readings than any ring holds', () => {
    const day = { severity: 'warning', forMs: DAY_MS, bad: [2], readings: 1 } as const;
    const rule = compileRule(stateRule({ levels: [day] }), 'server');
    const trace = Array.from({ length: 8_641 }, (_, index): TraceEntry => ({ at: index * 10 * SECOND_MS, row: [2] }));
    expect(runTrace(rule, 10 * SECOND_MS, trace).changes).toMatchObject([{ change: 'fire', at: DAY_MS }]);
  });
});

describe('events and changes', () => {
  const ruleOf = (id: string): CompiledRule => {
    const found = pack.filter(isJudged).find((rule) => rule.id === id);
    if (!found) throw new Error(`no rule ${id}`);
    return compileRule(found, 'server');
  };
  const rows = (ring: Ring) =>
    Array.from({ length: ring.length }, (_, index) => [ring.atOf(index), ring.valueOf(index, 0)]);
  const fill = (id: string, values: readonly number[]) => {
    const rule = ruleOf(id);
    const ring = memoryFor(rule, MINUTE_MS);
    const isNews = values.map((value, at) => remember(ring, rule, { at, row: rule.metrics.map(() => value), from: 0 }));
    return { ring, isNews };
  };

  it('of events only what happened is kept, and only that is news', () => {
    const { ring, isNews } = fill('log.crash', [0, 2, 0, 0, 1]);
    expect(rows(ring)).toEqual([
      [1, 2],
      [4, 1],
    ]);
    expect(isNews).toEqual([false, true, false, false, true]);
  });

  it('of changes the first value and what differs', () => {
    const { ring, isNews } = fill('disk.link', [5, 5, 5, 7, 7, 0]);
    expect(rows(ring)).toEqual([
      [0, 5],
      [3, 7],
      [5, 0],
    ]);
    expect(isNews).toEqual([true, false, false, true, false, true]);
  });

  it.each(['log.crash', 'disk.link', 'smart.pending'])('%s is bounded, the oldest give way', (id) => {
    const { ring } = fill(
      id,
      Array.from({ length: 10_000 }, (_, index) => index + 1),
    );
    expect(ring.length).toBeLessThanOrEqual(32);
    expect(ring.atOf(ring.length - 1)).toBe(9_999);
  });
});

it('the whole pack on one instance each takes less than 40 KiB of rings', () => {
  const bytes = pack.filter(isJudged).map((rule) => {
    const compiled = compileRule(rule, 'server');
    const ring = memoryFor(compiled, MINUTE_MS);
    for (let index = 0; index < 5_000; index += 1) ring.push(index, []);
    return ring.length * (compiled.metrics.length + 1) * 8;
  });
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(40 * 1024);
});
