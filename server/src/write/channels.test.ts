// Settings of notices by the real writer: who may change what, and that the audit trail has no secrets.
import { describe, expect, it } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import type { Channel } from '../domain/notice/channel.ts';
import { NOW, openWriter } from '../fixture.ts';

const aPerson = (tenants: Actor['tenants']): Actor => ({
  kind: 'person',
  id: 'p_1',
  name: 'eva',
  role: 'owner',
  tenants: tenants as 'all',
});
const ALL = aPerson('all');
const ACME = aPerson(['acme']);
const OTHER = aPerson(['other']);

const aChannel = (change: Partial<Channel> = {}): Channel => ({
  id: 'c_1',
  tenant: 'acme',
  name: 'hook',
  isEnabled: true,
  perHour: 60,
  settings: {
    kind: 'webhook',
    url: 'https://hook.example/top-secret-path',
    secret: 'a secret of thirty-two characters',
  },
  ...change,
});

const open = () => {
  const stores = openWriter();
  const commit = (event: WriterEvent) => stores.writer.commit([event], NOW)[0]?.outcome;
  const put = (actor: Actor, setting = aChannel()) =>
    commit({ type: 'put notice setting', actor, kind: 'channel', setting });
  const remove = (actor: Actor, id = 'c_1') => commit({ type: 'remove notice setting', actor, kind: 'channel', id });
  return { ...stores, commit, put, remove };
};

describe('a setting', () => {
  it('is nothing that somebody who only looks can make or take away', () => {
    const { fettle, put, remove } = open();
    const viewer: Actor = { kind: 'person', id: 'p_2', name: 'vera', role: 'viewer', tenants: ['acme'] };
    expect(put(viewer)).toMatchObject({ code: 'forbidden' });
    put(ALL);
    expect(remove(viewer)).toMatchObject({ code: 'forbidden' });
    expect(fettle.channels.all()).toEqual([aChannel()]);
  });

  it('is made, changed, tried and removed with an entry in the audit trail, and without its secrets there', () => {
    const { fettle, put, remove, commit } = open();
    put(ALL);
    put(ALL, aChannel({ name: 'other' }));
    commit({ type: 'tested channel', actor: ALL, channel: 'c_1', isSent: false });
    remove(ALL);
    const rows = fettle.db.prepare<[], { action: string; detail: string }>('SELECT * FROM audit ORDER BY seq').all();
    expect(rows.map(({ action }) => action)).toEqual([
      'channel.create',
      'channel.change',
      'channel.test',
      'channel.remove',
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/secret/);
    const events = fettle.events.page({ tenants: undefined, afterSeq: 0, limit: 100 });
    expect(JSON.stringify(events)).not.toMatch(/secret/);
  });

  it('of a tenant is for those who see that tenant, and one for all tenants only for those who see all', () => {
    const { put, remove } = open();
    expect(put(ACME)).toEqual({ is: 'done' });
    expect(put(ACME, aChannel({ id: 'c_2', tenant: '' }))).toMatchObject({ code: 'not_found' });
    expect(put(OTHER, aChannel({ tenant: 'other' }))).toMatchObject({ code: 'not_found' });
    expect(remove(OTHER)).toMatchObject({ code: 'not_found' });
    expect(remove(ACME)).toEqual({ is: 'done' });
  });

  it('of one tenant cannot use what is of another', () => {
    const { put, commit } = open();
    put(ALL);
    const route = (tenant: string) =>
      commit({
        type: 'put notice setting',
        actor: ALL,
        kind: 'route',
        setting: {
          id: `r_${tenant}`,
          tenant,
          name: 'all',
          severities: ['critical'],
          kinds: ['alert'],
          tags: [],
          to: [{ channel: 'c_1' }],
          quiet: null,
        },
      });
    expect(route('other')).toMatchObject({ code: 'setting_unknown' });
    expect(route('')).toMatchObject({ code: 'setting_unknown' });
    expect(route('acme')).toEqual({ is: 'done' });
  });

  it('beyond five hundred of a kind is refused', () => {
    const { put } = open();
    for (let count = 0; count < 500; count += 1)
      expect(put(ALL, aChannel({ id: `c_${count}` }))).toEqual({ is: 'done' });
    expect(put(ALL, aChannel({ id: 'c_more' }))).toMatchObject({ code: 'too_many_settings' });
    expect(put(ALL, aChannel({ id: 'c_7', name: 'changed' }))).toEqual({ is: 'done' });
  });
});
