import type { Device } from '../domain/device.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, VALUE, fromJson, ofTenants, selectList, tenantsText, upsertSql } from './table.ts';

type Row = Omit<Device, 'tags' | 'isPlace'> & { readonly tags: string; readonly isPlace: number };

const columns: Columns<Row> = {
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
  tags: 'tags',
  isPlace: 'is_place',
};

export type DevicePage = {
  readonly tenants: Tenants;
  readonly match: string;
  /** Enrolled then or later. */
  readonly sinceMs: number;
  readonly after: { readonly hostname: string; readonly id: string };
  readonly limit: number;
};

export const deviceTable = (db: Db) => {
  // SQLite's own lower() knows A to Z only
  db.function('folded', { deterministic: true }, (text: string) => text.toLowerCase());
  const select = `SELECT ${selectList(columns)} FROM devices`;
  const byId = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  const byKey = db.prepare<[string], Row>(`${select} WHERE public_key = ?`);
  const all = db.prepare<[], Row>(`${select} WHERE is_place = 0 ORDER BY id`);
  const ofTenant = db.prepare<[string], Row>(`${select} WHERE tenant = ? ORDER BY id`);
  const watched = db.prepare<[string], Row>(`${select} WHERE watched_by = ${VALUE} ORDER BY id`);
  const clones = db.prepare<[string], number>('SELECT count(*) FROM devices WHERE clone_of = ?').pluck();
  const put = db.prepare<[Row]>(upsertSql('devices', columns, 'id'));
  const alwaysOn = db
    .prepare<[string, string, number], number>(
      `SELECT count(*) FROM (SELECT 1 FROM devices
         WHERE site = ? AND is_place = 0 AND presence <> 'retiring' AND watched_by IS NULL
           AND (class IN (SELECT value FROM json_each(?)) OR EXISTS (SELECT 1 FROM json_each(tags) WHERE value = 'always-on'))
         LIMIT ?)`,
    )
    .pluck();
  const seen = db.prepare<[number, string]>('UPDATE devices SET last_seen_ms = ? WHERE id = ?');
  const remove = db.prepare<[string]>('DELETE FROM devices WHERE id = ?');
  const page = db.prepare<[Record<string, string | number | null>], Row>(
    `${select} WHERE is_place = 0 AND (hostname, id) > (@hostname, @id)
       AND ${ofTenants('tenant')} AND enrolled_ms >= @sinceMs
       AND (@match = '' OR instr(folded(hostname), @match) > 0 OR os = @match OR class = @match OR presence = @match)
     ORDER BY hostname, id LIMIT @limit`,
  );
  return {
    get: (id: string): Device | undefined => fromRow(byId.get(id)),
    ofKey: (publicKey: string): Device | undefined => fromRow(byKey.get(publicKey)),
    all: (): readonly Device[] => all.all().map(known),
    ofTenant: (tenant: string): readonly Device[] => ofTenant.all(tenant).map(known),
    watchedBy: (watcher: string): readonly Device[] => watched.all(watcher).map(known),
    clonesOf: (original: string): number => clones.get(original) ?? 0,
    put: (device: Device): void =>
      void put.run({ ...device, tags: JSON.stringify(device.tags), isPlace: Number(device.isPlace) }),
    /** Of a site: those of these classes, or with a tag that says the same. Counted up to `max`. */
    alwaysOnAt: (site: string, classes: readonly string[], max = -1): number =>
      alwaysOn.get(site, JSON.stringify(classes), max) ?? 0,
    seen: (id: string, atMs: number): void => void seen.run(atMs, id),
    remove: (id: string): void => void remove.run(id),
    page: ({ tenants, match, sinceMs, after, limit }: DevicePage): readonly Device[] =>
      page.all({ ...after, tenants: tenantsText(tenants), match: match.toLowerCase(), sinceMs, limit }).map(known),
  };
};

const known = (row: Row): Device => ({
  ...row,
  tags: fromJson<Device['tags']>(row.tags),
  isPlace: row.isPlace === 1,
});

const fromRow = (row: Row | undefined): Device | undefined => row && known(row);
