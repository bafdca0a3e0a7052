import type { Device } from '../domain/device.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, VALUE, ofTenants, selectList, tenantsText, upsertSql } from './table.ts';

const columns: Columns<Device> = {
  id: 'id',
  tenant: 'tenant',
  site: 'site',
  publicKey: 'public_key',
  hostname: 'hostname',
  os: 'os',
  class: 'class',
  agentVersion: 'agent_version',
  bootId: 'boot_id',
  bootedMs: 'booted_ms',
  enrolledMs: 'enrolled_ms',
  lastSeenMs: 'last_seen_ms',
  presence: 'presence',
  presenceSinceMs: 'presence_since_ms',
  goodbye: 'goodbye',
  clockOffsetMs: 'clock_offset_ms',
  lostRecords: 'lost_records',
  watchedBy: 'watched_by',
  cloneOf: 'clone_of',
};

export type DevicePage = {
  readonly tenants: Tenants;
  readonly match: string;
  readonly after: { readonly hostname: string; readonly id: string };
  readonly limit: number;
};

export const deviceTable = (db: Db) => {
  // SQLite's own lower() knows A to Z only
  db.function('folded', { deterministic: true }, (text: string) => text.toLowerCase());
  const select = `SELECT ${selectList(columns)} FROM devices`;
  const byId = db.prepare<[string], Device>(`${select} WHERE id = ?`);
  const byKey = db.prepare<[string], Device>(`${select} WHERE public_key = ?`);
  const all = db.prepare<[], Device>(`${select} ORDER BY id`);
  const ofTenant = db.prepare<[string], Device>(`${select} WHERE tenant = ? ORDER BY id`);
  const watched = db.prepare<[string], Device>(`${select} WHERE watched_by = ${VALUE} ORDER BY id`);
  const clones = db.prepare<[string], number>('SELECT count(*) FROM devices WHERE clone_of = ?').pluck();
  const put = db.prepare<[Device]>(upsertSql('devices', columns, 'id'));
  const seen = db.prepare<[number, string]>('UPDATE devices SET last_seen_ms = ? WHERE id = ?');
  const remove = db.prepare<[string]>('DELETE FROM devices WHERE id = ?');
  const page = db.prepare<[Record<string, string | number | null>], Device>(
    `${select} WHERE (hostname, id) > (@hostname, @id)
       AND ${ofTenants('tenant')}
       AND (@match = '' OR instr(folded(hostname), @match) > 0 OR os = @match OR class = @match OR presence = @match)
     ORDER BY hostname, id LIMIT @limit`,
  );
  return {
    get: (id: string): Device | undefined => byId.get(id),
    ofKey: (publicKey: string): Device | undefined => byKey.get(publicKey),
    all: (): readonly Device[] => all.all(),
    ofTenant: (tenant: string): readonly Device[] => ofTenant.all(tenant),
    watchedBy: (watcher: string): readonly Device[] => watched.all(watcher),
    clonesOf: (original: string): number => clones.get(original) ?? 0,
    put: (device: Device): void => void put.run(device),
    seen: (id: string, atMs: number): void => void seen.run(atMs, id),
    remove: (id: string): void => void remove.run(id),
    page: ({ tenants, match, after, limit }: DevicePage): readonly Device[] =>
      page.all({ ...after, tenants: tenantsText(tenants), match: match.toLowerCase(), limit }),
  };
};
