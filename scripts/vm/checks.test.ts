// A check that cannot fail shows nothing: what is wrong, missing or twofold in the agent's answer is told.
import { describe, expect, it } from 'vitest';

import type { Answer } from './answer.schema.ts';
import { type Wanted, checksOf, isRight } from './checks.ts';

const health = (value: number, name = 'BAT0') => ({
  metric: 'fettle.battery.health',
  attributes: { 'hw.id': '0042', 'hw.name': name },
  value,
});

const answer: Answer = {
  readings: [health(0.7)],
  sections: [{ title: 'Arrays', facts: [{ label: 'md0', value: 'raid1, 2 disks, degraded' }] }],
  missing: [{ collector: 'journal', code: 'tool_missing', detail: 'journalctl is not installed' }],
};
const missing: Wanted['missing'] = [['journal', 'tool_missing']];
const wanted: Wanted = {
  values: [['fettle.battery.health', 'BAT0', 0.7]],
  facts: [['Arrays', 'degraded']],
  missing,
};

describe('the checks of an answer', () => {
  it('are right when all is as it should be', () => {
    expect(checksOf(answer, wanted).map(isRight)).toEqual([true, true, true]);
  });

  it.each<[string, Answer, Wanted, string]>([
    ['another value', { ...answer, readings: [health(0.5)] }, wanted, '0.5'],
    ['no value', { ...answer, readings: [] }, wanted, 'nothing'],
    ['the value of another part', { ...answer, readings: [health(0.7, 'BAT1')] }, wanted, 'nothing'],
    ['two parts of one name', { ...answer, readings: [health(0.7), health(0.7)] }, wanted, '0.7 and 0.7'],
    ['another fact', answer, { ...wanted, facts: [['Arrays', 'healthy']] }, 'md0: raid1, 2 disks, degraded'],
    ['no such section', answer, { ...wanted, facts: [['Disks', 'degraded']] }, 'nothing'],
    ['a collector that is not missing', { ...answer, missing: [] }, wanted, 'available'],
    ['another reason', answer, { missing: [['journal', 'permission']] }, 'tool_missing'],
    ['one that is missing unforeseen', answer, {}, 'tool_missing: journalctl is not installed'],
  ])('tell of %s', (_, given, of, found) => {
    const wrong = checksOf(given, of).filter((check) => !isRight(check));
    expect(wrong.map((check) => check.found)).toEqual([found]);
  });
});
