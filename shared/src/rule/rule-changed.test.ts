// What stands open when its rule is replaced: the newest reading under the new rule decides, and nothing else.
import { describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { pack } from './pack.ts';
import { isJudged } from './rule.ts';
import { type RuleState, type Step, initialState, step } from './step.ts';
import { createRing } from './window.ts';

const rule = (id: string): CompiledRule => {
  const found = pack.filter(isJudged).find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return compileRule(found, 'server');
};
/** Warning above 85 %, critical above 95 % with little free. */
const diskRule = () => rule('disk.space');
const disk = (usedPercent: number) => [usedPercent * 10, 1_000];

const windowOf = (columns: number, rows: readonly (readonly number[])[]) => {
  const window = createRing(4, columns);
  for (const [at, row] of rows.entries()) window.push(at, row);
  return window;
};
const changed = (state: RuleState, to: CompiledRule, ...rows: readonly (readonly number[])[]): Step =>
  step(state, { kind: 'rule changed', window: windowOf(to.metrics.length, rows), everyMs: MINUTE_MS }, to, 9);

const open = { phase: 'firing', since: 3, from: 1 } as const;
const clearing: RuleState = { phase: 'clearing', level: 1, since: 3, from: 1 };
const pending: RuleState = { phase: 'pending', level: -1, since: 3, from: 1 };

describe('a changed rule', () => {
  it.each<{ name: string; state: RuleState; row: readonly number[]; after: Step }>([
    {
      name: 'is judged from the beginning where it was not firing, however bad the last reading was',
      state: pending,
      row: disk(99),
      after: { state: { phase: 'ok', level: -1, since: 1, from: 1 } },
    },
    {
      name: 'goes on with the same episode while that is bad, cleared or not by the old one',
      state: clearing,
      row: disk(96),
      after: { state: { ...open, level: 1 } },
    },
    {
      name: 'does not raise by one reading',
      state: { ...open, level: 0 },
      row: disk(99),
      after: { state: { ...open, level: 0 } },
    },
    {
      name: 'lowers to what is bad still',
      state: clearing,
      row: disk(90),
      after: { state: { ...open, level: 0 }, transition: { change: 'lower', level: 0, reason: 'rule changed' } },
    },
    {
      name: 'ends what it does not call bad, without a word about recovery',
      state: clearing,
      row: disk(50),
      after: {
        state: { phase: 'ok', level: -1, since: 9, from: 1 },
        transition: { change: 'resolve', level: 1, reason: 'rule changed' },
      },
    },
  ])('$name', ({ state, row, after }) => {
    expect(changed(state, diskRule(), row)).toEqual(after);
  });

  it('about what happened leaves it open, on a level that it has: only a time of quiet ends that', () => {
    expect(changed({ ...clearing, level: 3 }, rule('log.crash'), [1])).toEqual({
      state: { ...open, level: rule('log.crash').levels.length - 1 },
    });
  });

  it('without a reading waits for one, on a level that it has', () => {
    expect(changed({ ...open, level: 3 }, diskRule())).toEqual({ state: { ...open, level: 1 } });
    expect(changed({ ...open, level: 0 }, diskRule())).toEqual({ state: { ...open, level: 0 } });
    expect(changed(initialState(5), diskRule())).toEqual({ state: initialState(5) });
  });
});

describe('a state that does not fit what is remembered', () => {
  const seen = (state: RuleState, to: CompiledRule, ...rows: readonly (readonly number[])[]): Step =>
    step(state, { kind: 'sample', window: windowOf(to.metrics.length, rows), everyMs: MINUTE_MS }, to, 9);

  it('an open event of which nothing is remembered is over with the first quiet reading', () => {
    expect(seen({ ...open, level: 0 }, rule('log.crash'))).toEqual({
      state: { phase: 'ok', level: -1, since: 9, from: 9 },
      transition: { change: 'resolve', level: 0, reason: 'recovered' },
    });
  });

  it('a level that the rule does not have any more keeps firing: nothing says that it is over', () => {
    expect(seen({ ...clearing, level: 2 }, diskRule(), disk(10))).toEqual({ state: { ...open, level: 2 } });
  });
});
