import { describe, expect, it } from 'vitest';

import { decideGrant, faultOf, scopeOf } from './people.ts';

describe('a name', () => {
  it.each(['kim', 'Kim Ng', 'Zoë', '李雷', 'k.ng@acme.example', '007', 'a'.repeat(64)])('"%s" can be one', (name) => {
    expect(faultOf.name(name)).toBeUndefined();
  });

  it.each(['', ' ', ' kim', 'kim ', '-kim', 'a'.repeat(65), 'kim\n', 'k\u202Eim', '<b>', 'Zoe\u0308'])(
    '%j cannot',
    (name) => {
      expect(faultOf.name(name)).toContain('cannot be a name');
    },
  );

  it.each(['owner', 'Owner', 'FETTLE', 'system'])('"%s" is the program\'s own', (name) => {
    expect(faultOf.name(name)).toContain('Choose another');
  });
});

it.each([
  ['id', ['acme', 'a', '9-lives', 'a'.repeat(40)], ['', 'Acme', '-a', 'a b', 'a'.repeat(41), 'a/b', '../a']],
  ['prefix', ['A', 'ACME2', 'ABCDEFGHIJ'], ['', 'acme', '1A', 'A-B', 'ABCDEFGHIJK']],
  ['title', ['Acme & Sons', 'x'.repeat(100), '李'], ['', 'x'.repeat(101), 'a\nb', 'a\u0000']],
] as const)("what can be a tenant's %s", (what, good, bad) => {
  expect(good.map((text) => faultOf[what](text))).toEqual(good.map(() => undefined));
  expect(bad.filter((text) => faultOf[what](text) === undefined)).toEqual([]);
});

describe('a grant', () => {
  const isTenant = (id: string) => id === 'acme' || id === 'shop';

  it.each([
    ['technician', ['acme', 'shop', 'acme'], { is: 'granted', role: 'technician', tenants: ['acme', 'shop'] }],
    ['viewer', ['shop'], { is: 'granted', role: 'viewer', tenants: ['shop'] }],
    ['owner', ['acme'], { is: 'refused', code: 'role_unknown' }],
    ['', ['acme'], { is: 'refused', code: 'role_unknown' }],
    ['viewer', [], { is: 'refused', code: 'tenant_unknown' }],
    ['viewer', ['acme', 'moon'], { is: 'refused', code: 'tenant_unknown', message: 'There is no tenant "moon".' }],
  ])('of %j for %j', (role, tenants, expected) => {
    expect(decideGrant(role, tenants, isTenant)).toMatchObject(expected);
  });
});

it('the owner has all tenants, whatever is written down; others have theirs', () => {
  expect(scopeOf({ role: 'owner', tenants: [] })).toEqual({ role: 'owner', tenants: 'all' });
  expect(scopeOf({ role: 'viewer', tenants: [] })).toEqual({ role: 'viewer', tenants: [] });
});
