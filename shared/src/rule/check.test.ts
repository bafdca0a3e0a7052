import { describe, expect, it } from 'vitest';

import { issuesOf } from './check.ts';
import { pack } from './pack.ts';
import type { Rule } from './rule.ts';

const pick = (id: string): Rule => {
  const found = pack.find((rule) => rule.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return structuredClone(found);
};

/** The rule with another value at a path. */
const withValue = (rule: Rule, path: readonly (string | number)[], value: unknown): Rule => {
  const copy: Record<string | number, unknown> = structuredClone(rule) as never;
  let node: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) node = node[key] as never;
  node[path.at(-1) ?? ''] = value;
  return copy as never;
};

const clause = ['levels', 0, 'any', 0] as const;

describe('a rule of the right shape', () => {
  it.each(pack)('$id of the pack has nothing wrong', (rule) => {
    expect(issuesOf(rule)).toEqual([]);
  });

  it.each([
    ['disk.space', [...clause, 'clearAt'], 0.9, /clears at 0.9, which is above where it fires \(0.85\)/],
    [
      'disk.space',
      [...clause, 'fireAt'],
      85,
      /85 is no value of system.filesystem.utilization, which goes from 0 to 1/,
    ],
    ['disk.space', [...clause, 'metric'], 'system.disk', /there is no metric "system.disk"/],
    [
      'disk.space',
      [...clause, 'metric'],
      'system.memory.utilization',
      /is not measured by system.filesystem.mountpoint/,
    ],
    ['disk.space', ['signal', 'metric'], 'x', /there is no metric "x"/],
    ['disk.space', ['signal', 'by'], 'volume', /has no attribute "volume": it has system.device/],
    ['disk.space', ['urgency'], ['low'], /there are 2 levels and 1 urgencies/],
    ['disk.space', ['levels', 1, 'severity'], 'warning', /severities rise/],
    ['disk.space', [...clause, 'guards'], [{ metric: 'fettle.disk.wear', below: 0.1 }], /is not measured by/],
    ['disk.space', ['ticket', 'when'], [{ metric: 'nothing', below: 1 }], /there is no metric "nothing"/],
    ['cpu.sustained', ['signal', 'by'], 'cpu', /it has cpu.mode, cpu.logical_number/],
    ['memory.pressure', [...clause, 'beyond'], 'below', /clears at 0.88, which is below where it fires/],
    ['smart.failed', ['levels', 0, 'bad'], [77], /has no state 77/],
    ['log.crash', ['signal', 'metric'], 'nothing', /there is no metric/],
    ['smart.pending', [...clause, 'metric'], 'system.uptime', /is not measured by hw.id/],
  ] as const)('%s with %j = %j', (id, path, value, message) => {
    const [found] = issuesOf(withValue(pick(id), path, value));
    expect(found?.message).toMatch(message);
    expect(found?.path.slice(0, path.length - 1)).toEqual(path.slice(0, -1));
  });

  it('tells all that is wrong at once', () => {
    const wrong = withValue(withValue(pick('disk.space'), [...clause, 'clearAt'], 0.99), ['urgency'], ['low']);
    expect(issuesOf(wrong).map(({ path }) => path.join('.'))).toEqual(['urgency', 'levels.0.any.0.clearAt']);
  });
});
