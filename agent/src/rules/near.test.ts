// Whether a rule may soon have something to tell: then what explains it is looked at beforehand.
import { describe, expect, it } from 'vitest';

import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';

const USED = new Set(['system.filesystem.utilization']);

/** After these readings, minute by minute. */
const after = (...percents: readonly number[]): Evaluator => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([diskRule], minute(0));
  for (const [index, percent] of percents.entries()) {
    const at = minute(100 + index);
    evaluator.judge([volumes({ '/': percent })], at, at.uptimeMs);
  }
  return evaluator;
};

describe('a rule is near', () => {
  it.each([
    ['never before a reading', [], false],
    ['not while all is well', [50, 50], false],
    ['from the first bad reading on', [50, 90], true],
    ['while it stands and can get worse', [90, 90, 90, 90, 90], true],
    ['not when it is as bad as can be', [99, 99, 99, 99, 99], false],
    ['not when it is over', [50, 90, 50, 50, 50, 50, 50], false],
  ])('%s', (_name, percents, expected) => {
    expect(after(...percents).isNear(USED)).toBe(expected);
  });

  it('only of what is asked for', () => {
    expect(after(90).isNear(new Set(['system.cpu.utilization']))).toBe(false);
  });
});
