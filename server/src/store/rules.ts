// Changes of rules, and all that they have been.
import type { Level, Override, OverrideVersion, RuleDocument, Spot } from '../domain/rules/override.ts';
import type { Db } from './database.ts';
import { type Tenants, fromJson, ofTenants, tenantsText } from './table.ts';

type Row = Spot & {
  readonly level: Level;
  readonly version: number;
  readonly document: string;
  readonly author: string;
  readonly atMs: number;
};
type VersionRow = Omit<Row, 'document'> & { readonly document: string | null };

/** Of one override; older ones go. */
const VERSIONS_MAX = 200;

const COLUMNS = 'tenant, level, place, rule, version, document, author, at_ms AS atMs';
const VALUES = '@tenant, @level, @place, @rule, @version, @document, @author, @atMs';
const NAMES = 'tenant, level, place, rule, version, document, author, at_ms';

const spotOf = ({ tenant, level, place, rule }: Spot): Spot => ({ tenant, level, place, rule });

export const ruleTable = (db: Db) => {
  const all = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM rule_overrides ORDER BY tenant, rule, level, place`);
  const last = db
    .prepare<[Spot], number | null>(
      'SELECT max(version) FROM rule_versions WHERE tenant = @tenant AND rule = @rule AND level = @level AND place = @place',
    )
    .pluck();
  const current = db.prepare<[Spot], Pick<Row, 'version' | 'document'>>(
    'SELECT version, document FROM rule_overrides WHERE tenant = @tenant AND level = @level AND place = @place AND rule = @rule',
  );
  const put = db.prepare<[Row]>(
    `INSERT INTO rule_overrides (${NAMES}) VALUES (${VALUES}) ON CONFLICT DO UPDATE SET
       version = excluded.version, document = excluded.document, author = excluded.author, at_ms = excluded.at_ms`,
  );
  const drop = db.prepare<[Spot]>(
    'DELETE FROM rule_overrides WHERE tenant = @tenant AND level = @level AND place = @place AND rule = @rule',
  );
  const addVersion = db.prepare<[VersionRow]>(`INSERT INTO rule_versions (${NAMES}) VALUES (${VALUES})`);
  const prune = db.prepare<[Spot & { readonly version: number }]>(
    `DELETE FROM rule_versions
     WHERE tenant = @tenant AND rule = @rule AND level = @level AND place = @place AND version <= @version`,
  );
  const versions = db.prepare<[{ rule: string; tenants: string | null; limit: number }], VersionRow>(
    `SELECT ${COLUMNS} FROM rule_versions WHERE rule = @rule AND ${ofTenants('tenant')} ORDER BY seq DESC LIMIT @limit`,
  );
  const generation = db.prepare<[], number | null>('SELECT max(seq) FROM rule_versions').pluck();
  return {
    all: (): readonly Override[] =>
      all.all().map((row) => ({ ...row, document: fromJson<RuleDocument>(row.document) })),
    /** 0 where there is none. */
    versionOf: (spot: Spot): number => current.get(spotOf(spot))?.version ?? 0,
    /** What is in force of a place itself; empty where there is nothing. */
    documentOf: (spot: Spot): RuleDocument => fromJson(current.get(spotOf(spot))?.document ?? '{}'),
    /** The next number of a place: also after what was taken back. */
    nextVersion: (spot: Spot): number => (last.get(spotOf(spot)) ?? 0) + 1,
    /** The newest of its place, in force from now on. */
    put: ({ document, ...version }: OverrideVersion): void => {
      const row = { ...version, document: document === null ? null : JSON.stringify(document) };
      addVersion.run(row);
      prune.run({ ...spotOf(row), version: row.version - VERSIONS_MAX });
      if (row.document === null) drop.run(spotOf(row));
      else put.run({ ...row, document: row.document });
    },
    /** Newest first. */
    versions: (rule: string, tenants: Tenants, limit: number): readonly OverrideVersion[] =>
      versions
        .all({ rule, tenants: tenantsText(tenants), limit })
        .map((row) => ({ ...row, document: row.document === null ? null : fromJson<RuleDocument>(row.document) })),
    /** Another number whenever other rules are in force. */
    generation: (): number => generation.get() ?? 0,
  };
};
