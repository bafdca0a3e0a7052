import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type Actor,
  type Role,
  type Scope,
  SYSTEM,
  isWithin,
  mayAct,
  mayChange,
  mayRule,
  maySee,
  narrowed,
  roles,
} from './actor.ts';

const person = (tenants: 'all' | readonly string[]): Actor => ({
  kind: 'person',
  id: 'p_1',
  name: 'eva',
  role: 'owner',
  tenants,
});
const agent: Actor = { kind: 'agent', id: 'd_1', name: 'srv-01', tenants: ['acme'] };

it.each<[name: string, actor: Actor, sees: boolean]>([
  ['a person of all tenants', person('all'), true],
  ['a person of the tenant', person(['shop', 'acme']), true],
  ['a person of others', person(['acme-2', 'acm']), false],
  ['a person of none', person([]), false],
  ['an agent of the tenant', agent, true],
  ['an agent of another', { ...agent, tenants: ['shop'] }, false],
  ['the program itself', SYSTEM, true],
])('%s sees what the tenant has: %s', (_name, actor, sees) => {
  expect(maySee(actor, 'acme')).toBe(sees);
});

it('what nobody did is told as done by the program', () => {
  expect(SYSTEM).toEqual({ kind: 'system', id: 'system', name: 'Fettle', tenants: 'all' });
});

const of = (role: Role, tenants: 'all' | readonly string[] = ['acme']): Actor =>
  ({ ...person(tenants), role }) as Actor;

it.each<[name: string, actor: Actor, can: readonly [acts: boolean, changes: boolean, rules: boolean]]>([
  ['the owner', of('owner', 'all'), [true, true, true]],
  ['a technician of the tenant', of('technician'), [true, true, false]],
  ['a technician of another', of('technician', ['shop']), [true, false, false]],
  ['a viewer of the tenant', of('viewer'), [false, false, false]],
  ['a viewer of all', of('viewer', 'all'), [false, false, false]],
  ['an agent of the tenant', agent, [true, true, false]],
  ['the program itself', SYSTEM, [true, true, true]],
])('%s: may act, change what the tenant has, rule the server', (_name, actor, can) => {
  expect([mayAct(actor), mayChange(actor, 'acme'), mayRule(actor)]).toEqual(can);
});

describe('two scopes together', () => {
  const tenants = ['acme', 'shop', 'bank'];
  const scope: fc.Arbitrary<Scope> = fc.record({
    role: fc.constantFrom(...roles),
    tenants: fc.oneof(fc.constant('all' as const), fc.subarray(tenants)),
  });
  const allows = (one: Scope) =>
    [...tenants, 'other']
      .flatMap((tenant) => {
        const actor: Actor = { kind: 'person', id: 'p', name: 'n', ...one };
        return [
          maySee(actor, tenant) && `see ${tenant}`,
          mayChange(actor, tenant) && `change ${tenant}`,
          mayRule(actor) && 'rule',
        ];
      })
      .filter((act) => act !== false);

  it('allow what both allow, and nothing else', () => {
    fc.assert(
      fc.property(scope, scope, (one, other) => {
        const both = allows(narrowed(one, other));
        expect(new Set(both)).toEqual(new Set(allows(one)).intersection(new Set(allows(other))));
      }),
    );
  });

  it('one is within the other when it allows nothing that the other does not', () => {
    fc.assert(
      fc.property(scope, scope, (one, other) => {
        if (isWithin(one, other)) expect(new Set(allows(one)).isSubsetOf(new Set(allows(other)))).toBe(true);
        expect(isWithin(narrowed(one, other), one)).toBe(true);
      }),
    );
  });
});
