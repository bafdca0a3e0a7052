// Who may come in, and who is shut out: by events, against the real store.
import { describe, expect, it } from 'vitest';

import { type Actor, SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { NOW, aTold, openWriter } from '../fixture.ts';

const open = () => {
  const stores = openWriter();
  const commit = (event: WriterEvent) => stores.writer.commit([event], NOW)[0]?.outcome;
  const audit = () => stores.fettle.db.prepare<[], string>('SELECT action FROM audit ORDER BY seq').pluck().all();
  return { ...stores, commit, audit };
};

const kim = { actor: SYSTEM, name: 'kim', role: 'technician', tenants: ['acme'] } as const;
const add: WriterEvent = { type: 'add user', ...kim };
const link = (user: string, hash = `link of ${user}`): WriterEvent => ({
  type: 'create login link',
  actor: SYSTEM,
  hash,
  expiresMs: NOW + 1,
  user,
});
const token = { type: 'create api token', actor: SYSTEM, name: 'script', expiresMs: NOW + 1 } as const;
const DONE = { is: 'done' };
const actor = (role: 'technician' | 'viewer' | 'owner', id = 'p_9', tenants: readonly string[] = ['acme']): Actor => ({
  kind: 'person',
  id,
  name: 'someone',
  role,
  tenants: role === 'owner' ? 'all' : tenants,
});

describe('a user', () => {
  it('signs in by a link of their own, with their role and tenants', () => {
    const { commit, fettle, audit } = open();
    expect([commit(add), commit(link('KIM'))]).toEqual([DONE, DONE]);
    expect(commit({ type: 'sign in', linkHash: 'link of KIM', sessionHash: 's' })).toEqual(DONE);
    expect(fettle.people.session('s')).toMatchObject({ name: 'kim', role: 'technician', tenants: ['acme'] });
    expect(audit()).toEqual(['person.create', 'login link.create', 'person.sign in']);
    expect(fettle.people.owner()).toBeUndefined();
  });

  it.each<[string, WriterEvent, string]>([
    ['of a name that is there', { type: 'add user', ...kim, name: 'Kim' }, 'user_exists'],
    ['of a name that is ours', { type: 'add user', ...kim, name: 'Fettle' }, 'invalid_name'],
    ['of no role', { type: 'add user', ...kim, name: 'eva', role: 'owner' }, 'role_unknown'],
    ['of no tenant', { type: 'add user', ...kim, name: 'eva', tenants: ['moon'] }, 'tenant_unknown'],
    ['who is not there, changed', { type: 'change user', ...kim, name: 'eva' }, 'user_unknown'],
    ['who is not there, disabled', { type: 'disable user', actor: SYSTEM, name: 'eva' }, 'user_unknown'],
    ['who is not there, given a link', link('eva'), 'user_unknown'],
    ['who is the owner, removed', { type: 'remove user', actor: SYSTEM, name: 'owner' }, 'forbidden'],
  ])('%s is refused', (_name, event, code) => {
    const { commit, fettle } = open();
    commit({ type: 'create login link', actor: SYSTEM, hash: 'owner', expiresMs: NOW });
    commit(add);
    expect(commit(event)).toMatchObject({ is: 'refused', code });
    expect(fettle.people.all().map(({ name, role }) => [name, role])).toEqual([
      ['kim', 'technician'],
      ['owner', 'owner'],
    ]);
  });

  it.each<[WriterEvent['type'] & `${string} user`, string]>([
    ['disable user', 'person.disable'],
    ['remove user', 'person.remove'],
    ['change user', 'person.change'],
  ])('is shut out by "%s": sessions, links and tokens, and it is counted for open feeds', (type, action) => {
    const { commit, fettle, audit } = open();
    for (const event of [add, link('kim'), link('kim', 'other'), { ...token, hash: 'k', user: 'kim' }] as const)
      commit(event);
    commit({ type: 'sign in', linkHash: 'link of kim', sessionHash: 's' });
    const before = fettle.people.rightsChanges();
    expect(commit({ type, ...kim, role: 'viewer' })).toEqual(DONE);
    expect([fettle.people.session('s'), fettle.people.token('k')]).toEqual([undefined, undefined]);
    expect(commit({ type: 'sign in', linkHash: 'other', sessionHash: 's2' })).toMatchObject({
      code: 'login_link_used',
    });
    expect(fettle.people.rightsChanges()).toBe(before + 1);
    expect(audit().at(-1)).toBe(action);
  });

  it('who is disabled gets no link and no token until they are enabled', () => {
    const { commit } = open();
    commit(add);
    commit({ type: 'disable user', actor: SYSTEM, name: 'kim' });
    expect(commit(link('kim'))).toMatchObject({ code: 'user_disabled' });
    expect(commit({ ...token, hash: 'k', user: 'kim' })).toMatchObject({ code: 'user_disabled' });
    commit({ type: 'enable user', actor: SYSTEM, name: 'kim' });
    expect(commit(link('kim'))).toEqual(DONE);
  });
});

describe('a token', () => {
  it.each([
    ['as much as its person', undefined, 'done'],
    ['less', { role: 'viewer', tenants: ['acme'] }, 'done'],
    ['a role above', { role: 'owner', tenants: ['acme'] }, 'refused'],
    ['another tenant', { role: 'viewer', tenants: ['acme', 'shop'] }, 'refused'],
    ['all tenants', { role: 'viewer', tenants: 'all' }, 'refused'],
  ] as const)('may do %s: %j is %s', (_name, scope, expected) => {
    const { commit, fettle } = open();
    commit(add);
    expect(commit({ ...token, hash: 'k', user: 'kim', ...(scope && { scope }) })?.is).toBe(expected);
    expect(fettle.people.token('k') === undefined).toBe(expected === 'refused');
  });

  it('is made by a person for themselves, and for nobody else', () => {
    const { commit, fettle } = open();
    commit(add);
    const own = actor('technician', fettle.people.named('kim')?.id);
    expect(commit({ ...token, actor: own, hash: 'k', user: 'kim' })).toEqual(DONE);
    expect(commit({ ...token, actor: actor('technician'), hash: 'k2', user: 'kim' })).toMatchObject({
      code: 'forbidden',
    });
    expect(commit({ ...token, actor: own, hash: 'k3' })).toMatchObject({ code: 'forbidden' });
  });
});

describe('tenants and sites', () => {
  const tenant = { type: 'add tenant', actor: SYSTEM, tenant: 'shop', name: 'Shop', prefix: 'SHOP' } as const;
  const site = { type: 'add site', actor: SYSTEM, tenant: 'shop', site: 'till', name: 'Till' } as const;

  it('are made once, with a word in the audit trail', () => {
    const { commit, fettle, audit } = open();
    expect([commit(tenant), commit(site)]).toEqual([DONE, DONE]);
    expect(fettle.tenants.all().map(({ id }) => id)).toEqual(['acme', 'shop']);
    expect(fettle.tenants.site('till')).toEqual({ id: 'till', tenant: 'shop', name: 'Till' });
    expect(audit()).toEqual(['tenant.create', 'site.create']);
    expect([commit(tenant), commit(site)]).toMatchObject([{ code: 'tenant_exists' }, { code: 'site_exists' }]);
  });

  it.each<[string, WriterEvent, string]>([
    ['an id with a slash', { ...tenant, tenant: 'a/b' }, 'invalid_name'],
    ['a prefix that another has', { ...tenant, prefix: 'ACME' }, 'prefix_taken'],
    ['a site of no tenant', { ...site, tenant: 'moon' }, 'tenant_unknown'],
    ["a site's id that is none", { ...site, tenant: 'acme', site: '' }, 'invalid_name'],
  ])('%s is refused', (_name, event, code) => {
    expect(open().commit(event)).toMatchObject({ is: 'refused', code });
  });
});

describe('the writer refuses', () => {
  const CASES: readonly (readonly [string, (who: Actor) => WriterEvent])[] = [
    ['people', (who) => ({ ...add, actor: who })],
    ['tenants', (who) => ({ type: 'add tenant', actor: who, tenant: 'x', name: 'X', prefix: 'X' })],
    ['sites', (who) => ({ type: 'add site', actor: who, tenant: 'acme', site: 'x', name: 'X' })],
    ['login links', (who) => ({ type: 'create login link', actor: who, hash: 'l', expiresMs: NOW })],
    ['removing all devices', (who) => ({ type: 'remove devices', actor: who, tenant: 'acme' })],
  ];
  it.each(CASES)('%s to everybody but the owner', (_name, eventOf) => {
    const { commit, audit } = open();
    for (const role of ['technician', 'viewer'] as const)
      expect(commit(eventOf(actor(role)))).toMatchObject({ is: 'refused', code: 'forbidden' });
    expect(audit()).toEqual([]);
    expect(['done', 'removed']).toContain(commit(eventOf(actor('owner')))?.is);
  });

  it('a viewer every change, and a technician what another tenant has as if it were not there', () => {
    const { commit, fettle } = open();
    commit(aTold(1));
    const id = (table: string) => fettle.db.prepare<[], string>(`SELECT id FROM ${table}`).pluck().get() ?? '';
    const [alert, ticket] = [id('alerts'), id('tickets')];
    const asked = (who: Actor): readonly WriterEvent[] => [
      { type: 'ack alert', actor: who, alert },
      { type: 'act on ticket', actor: who, ticket, version: 1, act: { do: 'take' } },
      { type: 'act on ticket', actor: who, ticket, version: null, act: { do: 'note', text: 'x' } },
      { type: 'act on ticket', actor: who, ticket, version: 1, act: { do: 'resolve', text: 'x' } },
    ];
    const codes = (who: Actor) =>
      asked(who)
        .map((event) => commit(event))
        .map((outcome) => outcome?.is === 'refused' && outcome.code);
    expect(codes(actor('viewer'))).toEqual(Array.from({ length: 4 }, () => 'forbidden'));
    expect(codes(actor('technician', 'p_9', ['shop']))).toEqual(Array.from({ length: 4 }, () => 'not_found'));
    const enrol = { type: 'create enrol token', hash: 't', site: 'office', expiresMs: NOW, maxUses: 1 } as const;
    expect(commit({ ...enrol, actor: actor('technician', 'p_9', ['shop']) })).toMatchObject({ code: 'site_unknown' });
    expect(commit({ ...enrol, actor: actor('viewer') })).toMatchObject({ code: 'forbidden' });
    expect(commit({ ...enrol, actor: actor('technician') })).toMatchObject({ is: 'made' });
    expect(commit({ type: 'ack alert', actor: actor('technician'), alert })).toEqual(DONE);
  });
});
