// Tenants, sites, people, and everything that lets somebody in. Secrets only as hashes.
import type { Scope } from '../domain/actor.ts';
import type { Person } from '../domain/people.ts';
import type { Db } from './database.ts';
import { type Tenants, VALUE, fromJson, ofTenants, tenantsText } from './table.ts';

export type EnrollToken = {
  readonly hash: string;
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly maxUses: number;
  readonly uses: number;
};

export type Session = {
  readonly hash: string;
  readonly person: string;
  readonly createdMs: number;
  readonly usedMs: number;
};
export type ApiToken = {
  readonly hash: string;
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** What it may less than its person; null: as much. */
  readonly scope: Scope | null;
};

type PersonRow = Omit<Person, 'tenants' | 'isDisabled'> & { readonly tenants: string; readonly isDisabled: number };
type TokenRow = Omit<ApiToken, 'scope'> & { readonly scope: string | null };

type Rights = Pick<Person, 'tenants' | 'isDisabled'>;

/** With the one whose it is. */
export type OwnedSession = Session & Pick<Person, 'name' | 'role' | 'tenants' | 'isDisabled'>;
export type OwnedToken = ApiToken & Pick<Person, 'role' | 'tenants' | 'isDisabled'> & { readonly personName: string };

type Site = { readonly id: string; readonly tenant: string; readonly name: string };
export type NamedSite = Site & { readonly tenantName: string };

export const tenantTable = (db: Db) => {
  const put = db.prepare<[string, string, string]>(
    'INSERT INTO tenants (id, name, ticket_prefix, next_ticket) VALUES (?, ?, ?, 1) ON CONFLICT (id) DO NOTHING',
  );
  const putSite = db.prepare<[string, string, string]>(
    'INSERT INTO sites (id, tenant, name) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const get = db.prepare<[string], { id: string; name: string }>('SELECT id, name FROM tenants WHERE id = ?');
  const site = db.prepare<[string], Site>('SELECT id, tenant, name FROM sites WHERE id = ?');
  const firstSite = db.prepare<[], Site>('SELECT id, tenant, name FROM sites ORDER BY rowid LIMIT 1');
  const meta = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const putMeta = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
  );
  const setMeta = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const has = db.prepare<[string], number>('SELECT count(*) FROM tenants WHERE id = ?').pluck();
  const hasPrefix = db.prepare<[string], number>('SELECT count(*) FROM tenants WHERE ticket_prefix = ?').pluck();
  const all = db.prepare<[], { id: string; name: string; prefix: string }>(
    'SELECT id, name, ticket_prefix AS prefix FROM tenants ORDER BY id',
  );
  const sites = db.prepare<[], Site>('SELECT id, tenant, name FROM sites ORDER BY tenant, id');
  const namedSites = db.prepare<[], NamedSite>(
    `SELECT s.id, s.tenant, s.name, t.name AS tenantName FROM sites s JOIN tenants t ON t.id = s.tenant
     ORDER BY t.name, s.name, s.id`,
  );
  return {
    has: (id: string): boolean => has.get(id) === 1,
    hasPrefix: (prefix: string): boolean => hasPrefix.get(prefix) === 1,
    all: () => all.all(),
    sites: (): readonly Site[] => sites.all(),
    /** With whose they are, in the order of names. */
    namedSites: (): readonly NamedSite[] => namedSites.all(),
    put: (id: string, name: string, prefix: string): void => void put.run(id, name, prefix),
    putSite: (id: string, tenant: string, name: string): void => void putSite.run(id, tenant, name),
    get: (id: string) => get.get(id),
    site: (id: string) => site.get(id),
    /** Where the server itself belongs: whoever set it up made this one first. */
    firstSite: (): Site | undefined => firstSite.get(),
    meta: (key: string): string | undefined => meta.get(key)?.value,
    /** Kept as it was first set. */
    putMeta: (key: string, value: string): void => void putMeta.run(key, value),
    setMeta: (key: string, value: string): void => void setMeta.run(key, value),
  };
};

const TENANTS = '(SELECT json_group_array(tenant) FROM person_tenants WHERE person = p.id)';
/** What a person may. */
const RIGHTS = `p.role, ${TENANTS} AS tenants, p.disabled_ms IS NOT NULL AS isDisabled`;
const PERSON = `SELECT p.id, p.name, p.created_ms AS createdMs, ${RIGHTS} FROM people p`;

