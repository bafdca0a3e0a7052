import { describe, expect, it } from 'vitest';

import { evidenceText, usedByTexts } from './evidence.ts';

const STILL = { rise: null, withinMs: null };
const space = {
  metric: 'system.filesystem.utilization',
  unit: '1',
  value: 0.962,
  mean: null,
  threshold: 0.95,
  ...STILL,
};
const free = {
  metric: 'fettle.filesystem.available',
  unit: 'By',
  value: 2 ** 33,
  mean: null,
  threshold: null,
  ...STILL,
};
const service = { metric: 'fettle.service.state', unit: '1', value: 4, mean: null, threshold: null, ...STILL };

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

describe('what used most', () => {
  const processes = [
    { pid: 7, name: 'node', cpu: 1.98, memoryBytes: 2 ** 20 },
    { pid: 8, name: 'java', cpu: null, memoryBytes: 2 ** 33 },
    { pid: 9, name: 'stress', cpu: 2.5, memoryBytes: 0 },
  ];
  const about = (metric: string) => usedByTexts({ evidence: [{ ...space, metric }], processes });
  const [node, java, stress] = [
    'node (7): 198\u00A0% CPU, 1\u00A0MiB',
    'java (8): 8\u00A0GiB',
    'stress (9): 250\u00A0% CPU, 0\u00A0B',
  ];

  it('of the CPU comes first where the CPU is short', () => {
    expect(about('system.cpu.utilization')).toEqual([stress, node, java]);
  });

  it('of the memory comes first where memory is short', () => {
    expect(about('system.memory.utilization')).toEqual([java, node, stress]);
  });

  it('is nobody where nobody was looked at', () => {
    expect(usedByTexts({ evidence: [], processes: [] })).toEqual([]);
  });
});

it('tells a value that rose by how much it did, and others beside it', () => {
  const count = { unit: '{sector}', mean: null, threshold: 1, withinMs: 7 * 86_400_000 };
  const pending = { ...count, metric: 'fettle.disk.sectors.pending', value: 3, rise: 0 };
  const reported = { ...count, metric: 'fettle.disk.errors.reported', unit: '{error}', value: 12, rise: 4 };
  expect(evidenceText([reported, pending])).toEqual({
    value: '12\u00A0errors, 4 more within 7\u00A0d',
    limit: '1 more',
    beside: ['3 sectors pending'],
  });
});
