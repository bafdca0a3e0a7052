import { describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time.ts';
import { compileRule, windowMs } from './compile.ts';
import { type Rule, type StateRule, type ThresholdRule, inScope, metricsOf } from './rule.ts';

const common = {
  id: 'r',
  family: 'r',
  title: 'R',
  scope: {},
  keepMs: 5,
  graceMs: 0,
  urgency: ['low'],
  ticket: { atOnce: [], when: [{ metric: 'system.uptime', below: 9 }, { severity: 'critical' }] },
  text: '',
  steps: [],
} as const;
const threshold: ThresholdRule = {
  ...common,
  kind: 'threshold',
  signal: { metric: 'system.memory.utilization' },
  levels: [
    {
      severity: 'warning',
      forMs: MINUTE_MS,
      forMsOn: { laptop: 2 * MINUTE_MS, kiosk: 0 },
      any: [
        {
          metric: 'system.linux.memory.available',
          beyond: 'below',
          fireAt: 8192,
          clearAt: 16_384,
          guards: [
            { metric: 'system.memory.limit', below: 4096 },
            { metric: 'system.memory.limit', exhaustedWithinMs: 7 },
          ],
        },
      ],
    },
  ],
};
const state: StateRule = {
  ...common,
  kind: 'state',
  signal: { metric: 'fettle.service.state', by: 'fettle.service.name' },
  levels: [{ severity: 'critical', forMs: 3, bad: [0], readings: 2 }],
};

describe('a compiled rule', () => {
  it("has the catalogue's integers, and a column for every metric that it looks at", () => {
    expect(compileRule(threshold, 'server')).toMatchObject({
      metrics: ['system.memory.utilization', 'system.linux.memory.available', 'system.memory.limit', 'system.uptime'],
      keepMs: 5,
      levels: [
        {
          kind: 'threshold',
          any: [
            {
              column: 1,
              sign: -1,
              fireAt: 2,
              clearAt: 4,
              guards: [
                { column: 2, below: 1 },
                { column: 2, exhaustedWithinMs: 7 },
              ],
            },
          ],
        },
      ],
    });
    expect(compileRule(state, 'server')).toMatchObject({
      metrics: ['fettle.service.state'],
      levels: [{ kind: 'state', forMs: 3, bad: [0], readings: 2 }],
    });
  });

  it.each([
    ['server', MINUTE_MS],
    ['laptop', 2 * MINUTE_MS],
    ['kiosk', 0],
  ] as const)('on a %s waits %d ms', (deviceClass, expected) => {
    const compiled = compileRule(threshold, deviceClass);
    expect(compiled.levels[0]?.forMs).toBe(expected);
    expect(windowMs(compiled)).toBe(Math.max(expected, 5));
  });

  it('looks back as far as its longest time; without a keep, as its levels ask', () => {
    expect(windowMs(compileRule({ ...state, keepMs: null }, 'server'))).toBe(3);
    expect(windowMs(compileRule({ ...state, keepMs: 10 }, 'server'))).toBe(10);
  });

  it.each([
    ['a threshold of a metric that does not exist', { metric: 'no.such', beyond: 'above', fireAt: 1, clearAt: 0 }],
    ['a threshold beyond the metric', { metric: 'system.memory.utilization', beyond: 'above', fireAt: 2, clearAt: 0 }],
    [
      'a guard beyond the metric',
      {
        metric: 'system.memory.utilization',
        beyond: 'above',
        fireAt: 1,
        clearAt: 0,
        guards: [{ metric: 'system.uptime', below: -1 }],
      },
    ],
  ] as const)('%s is refused by name', (_name, clause) => {
    const [level] = threshold.levels;
    const wrong = { ...threshold, levels: level ? [{ ...level, any: [clause] }] : [] };
    expect(() => compileRule(wrong, 'server')).toThrow(RangeError);
    expect(() => compileRule(wrong, 'server')).toThrow(/^Rule r: /);
  });

  it('metrics are named once, in the order of the columns', () => {
    expect(metricsOf(state)).toEqual(['fettle.service.state']);
    expect(new Set(metricsOf(threshold)).size).toBe(metricsOf(threshold).length);
  });
});

describe('the scope of a rule', () => {
  const rule = (scope: Rule['scope']): Rule => ({ ...state, scope });
  const laptop = { os: 'linux', class: 'laptop' } as const;

  it.each<[scope: Rule['scope'], isIn: boolean]>([
    [{}, true],
    [{ os: ['linux', 'macos'] }, true],
    [{ os: ['windows'] }, false],
    [{ classes: ['laptop'] }, true],
    [{ classes: ['server'] }, false],
    [{ os: ['linux'], classes: ['server'] }, false],
    [{ os: [], classes: [] }, false],
  ])('%j on a Linux laptop: %s', (scope, isIn) => {
    expect(inScope(rule(scope), laptop)).toBe(isIn);
  });
});
