// Tenants, sites, people, and everything that lets somebody in. Secrets only as hashes.
import type { Db } from './database.ts';
import { VALUE } from './table.ts';

export type Person = { readonly id: string; readonly name: string; readonly role: 'owner'; readonly createdMs: number };

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
};

export const tenantTable = (db: Db) => {
  const put = db.prepare<[string, string, string]>(
    'INSERT INTO tenants (id, name, ticket_prefix, next_ticket) VALUES (?, ?, ?, 1) ON CONFLICT (id) DO NOTHING',
  );
  const putSite = db.prepare<[string, string, string]>(
    'INSERT INTO sites (id, tenant, name) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const site = db.prepare<[string], { id: string; tenant: string; name: string }>(
    'SELECT id, tenant, name FROM sites WHERE id = ?',
  );
  const meta = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const putMeta = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
  );
  const setMeta = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    put: (id: string, name: string, prefix: string): void => void put.run(id, name, prefix),
    putSite: (id: string, tenant: string, name: string): void => void putSite.run(id, tenant, name),
    site: (id: string) => site.get(id),
    meta: (key: string): string | undefined => meta.get(key)?.value,
    /** Kept as it was first set. */
    putMeta: (key: string, value: string): void => void putMeta.run(key, value),
    setMeta: (key: string, value: string): void => void setMeta.run(key, value),
  };
};

export const peopleTable = (db: Db) => {
  const owner = db.prepare<[], Person>(
    "SELECT id, name, role, created_ms AS createdMs FROM people WHERE role = 'owner' ORDER BY created_ms LIMIT 1",
  );
  const put = db.prepare<[Person]>(
    'INSERT INTO people (id, name, role, created_ms) VALUES (@id, @name, @role, @createdMs)',
  );
  const putLink = db.prepare<[string, string, number]>(
    'INSERT INTO login_links (hash, person, expires_ms) VALUES (?, ?, ?)',
  );
  const useLink = db.prepare<[string], { person: string; expiresMs: number }>(
    'DELETE FROM login_links WHERE hash = ? RETURNING person, expires_ms AS expiresMs',
  );
  const putSession = db.prepare<[Session]>(
    `INSERT INTO sessions (hash, person, created_ms, used_ms) VALUES (@hash, @person, @createdMs, @usedMs)
     ON CONFLICT (hash) DO UPDATE SET used_ms = excluded.used_ms`,
  );
  const dropSession = db.prepare<[string]>('DELETE FROM sessions WHERE hash = ?');
  const dropAll = ['DELETE FROM sessions', 'DELETE FROM login_links'].map((sql) => db.prepare(sql));
  const session = db.prepare<[string], Session & Pick<Person, 'name' | 'role'>>(
    `SELECT s.hash, s.person, s.created_ms AS createdMs, s.used_ms AS usedMs, p.name, p.role
     FROM sessions s JOIN people p ON p.id = s.person WHERE s.hash = ${VALUE}`,
  );
  const putToken = db.prepare<[ApiToken]>(
    `INSERT INTO api_tokens (hash, id, person, name, created_ms, expires_ms)
     VALUES (@hash, @id, @person, @name, @createdMs, @expiresMs)`,
  );
  const dropToken = db.prepare<[string, string]>('DELETE FROM api_tokens WHERE person = ? AND name = ?');
  const token = db.prepare<[string], ApiToken & { readonly personName: string; readonly role: Person['role'] }>(
    `SELECT t.hash, t.id, t.person, t.name, t.created_ms AS createdMs, t.expires_ms AS expiresMs, p.name AS personName, p.role
     FROM api_tokens t JOIN people p ON p.id = t.person WHERE t.hash = ${VALUE}`,
  );
  const expireLinks = db.prepare<[number]>('DELETE FROM login_links WHERE expires_ms < ?');
  const expireTokens = db.prepare<[number]>('DELETE FROM api_tokens WHERE expires_ms < ?');
  const expireSessions = db.prepare<[number]>('DELETE FROM sessions WHERE created_ms < ?');
  return {
    owner: (): Person | undefined => owner.get(),
    put: (person: Person): void => void put.run(person),
    putLink: (hash: string, person: string, expiresMs: number): void => void putLink.run(hash, person, expiresMs),
    /** Works once: the link is gone after it. */
    useLink: (hash: string) => useLink.get(hash),
    putSession: (session_: Session): void => void putSession.run(session_),
    dropSession: (hash: string): void => void dropSession.run(hash),
    /** Everybody, and no login link works any more. */
    signAllOut: (): void => {
      for (const statement of dropAll) statement.run();
    },
    session: (hash: string) => session.get(hash),
    /** In place of any other of the same person and name. */
    putToken: (token_: ApiToken): void => {
      dropToken.run(token_.person, token_.name);
      putToken.run(token_);
    },
    token: (hash: string) => token.get(hash),
    expire: (nowMs: number, sessionsBeforeMs: number): void => {
      expireLinks.run(nowMs);
      expireTokens.run(nowMs);
      expireSessions.run(sessionsBeforeMs);
    },
  };
};

export const enrollTokenTable = (db: Db) => {
  const put = db.prepare<[EnrollToken]>(
    `INSERT INTO enroll_tokens (hash, id, tenant, site, created_ms, expires_ms, max_uses, uses)
     VALUES (@hash, @id, @tenant, @site, @createdMs, @expiresMs, @maxUses, @uses)`,
  );
  const get = db.prepare<[string], EnrollToken>(
    `SELECT hash, id, tenant, site, created_ms AS createdMs, expires_ms AS expiresMs, max_uses AS maxUses, uses
     FROM enroll_tokens WHERE hash = ?`,
  );
  const use = db.prepare<[string]>('UPDATE enroll_tokens SET uses = uses + 1 WHERE hash = ?');
  return {
    put: (token: EnrollToken): void => void put.run(token),
    get: (hash: string): EnrollToken | undefined => get.get(hash),
    use: (hash: string): void => void use.run(hash),
  };
};
