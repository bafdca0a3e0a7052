import { describe, expect, it } from 'vitest';

import { newsOf } from './inventory.ts';

const section = (id: string, ...values: readonly string[]) => ({
  id,
  title: id.toUpperCase(),
  facts: values.map((value) => ({ label: 'Name', value })),
});

describe('what a record does to the sections', () => {
  it.each([
    ['nothing', [], [], []],
    ['one with facts is told', [section('os', '12')], [section('os', '12')], []],
    ['one without is removed', [section('os')], [], [section('os')]],
    ['of the same id the last counts', [section('os', '12'), section('os', '13')], [section('os', '13')], []],
    ['also when it removes', [section('os', '12'), section('os')], [], [section('os')]],
    ['also when it is back', [section('os'), section('cpu', 'x'), section('os', '1')], ['os', 'cpu'], []],
  ])('%s', (_name, sections, told, removed) => {
    const news = newsOf(sections);
    const expected = told.map((one) => (typeof one === 'string' ? sections.findLast(({ id }) => id === one) : one));
    expect(news).toEqual({ told: expected, removed });
  });
});
