// The rules about targets, over readings a minute apart.
import { describe, expect, it } from 'vitest';

import { quantise } from '../../metric/sample.ts';
import { MINUTE_MS } from '../../time.ts';
import { compileRule } from '../compile.ts';
import { isJudged } from '../rule.ts';
import { runTrace } from '../trace.ts';
import { checkRules } from './checks.ts';
import { DAY_S } from './terms.ts';

/** "fire warning at 9", minutes after the first reading. A window counts as full when 80 % of it are covered. */
const changesOf = (id: string, values: readonly number[]): readonly string[] => {
  const rule = checkRules.filter(isJudged).find((one) => one.id === id);
  if (!rule) throw new Error(`there is no ${id}`);
  const trace = values.map((value, minute) => ({
    at: minute * MINUTE_MS,
    row: [quantise(rule.signal.metric, value) ?? Number.NaN],
  }));
  return runTrace(compileRule(rule, 'server'), MINUTE_MS, trace).changes.map(
    ({ change, level, at }) => `${change} ${rule.levels[level]?.severity} at ${at / MINUTE_MS}`,
  );
};

const minutes = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value);
const days = (count: number): number => count * DAY_S;

describe('the rules about targets', () => {
  it.each<[what: string, id: string, values: readonly number[], changes: readonly string[]]>([
    ['one failure is none', 'check.failed', [1, 0, 1, 1, 0, 1], []],
    ['two in a row fire', 'check.failed', [1, 0, 0, 0], ['fire critical at 2']],
    [
      'over when it answers for two minutes',
      'check.failed',
      [0, 0, 1, 1, 1],
      ['fire critical at 1', 'resolve critical at 4'],
    ],
    ['an interface', 'check.interface', [1, 0, 0], ['fire critical at 2']],
    ['a UPS on its battery', 'check.power', [1, 0, 0], ['fire critical at 2']],
    ['a packet in three lost now and then', 'check.loss', [...minutes(5, 0), 0.333, ...minutes(15, 0)], []],
    [
      'a packet in three lost all the time',
      'check.loss',
      [...minutes(2, 0), ...minutes(11, 0.333)],
      ['fire warning at 9'],
    ],
    ['a certificate of a year', 'check.certificate', minutes(5, days(365)), []],
    ['of 29 days', 'check.certificate', minutes(5, days(29)), ['fire warning at 0']],
    ['of 5 days', 'check.certificate', minutes(5, days(5)), ['fire critical at 0']],
    ['that has expired', 'check.certificate', minutes(5, days(-1)), ['fire critical at 0']],
    ['renewed', 'check.certificate', [days(5), days(90), days(90)], ['fire critical at 0', 'resolve critical at 1']],
    ['toner for now', 'check.supply', minutes(15, 0.11), []],
    ['toner that runs out', 'check.supply', minutes(12, 0.075), ['fire warning at 7']],
  ])('%s', (_what, id, values, changes) => {
    expect(changesOf(id, values)).toEqual(changes);
  });
});
