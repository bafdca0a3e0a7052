import { expect, it } from 'vitest';

import { type Actor, SYSTEM, maySee } from './actor.ts';

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
