import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { NOW, openWriter } from '../fixture.ts';

const open = () => {
  const stores = openWriter();
  const commit = (event: WriterEvent, nowMs = NOW) => stores.writer.commit([event], nowMs)[0]?.outcome;
  const audit = () => stores.fettle.db.prepare<[], string>('SELECT action FROM audit ORDER BY seq').pluck().all();
  return { ...stores, commit, audit };
};

const link: WriterEvent = { type: 'create login link', actor: SYSTEM, hash: 'link', expiresMs: NOW + 1 };
const signIn: WriterEvent = { type: 'sign in', linkHash: 'link', sessionHash: 'session' };

describe('signing in', () => {
  it('works once by a link, as the owner, who is made by the first link', () => {
    const { commit, fettle, audit } = open();
    expect(fettle.people.owner()).toBeUndefined();
    commit(link);
    expect(commit(signIn)).toEqual({ is: 'done' });
    expect(fettle.people.session('session')).toMatchObject({ role: 'owner', createdMs: NOW, usedMs: NOW });
    expect(commit({ ...signIn, sessionHash: 'other' })).toMatchObject({ is: 'refused', code: 'login_link_used' });
    expect(fettle.people.session('other')).toBeUndefined();
    expect(audit()).toEqual(['person.create', 'login link.create', 'person.sign in']);
  });

  it.each([
    ['in its last moment', NOW + 1, 'done'],
    ['a moment later', NOW + 2, 'refused'],
  ])('by a link %s', (_name, nowMs, expected) => {
    const { commit } = open();
    commit(link);
    expect(commit(signIn, nowMs)?.is).toBe(expected);
  });

  it('has one owner, however many links are made', () => {
    const { commit, fettle } = open();
    for (const hash of ['a', 'b', 'c']) commit({ ...link, hash });
    expect(fettle.db.prepare('SELECT id FROM people').all()).toHaveLength(1);
  });

  it('is kept alive by use, and ended by signing out', () => {
    const { commit, fettle } = open();
    commit(link);
    commit(signIn);
    commit({ type: 'use session', sessionHash: 'session' }, NOW + 9);
    expect(fettle.people.session('session')).toMatchObject({ createdMs: NOW, usedMs: NOW + 9 });
    commit({ type: 'sign out', sessionHash: 'session' });
    expect(fettle.people.session('session')).toBeUndefined();
    commit({ type: 'use session', sessionHash: 'session' });
    expect(fettle.people.session('session')).toBeUndefined();
  });
});

describe('a site', () => {
  const site = {
    type: 'create site',
    actor: SYSTEM,
    tenant: 'new',
    tenantName: 'New',
    site: 'shop',
    siteName: 'Shop',
  } as const;

  it('is made with its tenant, and stays as it is when it is made again', () => {
    const { commit, fettle } = open();
    commit({ ...site, prefix: 'NEW' });
    commit({ ...site, prefix: 'OTHER', siteName: 'Other' });
    expect(fettle.tenants.site('shop')).toEqual({ id: 'shop', tenant: 'new', name: 'Shop' });
    expect(fettle.tickets.nextNumber('new')).toBe('NEW-1');
  });

  it('whose tenant would count its tickets like another is refused, and nothing of it is made', () => {
    const { commit, fettle } = open();
    expect(commit({ ...site, prefix: 'ACME' })).toMatchObject({ is: 'refused' });
    expect(fettle.tenants.site('shop')).toBeUndefined();
  });
});

it('what has expired goes', () => {
  const { commit, fettle } = open();
  const token = { type: 'create api token', actor: SYSTEM, name: 'script' } as const;
  commit(link);
  commit(signIn);
  commit({ ...token, hash: 'k', expiresMs: NOW + DAY_MS });
  const expire = (nowMs: number) =>
    commit({ type: 'expire', eventsBeforeMs: 0, sessionsBeforeMs: nowMs - DAY_MS }, nowMs);
  expire(NOW + DAY_MS);
  expect([fettle.people.session('session')?.hash, fettle.people.token('k')?.hash]).toEqual(['session', 'k']);
  expire(NOW + DAY_MS + 1);
  expect([fettle.people.session('session'), fettle.people.token('k')]).toEqual([undefined, undefined]);
});
