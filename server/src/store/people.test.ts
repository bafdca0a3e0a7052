import { describe, expect, it } from 'vitest';

import type { Person } from '../domain/people.ts';
import { NOW, openStores } from '../fixture.ts';
import type { ApiToken, EnrollToken, Session } from './people.ts';

describe('who may come in', () => {
  const eva: Person = { id: 'p_1', name: 'eva', role: 'owner', createdMs: NOW, tenants: [], isDisabled: false };
  const rights = { role: 'owner', tenants: [], isDisabled: false };
  const open = () => {
    const { fettle } = openStores();
    fettle.people.put(eva, NOW);
    return fettle;
  };
  const aSession: Session = { hash: 's', person: 'p_1', createdMs: NOW, usedMs: NOW };
  const aToken: ApiToken = {
    hash: 'k',
    id: 'k_1',
    person: 'p_1',
    name: 'script',
    createdMs: NOW,
    expiresMs: NOW + 9,
    scope: null,
  };

  it('the owner is the first one', () => {
    const { people } = open();
    people.put({ ...eva, id: 'p_2', name: 'otto', createdMs: NOW + 1 }, NOW);
    expect(people.owner()).toEqual(eva);
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
    expect(people.session('s')).toEqual({ ...aSession, usedMs: NOW + 5, name: 'eva', ...rights });
    people.dropSession('s');
    expect(people.session('s')).toBeUndefined();
  });

  it('a token takes the place of another of its name', () => {
    const { people } = open();
    people.putToken(aToken);
    people.putToken({ ...aToken, hash: 'k2', id: 'k_2' });
    people.putToken({ ...aToken, hash: 'k3', id: 'k_3', name: 'other' });
    expect(people.token('k')).toBeUndefined();
    expect(people.token('k2')).toEqual({ ...aToken, hash: 'k2', id: 'k_2', personName: 'eva', ...rights });
    expect(people.token('k3')?.name).toBe('other');
  });

  it("a token that may less is not found by a program that would take it for its person's", () => {
    const { people, db } = open();
    const scope = { role: 'viewer', tenants: ['acme'] } as const;
    people.putToken({ ...aToken, scope });
    expect(people.token('k')).toMatchObject({ hash: 'k', scope, role: 'owner' });
    const asBefore = db.prepare('SELECT t.id FROM api_tokens t JOIN people p ON p.id = t.person WHERE t.hash = ?');
    expect(asBefore.get('k')).toBeUndefined();
  });

  it('a person has tenants, is found whatever the case, and takes everything along that lets them in', () => {
    const { people, db } = open();
    const kim: Person = { ...eva, id: 'p_2', name: 'Kim', role: 'viewer', tenants: ['acme'] };
    people.put(kim, NOW);
    expect(people.named('KIM')).toEqual(kim);
    people.put({ ...kim, role: 'technician', tenants: [], isDisabled: true }, NOW);
    expect(people.all()).toEqual([eva, { ...kim, role: 'technician', tenants: [], isDisabled: true }]);
    expect(() => people.put({ ...kim, id: 'p_3', name: 'kiM' }, NOW)).toThrow('UNIQUE');
    for (const person of ['p_1', 'p_2']) {
      people.putLink(`l ${person}`, person, NOW);
      people.putSession({ ...aSession, hash: `s ${person}`, person });
      people.putToken({ ...aToken, hash: `k ${person}`, id: `k ${person}`, person });
    }
    people.shutOut('p_2');
    const left = (table: string) => db.prepare<[], string>(`SELECT person FROM ${table}`).pluck().all();
    expect(['login_links', 'sessions', 'api_tokens'].map(left)).toEqual([['p_1'], ['p_1'], ['p_1']]);
    people.putSession({ ...aSession, hash: 's', person: 'p_2' });
    people.remove('p_2');
    expect([people.named('kim'), people.session('s')]).toEqual([undefined, undefined]);
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
