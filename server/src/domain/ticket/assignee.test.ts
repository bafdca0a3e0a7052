import { describe, expect, it } from 'vitest';

import type { Person } from '../people.ts';
import { faultOfAssignee, mayBeGiven, whoMayBeGiven } from './assignee.ts';

const person = (name: string, change: Partial<Person> = {}): Person => ({
  id: `p_${name}`,
  name,
  role: 'technician',
  createdMs: 0,
  tenants: ['acme'],
  isDisabled: false,
  ...change,
});

it.each([
  ['a technician of it', person('kim'), true],
  ['the owner', person('owner', { role: 'owner', tenants: [] }), true],
  ['a viewer of it', person('vera', { role: 'viewer' }), false],
  ['a technician of another one', person('otto', { tenants: ['other'] }), false],
  ['one who is disabled', person('dora', { isDisabled: true }), false],
  ['an owner who is disabled', person('owner', { role: 'owner', tenants: [], isDisabled: true }), false],
])('%s can be given work of a tenant: %#', (_name, who, expected) => {
  expect(mayBeGiven(who, 'acme')).toBe(expected);
});

it.each([
  ['all', 'all', ['eva', 'owner', 'otto']],
  ['one', ['acme'], ['eva', 'owner']],
  ['both', ['acme', 'other'], ['eva', 'owner', 'otto']],
  ['none', [], []],
] as const)('of %s of the tenants work can be given to whoever works for one of them', (_name, tenants, expected) => {
  const owner = person('owner', { role: 'owner', tenants: [] });
  const people = [person('eva'), owner, person('otto', { tenants: ['other'] }), person('vera', { role: 'viewer' })];
  expect(whoMayBeGiven(people, tenants).map(({ name }) => name)).toEqual(expected);
});

describe('who cannot be given it', () => {
  const people = [person('eva'), person('kim'), person('vera', { role: 'viewer' })];
  const fault = (asked: string, all = people) =>
    faultOfAssignee(
      asked,
      all.find(({ name }) => name === asked),
      { tenant: 'acme', people: () => all },
    );

  it('is told with who can', () => {
    expect(fault('kim')).toBeUndefined();
    expect(fault('vera')).toBe('"vera" cannot be given anything of acme. These can be: eva, kim.');
    expect(fault('nobody')).toBe('"nobody" cannot be given anything of acme. These can be: eva, kim.');
    expect(fault('x', [])).toBe('"x" cannot be given anything of acme. Nobody can be.');
  });

  it('is told with twenty of them at most', () => {
    const many = Array.from({ length: 25 }, (_, n) => person(`kim ${n}`));
    expect(fault('y'.repeat(500), many)).toMatch(/kim 19 and 5 more\.$/);
    expect(fault('y'.repeat(500), many)?.length).toBeLessThan(400);
  });
});
