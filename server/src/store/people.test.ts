import { describe, expect, it } from 'vitest';

import { NOW, openStores } from '../fixture.ts';
import type { ApiToken, EnrollToken, Session } from './people.ts';

describe('who may come in', () => {
  const open = () => {
    const { fettle } = openStores();
    fettle.people.put({ id: 'p_1', name: 'eva', role: 'owner', createdMs: NOW });
    return fettle;
  };
  const aSession: Session = { hash: 's', person: 'p_1', createdMs: NOW, usedMs: NOW };
  const aToken: ApiToken = { hash: 'k', id: 'k_1', person: 'p_1', name: 'script', createdMs: NOW, expiresMs: NOW + 9 };

  it('the owner is the first one', () => {
    const { people } = open();
    people.put({ id: 'p_2', name: 'otto', role: 'owner', createdMs: NOW + 1 });
    expect(people.owner()).toEqual({ id: 'p_1', name: 'eva', role: 'owner', createdMs: NOW });
  });

  it('a login link works once', () => {
    const { people } = open();
    people.putLink('l', 'p_1', NOW);
    expect([people.useLink('l'), people.useLink('l')]).toEqual([{ person: 'p_1', expiresMs: NOW }, undefined]);
  });

  it('a session is found with its person until it is dropped', () => {
    const { people } = open();
    people.putSession(aSession);
    people.putSession({ ...aSession, usedMs: NOW + 5 });
    expect(people.session('s')).toEqual({ ...aSession, usedMs: NOW + 5, name: 'eva', role: 'owner' });
    people.dropSession('s');
    expect(people.session('s')).toBeUndefined();
  });

  it('a token takes the place of another of its name', () => {
    const { people } = open();
    people.putToken(aToken);
    people.putToken({ ...aToken, hash: 'k2', id: 'k_2' });
    people.putToken({ ...aToken, hash: 'k3', id: 'k_3', name: 'other' });
    expect(people.token('k')).toBeUndefined();
    expect(people.token('k2')).toEqual({ ...aToken, hash: 'k2', id: 'k_2', personName: 'eva', role: 'owner' });
    expect(people.token('k3')?.name).toBe('other');
  });

  it('what has expired goes, and nothing else', () => {
    const { people } = open();
    people.putLink('old', 'p_1', NOW - 1);
    people.putLink('good', 'p_1', NOW);
    people.putToken({ ...aToken, expiresMs: NOW - 1 });
    people.putToken({ ...aToken, hash: 'k2', id: 'k_2', name: 'good', expiresMs: NOW });
    people.putSession({ ...aSession, createdMs: NOW - 100 });
    people.putSession({ ...aSession, hash: 's2', createdMs: NOW - 99 });
    people.expire(NOW, NOW - 99);
    expect([people.useLink('old'), people.token('k'), people.session('s')]).toEqual([undefined, undefined, undefined]);
    expect([people.useLink('good'), people.token('k2'), people.session('s2')]).not.toContain(undefined);
  });

  it('an enrolment token counts its uses', () => {
    const { enrollTokens } = open();
    const token: EnrollToken = {
      hash: 'e',
      id: 'e_1',
      tenant: 'acme',
      site: 'office',
      createdMs: NOW,
      expiresMs: NOW + 1,
      maxUses: 5,
      uses: 0,
    };
    enrollTokens.put(token);
    enrollTokens.use('e');
    enrollTokens.use('nobody');
    expect(enrollTokens.get('e')).toEqual({ ...token, uses: 1 });
  });
});

describe('what is set once', () => {
  it('a tenant, a site and the id of the server stay as they were', () => {
    const { tenants } = openStores().fettle;
    tenants.put('acme', 'Other', 'ACME');
    tenants.putSite('office', 'nobody', 'Other');
    tenants.putMeta('server_id', 'one');
    tenants.putMeta('server_id', 'two');
    expect(tenants.site('office')).toEqual({ id: 'office', tenant: 'acme', name: 'Office' });
    expect(tenants.meta('server_id')).toBe('one');
  });

  it('two tenants never count their tickets under one prefix', () => {
    const { tenants } = openStores().fettle;
    expect(() => tenants.put('other', 'Other', 'ACME')).toThrow('UNIQUE constraint failed: tenants.ticket_prefix');
  });
});