export const peopleTable = (db: Db) => {
  const owner = db.prepare<[], PersonRow>(`${PERSON} WHERE p.role = 'owner' ORDER BY p.created_ms LIMIT 1`);
  const named = db.prepare<[string], PersonRow>(`${PERSON} WHERE p.name = ? COLLATE NOCASE`);
  const all = db.prepare<[], PersonRow>(`${PERSON} ORDER BY p.name COLLATE NOCASE`);
  const put = db.prepare<[Omit<PersonRow, 'tenants'> & { readonly nowMs: number }]>(
    `INSERT INTO people (id, name, role, created_ms, disabled_ms) VALUES (@id, @name, @role, @createdMs, iif(@isDisabled, @nowMs, NULL))
     ON CONFLICT (id) DO UPDATE SET role = excluded.role, disabled_ms = excluded.disabled_ms`,
  );
  const dropTenants = db.prepare<[string]>('DELETE FROM person_tenants WHERE person = ?');
  const putTenants = db.prepare<[string, string]>(
    'INSERT INTO person_tenants (person, tenant) SELECT ?, value FROM json_each(?)',
  );
  const remove = db.prepare<[string]>('DELETE FROM people WHERE id = ?');
  const change = db.prepare(
    `INSERT INTO meta (key, value) VALUES ('rights_changes', '1')
     ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1`,
  );
  const changes = db.prepare<[], string>("SELECT value FROM meta WHERE key = 'rights_changes'").pluck();
  return {
    owner: (): Person | undefined => knownPerson(owner.get()),
    /** Whatever the case of A to Z. */
    named: (name: string): Person | undefined => knownPerson(named.get(name)),
    all: (): readonly Person[] => all.all().map(withRights),
    /** Anew, or with another role, other tenants, and let in or not. */
    put: ({ tenants, isDisabled, ...person }: Person, nowMs: number): void => {
      put.run({ ...person, isDisabled: Number(isDisabled), nowMs });
      dropTenants.run(person.id);
      putTenants.run(person.id, JSON.stringify(tenants));
    },
    /** With everything that lets them in. */
    remove: (id: string): void => void remove.run(id),
    /** Somebody may less than before: what is open on their behalf is looked at again. */
    rightsChanged: (): void => void change.run(),
    /** How often that was so. */
    rightsChanges: (): number => Number(changes.get() ?? 0),
    ...linkTable(db),
    ...sessionTable(db),
    ...apiTokenTable(db),
  };
};

const linkTable = (db: Db) => {
  const put = db.prepare<[string, string, number]>(
    'INSERT INTO login_links (hash, person, expires_ms) VALUES (?, ?, ?)',
  );
  const use = db.prepare<[string], { person: string; expiresMs: number }>(
    'DELETE FROM login_links WHERE hash = ? RETURNING person, expires_ms AS expiresMs',
  );
  return {
    putLink: (hash: string, person: string, expiresMs: number): void => void put.run(hash, person, expiresMs),
    /** Works once: the link is gone after it. */
    useLink: (hash: string) => use.get(hash),
  };
};

const sessionTable = (db: Db) => {
  const put = db.prepare<[Session]>(
    `INSERT INTO sessions (hash, person, created_ms, used_ms) VALUES (@hash, @person, @createdMs, @usedMs)
     ON CONFLICT (hash) DO UPDATE SET used_ms = excluded.used_ms`,
  );
  const drop = db.prepare<[string]>('DELETE FROM sessions WHERE hash = ?');
  const dropAll = ['DELETE FROM sessions', 'DELETE FROM login_links'].map((sql) => db.prepare(sql));
  const dropOf = ['sessions', 'login_links', 'api_tokens'].map((table) =>
    db.prepare<[string]>(`DELETE FROM ${table} WHERE person = ?`),
  );
  const get = db.prepare<[string], Session & RightsRow & Pick<PersonRow, 'name'>>(
    `SELECT s.hash, s.person, s.created_ms AS createdMs, s.used_ms AS usedMs, p.name, ${RIGHTS}
     FROM sessions s JOIN people p ON p.id = s.person WHERE s.hash = ${VALUE}`,
  );
  return {
    putSession: (session: Session): void => void put.run(session),
    dropSession: (hash: string): void => void drop.run(hash),
    /** Everybody, and no login link works any more. */
    signAllOut: (): void => {
      for (const statement of dropAll) statement.run();
    },
    /** One person: sessions, login links and tokens. */
    shutOut: (person: string): void => {
      for (const statement of dropOf) statement.run(person);
    },
    session: (hash: string): OwnedSession | undefined => {
      const row = get.get(hash);
      return row && withRights(row);
    },
  };
};

