import type { Rule } from '@fettle/shared/rule/rule';
import { describe, expect, it } from 'vitest';

import { aDevice, anAlert } from '../../fixture.ts';
import type { Alert } from '../alert/alert.ts';
import { ruleBookAt } from '../rule-book.ts';
import { bodyOf, subjectOf } from './words.ts';

const RULE = ruleBookAt({ divisor: 1 }).byId.get('disk.space');
const TEXT = RULE?.text;

describe('the subject of a ticket', () => {
  it.each([
    ['the problem, where, and on what', RULE, '/', 'Disk space is running out / on srv-01'],
    ['of the whole machine no place', RULE, '', 'Disk space is running out on srv-01'],
    ['of a rule that is not known any more its id', undefined, '/', 'disk.space / on srv-01'],
  ])('%s', (_name, rule, instance, subject) => {
    expect(subjectOf(anAlert({ instance }), rule, aDevice())).toBe(subject);
  });
});

describe('the body of a ticket', () => {
  const linesOf = (change: Partial<Alert>, rule: Rule | null = RULE ?? null) =>
    bodyOf(anAlert({ evidence: [], ...change }), rule ?? undefined)
      .replaceAll('\u00A0', ' ')
      .split('\n')
      .map((line) => line.trimEnd());
  const week = { withinMs: 7 * 86_400_000 };

  it.each<[name: string, evidence: Alert['evidence'], lines: readonly string[]]>([
    ['nothing that was read', [], []],
    [
      'a value and its limit',
      [{ metric: 'system.filesystem.utilization', value: 0.91, threshold: 0.85 }],
      ['Used: 91 % (limit 85 %)'],
    ],
    ['a value without a limit', [{ metric: 'system.filesystem.utilization', value: 0.91 }], ['Used: 91 %']],
    ['what has no unit, and no name', [{ metric: 'no.such', value: 7 }], ['no.such: 7']],
    [
      'how many events, and by how much a value rose',
      [
        { metric: 'fettle.log.crash', value: 3, threshold: 2, ...week },
        { metric: 'fettle.disk.errors.link', value: 40, rise: 12, threshold: 10, ...week },
      ],
      ['Crashes: 3 events within 7 d (limit 2 events)', 'Cable errors: 40 errors, 12 more within 7 d (limit 10 more)'],
    ],
  ])('says %s', (_name, evidence, lines) => {
    expect(linesOf({ evidence })).toEqual([TEXT, ...lines]);
  });

  it('names what used most, where the agent saw that', () => {
    const processes = [
      { pid: 7, name: 'node', cpu: 1.98, memoryBytes: 2 ** 27 },
      { pid: 8, name: 'java', memoryBytes: 2 ** 33 },
    ];
    expect(linesOf({ processes })).toEqual([
      TEXT,
      'What used most:',
      '- node (7): 198 % CPU, 128 MiB',
      '- java (8): 8 GiB',
    ]);
  });

  it('of a rule that is not known any more begins with the readings', () => {
    expect(linesOf({ evidence: [{ metric: 'no.such', value: 7 }] }, null)).toEqual(['no.such: 7']);
  });
});
