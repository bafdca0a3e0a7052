// A newer server sends rules of forms that this version does not know: they are left out and named, the others are taken.
import { contentHash } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import { describe, expect, it } from 'vitest';

import { diskRule } from './fixture.ts';
import { adopted } from './rule-set.ts';

const [level] = diskRule.levels;

it('every rule of the pack is taken as it is, with the hash that it had', () => {
  const sent = structuredClone(pack).map((rule) => ({ ...rule }));
  const { rules, leftOut } = adopted({ version: 'v7', rules: sent });
  expect([rules, leftOut]).toEqual([pack, []]);
  expect(rules.map(contentHash)).toEqual(sent.map(contentHash));
});

describe('left out, and named, is a rule', () => {
  it.each([
    ['of a kind that is not known', { ...diskRule, kind: 'forecast' }, 'forecast'],
    ['of a kind that every object has', { ...diskRule, kind: 'constructor' }, 'constructor'],
    ['with more in it', { ...diskRule, weather: 'rain' }, 'threshold'],
    ['with more in a part of it', { ...diskRule, levels: [{ ...level, weather: 'rain' }] }, 'threshold'],
    ['with a value that is none here', { ...diskRule, urgency: ['extreme'] }, 'threshold'],
    ['with less in it', { id: 'disk', kind: 'threshold' }, 'threshold'],
    ['of the form of another kind', { ...diskRule, kind: 'event' }, 'event'],
  ])('%s', (_what, strange, kind) => {
    const other = { ...diskRule, id: 'other' };
    expect(adopted({ version: 'v7', rules: [strange, other] })).toEqual({
      version: 'v7',
      rules: [other],
      leftOut: [
        { rule: 'disk', why: `Rule disk: this version does not know a rule of the kind "${kind}" in this form.` },
      ],
    });
  });
});
