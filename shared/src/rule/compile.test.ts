import { describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time.ts';
import { compileRule, windowMs } from './compile.ts';
import {
  type ChangeRule,
  type EventRule,
  type Guard,
  type Rule,
  type StateRule,
  type ThresholdRule,
  inScope,
  instanceOf,
  metricsOf,
} from './rule.ts';

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
const event: EventRule = {
  ...common,
  kind: 'event',
  signal: { metric: 'fettle.log.crash', by: 'fettle.log.class' },
  levels: [
    { severity: 'warning', count: 1, withinMs: 30 },
    { severity: 'critical', count: 9, withinMs: 20 },
  ],
};
const change: ChangeRule = {
  ...common,
  kind: 'change',
  signal: { metric: 'fettle.disk.sectors.pending', by: 'hw.id' },
  levels: [
    {
      severity: 'warning',
      any: [
        { metric: 'fettle.disk.sectors.pending', atLeast: 10 },
        { metric: 'fettle.disk.errors.reported', rise: 3, withinMs: 40 },
        { metric: 'fettle.disk.sectors.pending', rise: 3, withinMs: 50 },
      ],
    },
  ],
};

const withGuard = (guard: Guard): ThresholdRule => {
  const clause = { metric: 'system.memory.utilization', beyond: 'above', fireAt: 0.9, clearAt: 0.8 } as const;
  return { ...threshold, levels: [{ severity: 'warning', forMs: 0, any: [{ ...clause, guards: [guard] }] }] };
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
    expect(windowMs(compileRule(event, 'server'))).toBe(30);
    expect(windowMs(compileRule(change, 'server'))).toBe(50);
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

  it.each<[name: string, rule: StateRule | EventRule | ThresholdRule]>([
    ['a state', { ...state, signal: { metric: 'no.such' } }],
    ['an event', { ...event, signal: { metric: 'no.such' } }],
    ['a guard', withGuard({ metric: 'no.such', exhaustedWithinMs: 1 })],
  ])('%s of a metric that does not exist is refused: it would never fire', (_name, wrong) => {
    expect(() => compileRule(wrong, 'server')).toThrow('Rule r: there is no metric no.such.');
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

describe('the instance that a series is', () => {
  const by = { metric: 'm', by: 'disk' };

  it.each<[name: string, signal: Parameters<typeof instanceOf>[0], attributes: Record<string, string>, is?: string]>([
    ['the machine, without attributes', { metric: 'm' }, {}, ''],
    ['a part of the machine is none of a rule about the whole', { metric: 'm' }, { cpu: '0' }],
    ['named by its key', by, { disk: 'sda', direction: 'read' }, 'sda'],
    ['without the key it is none', by, { cpu: '0' }],
    ['one that the rule names', { ...by, only: ['sda'] }, { disk: 'sda' }, 'sda'],
    ['one that it does not name', { ...by, only: ['sda'] }, { disk: 'sdb' }],
  ])('%s', (_name, signal, attributes, is) => {
    expect(instanceOf(signal, attributes)).toBe(is);
  });
});
