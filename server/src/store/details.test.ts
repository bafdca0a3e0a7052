// What only the page of a device shows: kept section by section, gone with the device, and brought over from before.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SECTIONS_MAX } from '../domain/inventory.ts';
import { NOW, aDevice, freshFolder, openStores } from '../fixture.ts';
import { APPLICATION, type Db, openDatabase } from './database.ts';
import { openFettle } from './fettle.ts';

const section = (id: string, ...values: readonly string[]) => ({
  id,
  title: `<${id}>`,
  facts: values.map((value) => ({ label: 'Näme "1"', value })),
});

const open = () => {
  const { fettle } = openStores();
  const { inventory, devices } = fettle;
  devices.put(aDevice({ id: 'd_2', publicKey: 'key-2', hostname: 'other' }));
  const put = (atMs: number, ...sections: readonly ReturnType<typeof section>[]) =>
    inventory.put(aDevice(), { atMs, sections });
  const kept = () => inventory.of('d_1')?.sections ?? [];
  return { ...fettle, put, kept, ids: () => kept().map(({ id }) => id) };
};

describe('the inventory of a device', () => {
  it('is none until something is told', () => {
    expect(open().inventory.of('d_1')).toBeNull();
  });

  it('comes back as it was told, and of when the newest was', () => {
    const { put, inventory } = open();
    put(2, section('os', 'Debian', '"; DROP'), section('cpu', '\u{1F5A5}'));
    put(1, section('disk', ''));
    expect(inventory.of('d_1')).toEqual({
      atMs: 2,
      sections: [section('os', 'Debian', '"; DROP'), section('cpu', '\u{1F5A5}'), section('disk', '')],
    });
  });

  it.each([
    ['another comes behind', [section('a', '1')], ['os 12', 'cpu x', 'a 1']],
    ['one that is known keeps its place', [section('os', '13')], ['os 13', 'cpu x']],
    ['one without facts goes', [section('os')], ['cpu x']],
    ['one that went comes back behind', [section('os'), section('cpu', 'y')], ['cpu y']],
    ['one without facts that nobody knows is nothing', [section('a')], ['os 12', 'cpu x']],
    ['none leaves all', [], ['os 12', 'cpu x']],
  ])('%s', (_name, sections, expected) => {
    const { put, kept } = open();
    put(1, section('os', '12'), section('cpu', 'x'));
    put(2, ...sections);
    expect(kept().map(({ id, facts }) => `${id} ${facts[0]?.value}`)).toEqual(expected);
  });

  it('is bounded: what is known stays and is replaced, what is new beyond is dropped until there is room', () => {
    const { put, ids, kept } = open();
    const all = Array.from({ length: SECTIONS_MAX + 2 }, (_, index) => section(`s${index}`, 'x'));
    put(1, ...all);
    const full = all.slice(0, SECTIONS_MAX).map(({ id }) => id);
    expect(ids()).toEqual(full);
    put(2, section('new', 'x'), section('s0', 'y'));
    expect([ids(), kept()[0]]).toEqual([full, section('s0', 'y')]);
    put(3, section('new', 'x'), section('s7'));
    expect(ids()).toEqual([...full.filter((id) => id !== 's7'), 'new']);
  });

  it('is its own, and the bound too', () => {
    const { put, inventory, ids } = open();
    put(1, ...Array.from({ length: SECTIONS_MAX }, (_, index) => section(`s${index}`, 'x')));
    inventory.put({ id: 'd_2', tenant: 'acme' }, { atMs: 1, sections: [section('s0', 'theirs'), section('s1')] });
    expect(inventory.of('d_2')).toEqual({ atMs: 1, sections: [section('s0', 'theirs')] });
    expect(ids()).toHaveLength(SECTIONS_MAX);
  });
});

describe('the capabilities of a device', () => {
  const cpu = { id: 'cpu', ok: true as const, source: '/proc/stat' };

  it('are none until they are told, and then the last that were', () => {
    const { capabilities } = open();
    expect(capabilities.of('d_1')).toEqual([]);
    const missing = { id: 'smart', ok: false as const, reason: { code: 'tool_missing' as const, detail: '"ß"' } };
    for (const told of [[cpu], [missing, cpu], [missing]]) {
      capabilities.put(aDevice(), told);
      expect(capabilities.of('d_1')).toEqual(told);
    }
    expect(capabilities.of('d_2')).toEqual([]);
  });
});

