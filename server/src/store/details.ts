// What a device told of itself and only its own page shows: read where it is asked for, and never with the device.
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';

import type { Device } from '../domain/device.ts';
import { type KeptInventory, SECTIONS_MAX, type Section, newsOf } from '../domain/inventory.ts';
import type { Db } from './database.ts';
import { type Tenants, fromJson, ofTenants, tenantsText } from './table.ts';

type Owner = Pick<Device, 'id' | 'tenant'>;
type SectionRow = { readonly id: string; readonly title: string; readonly facts: string; readonly atMs: number };
type NewRow = SectionRow & { readonly device: string; readonly tenant: string };

export const inventoryTable = (db: Db) => {
  const of = db.prepare<[string], SectionRow>(
    'SELECT id, title, facts, at_ms AS atMs FROM inventory_sections WHERE device = ? ORDER BY place',
  );
  const remove = db.prepare<[string, string]>('DELETE FROM inventory_sections WHERE device = ? AND id = ?');
  const replace = db.prepare<[NewRow]>(
    'UPDATE inventory_sections SET title = @title, facts = @facts, at_ms = @atMs WHERE device = @device AND id = @id',
  );
  const add = db.prepare<[NewRow]>(
    `INSERT INTO inventory_sections (device, tenant, id, title, facts, at_ms)
     SELECT @device, @tenant, @id, @title, @facts, @atMs
     WHERE (SELECT count(*) FROM inventory_sections WHERE device = @device) < ${SECTIONS_MAX}`,
  );
  return {
    /** @returns null when nothing is known */
    of: (device: string): KeptInventory | null => known(of.all(device)),
    /** Section by section; those that are not among them stay. Many statements: inside a transaction. */
    put: (owner: Owner, { atMs, sections }: KeptInventory): void => {
      const { removed, told } = newsOf(sections);
      for (const { id } of removed) remove.run(owner.id, id);
      for (const row of told.map((section) => rowOf(owner, section, atMs))) {
        if (replace.run(row).changes === 0) add.run(row);
      }
    },
  };
};

const rowOf = ({ id: device, tenant }: Owner, { id, title, facts }: Section, atMs: number): NewRow => ({
  device,
  tenant,
  id,
  title,
  facts: JSON.stringify(facts),
  atMs,
});

const known = (rows: readonly SectionRow[]): KeptInventory | null => {
  if (rows.length === 0) return null;
  const sections = rows.map(({ id, title, facts }) => ({ id, title, facts: fromJson<Section['facts']>(facts) }));
  return { atMs: Math.max(...rows.map(({ atMs }) => atMs)), sections };
};

export type Capabilities = CapabilityReport['collectors'];

export const capabilityTable = (db: Db) => {
  const of = db.prepare<[string], string>('SELECT collectors FROM capabilities WHERE device = ?').pluck();
  const put = db.prepare<[string, string, string]>(
    `INSERT INTO capabilities (device, tenant, collectors) VALUES (?, ?, ?)
     ON CONFLICT (device) DO UPDATE SET collectors = excluded.collectors`,
  );
  const all = db.prepare<[{ tenants: string | null }], { device: string; collectors: string }>(
    `SELECT device, collectors FROM capabilities WHERE ${ofTenants('tenant')} ORDER BY device`,
  );
  return {
    all: (tenants: Tenants): readonly { readonly device: string; readonly collectors: Capabilities }[] =>
      all
        .all({ tenants: tenantsText(tenants) })
        .map(({ device, collectors }) => ({ device, collectors: fromJson(collectors) })),
    of: (device: string): Capabilities => fromJson(of.get(device) ?? '[]'),
    put: ({ id, tenant }: Owner, collectors: Capabilities): void =>
      void put.run(id, tenant, JSON.stringify(collectors)),
  };
};
