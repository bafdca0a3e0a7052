// The statements that every table needs, from one list of its columns. Names are ours, values are always bound.

export type Columns<T> = Readonly<Record<keyof T & string, string>>;

/** "id AS id, public_key AS publicKey": rows come out under their properties' names. */
export const selectList = <T>(columns: Columns<T>, alias?: string): string =>
  Object.entries<string>(columns)
    .map(([property, column]) => `${alias ? `${alias}.` : ''}${column} AS ${property}`)
    .join(', ');

/** Inserts a row, or replaces all of it but its key. Values are bound by property name. */
export const upsertSql = <T>(table: string, columns: Columns<T>, key: keyof T & string): string => {
  const entries = Object.entries<string>(columns);
  const names = entries.map(([, column]) => column).join(', ');
  const values = entries.map(([property]) => `@${property}`).join(', ');
  const updates = entries
    .filter(([property]) => property !== key)
    .map(([, column]) => `${column} = excluded.${column}`)
    .join(', ');
  return `INSERT INTO ${table} (${names}) VALUES (${values}) ON CONFLICT (${columns[key]}) DO UPDATE SET ${updates}`;
};

/**
 * A bound value that the planner does not look at. SQLite with STAT4, as better-sqlite3 is built, compiles most statements that order
 * or join anew for each value that is bound: ten times what it costs to run them. For statements that run often.
 */
export const VALUE = '(SELECT ?)';

/** Whose rows; undefined: everybody's. */
export type Tenants = readonly string[] | undefined;

/** A condition on @tenants, which is bound as `tenantsText` has it. */
export const ofTenants = (column: string): string =>
  `(@tenants IS NULL OR ${column} IN (SELECT value FROM json_each(@tenants)))`;

export const tenantsText = (tenants: Tenants): string | null => (tenants ? JSON.stringify(tenants) : null);

/** What we wrote ourselves as JSON into a column, read back as what it was: checked when it came in, not again here. */
export const fromJson: <T>(text: string) => T = JSON.parse;
