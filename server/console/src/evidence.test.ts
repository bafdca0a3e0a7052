import { expect, it } from 'vitest';

import { evidenceText } from './evidence.ts';

const space = { metric: 'system.filesystem.utilization', unit: '1', value: 0.962, mean: null, threshold: 0.95 };
const free = { metric: 'fettle.filesystem.available', unit: 'By', value: 2 ** 33, mean: null, threshold: null };
const service = { metric: 'fettle.service.state', unit: '1', value: 4, mean: null, threshold: null };

it('puts the value that has a limit first, whatever the order', () => {
  expect(evidenceText([free, space])).toEqual({
    value: '96.2\u00A0%',
    limit: '95\u00A0%',
    beside: ['8\u00A0GiB available'],
  });
});

it('tells a state by its word, and says nothing where nothing was measured', () => {
  expect(evidenceText([service])).toEqual({ value: 'failed', limit: null, beside: [] });
  expect(evidenceText([])).toBeNull();
});