it('both stay when the device is written anew, and go with it', () => {
  const { put, ids, devices, capabilities, inventory, db } = open();
  put(1, section('os', '12'));
  capabilities.put(aDevice(), [{ id: 'cpu', ok: true, source: 'x' }]);
  inventory.put({ id: 'd_2', tenant: 'acme' }, { atMs: 1, sections: [section('os', 'theirs')] });
  devices.put(aDevice({ hostname: 'renamed' }));
  devices.seen('d_1', NOW + 1);
  expect([ids(), capabilities.of('d_1').length]).toEqual([['os'], 1]);
  devices.remove('d_1');
  const left = ['inventory_sections', 'capabilities'].map((table) => db.prepare(`SELECT device FROM ${table}`).all());
  expect(left).toEqual([[{ device: 'd_2' }], []]);
});

describe('a database from before they had tables of their own', () => {
  const collectors = [{ id: 'cpu', ok: true, source: '/proc/stat' }];
  const told = { atMs: 7, sections: [section('b', 'x', 'y'), section('a', 'ü')] };

  /** As a program wrote a device that knows the columns of step 3. */
  const putOld = (db: Db, id: string, capabilities: unknown, inventory: unknown): void => {
    db.prepare(
      `INSERT INTO devices (id, tenant, site, public_key, hostname, os, class, agent_version, boot_id, booted_ms,
         enrolled_ms, last_seen_ms, presence, presence_since_ms, clock_offset_ms, lost_records, capabilities, inventory)
       VALUES (@id, 'acme', 'office', @id, @id, 'linux', 'server', '', '', NULL, 1, 1, 'online', 1, 0, 0, @capabilities, @inventory)
       ON CONFLICT (id) DO UPDATE SET capabilities = excluded.capabilities, inventory = excluded.inventory`,
    ).run({ id, capabilities: JSON.stringify(capabilities), inventory: inventory ? JSON.stringify(inventory) : null });
  };

  const aFolderFromBefore = (): string => {
    const folder = freshFolder();
    const migrations = join(folder, 'steps');
    mkdirSync(migrations);
    const all = join(import.meta.dirname, 'migrations', 'fettle');
    for (const name of readdirSync(all).filter((one) => one < '0004'))
      copyFileSync(join(all, name), join(migrations, name));
    const path = join(folder, 'fettle.db');
    const { db } = openDatabase({ path, application: APPLICATION.fettle, migrations, tables: () => ({}) });
    db.exec(
      `INSERT INTO tenants VALUES ('acme', 'Acme', 'ACME', 1); INSERT INTO sites VALUES ('office', 'acme', 'Office')`,
    );
    putOld(db, 'd_1', collectors, told);
    putOld(db, 'd_2', [], null);
    putOld(db, 'd_3', collectors, { atMs: 8, sections: [] });
    db.close();
    return folder;
  };

  it('has what it had, and the rows of its devices are small', () => {
    const { db, inventory, capabilities, devices } = openFettle(aFolderFromBefore());
    expect(['d_1', 'd_2', 'd_3'].map((id) => inventory.of(id))).toEqual([told, null, null]);
    expect(['d_1', 'd_2', 'd_3'].map((id) => capabilities.of(id))).toEqual([collectors, [], collectors]);
    expect(devices.all()).toHaveLength(3);
    expect(db.prepare('SELECT DISTINCT capabilities, inventory FROM devices').all()).toEqual([
      { capabilities: '[]', inventory: null },
    ]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  it('can still be written by the program from before', () => {
    const { db, devices, inventory } = openFettle(aFolderFromBefore());
    for (const id of ['d_1', 'd_4']) putOld(db, id, collectors, told);
    expect([devices.get('d_4')?.hostname, inventory.of('d_1')]).toEqual(['d_4', told]);
    db.close();
  });
});