/** Where a token stands that may less than its person: see migration 15. */
const scoped = (hash: string): string => `scoped:${hash}`;

const apiTokenTable = (db: Db) => {
  const put = db.prepare<[TokenRow]>(
    `INSERT INTO api_tokens (hash, id, person, name, created_ms, expires_ms, scope)
     VALUES (@hash, @id, @person, @name, @createdMs, @expiresMs, @scope)`,
  );
  const drop = db.prepare<[string, string]>('DELETE FROM api_tokens WHERE person = ? AND name = ?');
  const get = db.prepare<[string, string], TokenRow & RightsRow & Pick<OwnedToken, 'personName'>>(
    `SELECT t.hash, t.id, t.person, t.name, t.created_ms AS createdMs, t.expires_ms AS expiresMs, t.scope, p.name AS personName, ${RIGHTS}
     FROM api_tokens t JOIN people p ON p.id = t.person WHERE t.hash IN (${VALUE}, ${VALUE})`,
  );
  const expire = [
    'DELETE FROM login_links WHERE expires_ms < @nowMs',
    'DELETE FROM api_tokens WHERE expires_ms < @nowMs',
    'DELETE FROM sessions WHERE created_ms < @sessionsBeforeMs',
  ].map((sql) => db.prepare<[{ nowMs: number; sessionsBeforeMs: number }]>(sql));
  return {
    /** In place of any other of the same person and name. */
    putToken: ({ scope, hash, ...token }: ApiToken): void => {
      drop.run(token.person, token.name);
      put.run({ ...token, hash: scope ? scoped(hash) : hash, scope: scope && JSON.stringify(scope) });
    },
    token: (hash: string): OwnedToken | undefined => {
      const row = get.get(hash, scoped(hash));
      return row && { ...withRights(row), hash, scope: row.scope === null ? null : fromJson<Scope>(row.scope) };
    },
    expire: (nowMs: number, sessionsBeforeMs: number): void => {
      for (const statement of expire) statement.run({ nowMs, sessionsBeforeMs });
    },
  };
};

type RightsRow = Pick<PersonRow, 'role' | 'tenants' | 'isDisabled'>;

const withRights = <R extends RightsRow>(row: R): Omit<R, 'tenants' | 'isDisabled'> & Rights => ({
  ...row,
  tenants: fromJson<readonly string[]>(row.tenants),
  isDisabled: row.isDisabled === 1,
});

const knownPerson = (row: PersonRow | undefined): Person | undefined => row && withRights(row);

const ENROLL_TOKEN = `SELECT hash, id, tenant, site, created_ms AS createdMs, expires_ms AS expiresMs, max_uses AS maxUses, uses
  FROM enroll_tokens`;

export const enrollTokenTable = (db: Db) => {
  const put = db.prepare<[EnrollToken]>(
    `INSERT INTO enroll_tokens (hash, id, tenant, site, created_ms, expires_ms, max_uses, uses)
     VALUES (@hash, @id, @tenant, @site, @createdMs, @expiresMs, @maxUses, @uses)`,
  );
  const get = db.prepare<[string], EnrollToken>(`${ENROLL_TOKEN} WHERE hash = ?`);
  const byId = db.prepare<[string], EnrollToken>(`${ENROLL_TOKEN} WHERE id = ?`);
  const all = db.prepare<[{ tenants: string | null }], EnrollToken>(
    `${ENROLL_TOKEN} WHERE ${ofTenants('tenant')} ORDER BY created_ms DESC, id`,
  );
  const count = db.prepare<[], number>('SELECT count(*) FROM enroll_tokens').pluck();
  const use = db.prepare<[string]>('UPDATE enroll_tokens SET uses = uses + 1 WHERE hash = ?');
  const remove = db.prepare<[string]>('DELETE FROM enroll_tokens WHERE id = ?');
  const expire = db.prepare<[number]>('DELETE FROM enroll_tokens WHERE expires_ms < ?');
  return {
    put: (token: EnrollToken): void => void put.run(token),
    get: (hash: string): EnrollToken | undefined => get.get(hash),
    byId: (id: string): EnrollToken | undefined => byId.get(id),
    /** The newest first. */
    all: (tenants: Tenants): readonly EnrollToken[] => all.all({ tenants: tenantsText(tenants) }),
    count: (): number => count.get() ?? 0,
    use: (hash: string): void => void use.run(hash),
    remove: (id: string): void => void remove.run(id),
    /** Those that have been of no use since then. */
    expire: (beforeMs: number): void => void expire.run(beforeMs),
  };
};
