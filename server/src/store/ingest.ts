// What other systems tell: their tokens, and the labels of their alerts.
import type { Labels } from '../domain/notice/subject.ts';
import type { Db } from './database.ts';
import { type Tenants, fromJson, ofTenants, tenantsText } from './table.ts';

export type IngestToken = {
  readonly hash: string;
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  readonly name: string;
  readonly madeMs: number;
};

export const ingestTokenTable = (db: Db) => {
  const select = 'SELECT hash, id, tenant, site, name, made_ms AS madeMs FROM ingest_tokens';
  const put = db.prepare<[IngestToken]>(
    `INSERT INTO ingest_tokens (hash, id, tenant, site, name, made_ms) VALUES (@hash, @id, @tenant, @site, @name, @madeMs)`,
  );
  const get = db.prepare<[string], IngestToken>(`${select} WHERE hash = ?`);
  const byId = db.prepare<[string], IngestToken>(`${select} WHERE id = ?`);
  const all = db.prepare<[{ tenants: string | null }], IngestToken>(
    `${select} WHERE ${ofTenants('tenant')} ORDER BY made_ms, id`,
  );
  const remove = db.prepare<[string]>('DELETE FROM ingest_tokens WHERE id = ?');
  return {
    put: (token: IngestToken): void => void put.run(token),
    get: (hash: string): IngestToken | undefined => get.get(hash),
    byId: (id: string): IngestToken | undefined => byId.get(id),
    all: (tenants: Tenants): readonly IngestToken[] => all.all({ tenants: tenantsText(tenants) }),
    remove: (id: string): void => void remove.run(id),
  };
};

export type AlertWords = { readonly labels: Labels; readonly annotations: Labels; readonly link: string | null };

export const alertLabelTable = (db: Db) => {
  const put = db.prepare<[string, string, string, string, string | null]>(
    `INSERT INTO alert_labels (alert, tenant, labels, annotations, link) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (alert) DO UPDATE SET labels = excluded.labels, annotations = excluded.annotations, link = excluded.link`,
  );
  const get = db.prepare<[string], { labels: string; annotations: string; link: string | null }>(
    'SELECT labels, annotations, link FROM alert_labels WHERE alert = ?',
  );
  return {
    put: (alert: string, tenant: string, { labels, annotations, link }: AlertWords): void =>
      void put.run(alert, tenant, JSON.stringify(labels), JSON.stringify(annotations), link),
    /** undefined: the alert is our own. */
    of: (alert: string): AlertWords | undefined => {
      const row = get.get(alert);
      if (!row) return undefined;
      const { labels, annotations, link } = row;
      return { labels: fromJson<Labels>(labels), annotations: fromJson<Labels>(annotations), link };
    },
  };
};
