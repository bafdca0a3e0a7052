import { expect, it } from 'vitest';

import { pack } from '../rule/pack.ts';
import { levelText } from './rule-words.ts';

const textsOf = (id: string): readonly string[] =>
  pack
    .filter((rule) => rule.id === id)
    .flatMap((rule) => rule.levels.map((_, index) => levelText(rule, index).replaceAll('\u00A0', ' ')));

it.each([
  ['disk.space', ['after 10 min', 'after 5 min']],
  ['cert.expiry', ['at once', 'at once']],
  ['service.stopped', ['after 2 min']],
  ['smart.failed', ['after 2 readings']],
  ['device.offline', ['after 5 min']],
  ['log.hardware', ['at once']],
  ['log.crash', ['2 times within 7 d']],
  ['disk.link', ['risen by 10 within 7 d']],
  ['smart.pending', ['risen by 1 within 30 d, or 10 and more']],
])('the levels of %s are reached %j', (id, expected) => {
  expect(textsOf(id)).toEqual(expected);
});
