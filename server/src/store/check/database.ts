// Is one database whole, and does what it says fit together? For the file in use as for a copy of it.
import { basename, join } from 'node:path';

import { codeOf, messageOf } from '@fettle/shared/error';

import { auditTable } from '../audit.ts';
import { type Db, meansDamage, openForReading } from '../database.ts';
import { type Finding, bad, damaged, ok } from './finding.ts';

export type Which = 'fettle' | 'metrics';

const RESTORE = 'Stop the server and restore a backup: fettle-server restore';
/** A damaged file has thousands of faults; a few say as much. */
const FAULTS_MAX = 5;

type Rule = { readonly what: string; readonly sql: string };

/** Each counts what must not be. */
const RULES: Readonly<Record<Which, readonly Rule[]>> = {
  fettle: [
    {
      what: 'alerts whose ticket is missing',
      sql: 'SELECT count(*) FROM alerts WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT id FROM tickets)',
    },
    {
      what: 'problems with two open alerts',
      sql: "SELECT count(*) FROM (SELECT key FROM alerts WHERE state <> 'resolved' GROUP BY key HAVING count(*) > 1)",
    },
    {
      what: 'problems with two open tickets',
      sql: "SELECT count(*) FROM (SELECT key FROM tickets WHERE state NOT IN ('resolved', 'closed') GROUP BY key HAVING count(*) > 1)",
    },
    { what: 'events that say nothing', sql: 'SELECT count(*) FROM events WHERE NOT json_valid(event)' },
  ],
  metrics: [
    {
      what: 'batches of no device',
      sql: `SELECT (SELECT count(*) FROM hot WHERE device_key NOT IN (SELECT id FROM device_keys))
              + (SELECT count(*) FROM thinned WHERE device_key NOT IN (SELECT id FROM device_keys))`,
    },
    {
      what: 'batches whose series are not known',
      sql: `SELECT (SELECT count(*) FROM hot WHERE set_id NOT IN (SELECT id FROM series_sets))
              + (SELECT count(*) FROM thinned WHERE set_id NOT IN (SELECT id FROM series_sets))`,
    },
    {
      what: 'devices with batches and no mark',
      sql: `SELECT count(*) FROM device_keys d WHERE NOT EXISTS (SELECT 1 FROM metric_marks m WHERE m.device_key = d.id)
              AND EXISTS (SELECT 1 FROM hot WHERE hot.device_key = d.id)`,
    },
    {
      what: 'gaps that the mark has not come to',
      sql: 'SELECT count(*) FROM gaps g JOIN metric_marks m USING (device_key, epoch) WHERE g.to_seq > m.seq',
    },
  ],
};

/** @param db read in full; @returns all that was looked at */
export const checkDatabase = (db: Db, which: Which): readonly Finding[] => {
  const name = `${which}.db`;
  try {
    const pages = checkPages(db, name);
    // what a broken tree says of itself is worth nothing
    if (pages.level === 'bad') return [pages];
    const audit = which === 'fettle' ? [checkAudit(db)] : [];
    return [pages, checkReferences(db, name), ...RULES[which].map((rule) => checkRule(db, name, rule)), ...audit];
  } catch (error) {
    return [damaged(`${name}, reading`, `${messageOf(error)} (${codeOf(error)})`, RESTORE)];
  }
};

/** @returns what is wrong with the pages of the files in use: nothing where one cannot be read for another reason */
export const damageIn = (folder: string): readonly string[] =>
  ['fettle.db', 'metrics.db'].flatMap((name) => damageAt(join(folder, name)) ?? []);

const damageAt = (path: string): string | undefined => {
  let db: Db | undefined;
  try {
    db = openForReading(path);
    const { level, what, message } = checkPages(db, basename(path));
    return level === 'bad' ? `${what}: ${message}` : undefined;
  } catch (error) {
    return meansDamage(codeOf(error)) ? `${basename(path)}: ${messageOf(error)}` : undefined;
  } finally {
    db?.close();
  }
};

const checkPages = (db: Db, name: string): Finding => {
  const said = db.prepare<[], string>(`PRAGMA integrity_check(${FAULTS_MAX})`).pluck().all();
  const what = `${name}, pages and indexes`;
  return said.length === 1 && said[0] === 'ok' ? ok(what) : damaged(what, `damaged: ${said.join('; ')}`, RESTORE);
};

const checkReferences = (db: Db, name: string): Finding => {
  const broken = db.prepare<[], { table: string; parent: string }>('PRAGMA foreign_key_check').all();
  const what = `${name}, references`;
  const [first] = broken;
  if (!first) return ok(what);
  return bad(
    what,
    `${broken.length} rows refer to what is not there, such as ${first.table} to ${first.parent}`,
    RESTORE,
  );
};

const checkRule = (db: Db, name: string, { what, sql }: Rule): Finding =>
  ifKnown(`${name}, ${what}`, () => {
    const count = db.prepare<[], number>(sql).pluck().get() ?? 0;
    return count === 0 ? ok(`${name}, ${what}`, 'none') : bad(`${name}, ${what}`, String(count), RESTORE);
  });

/** A backup of before an upgrade lacks what came with it. */
const ifKnown = (what: string, look: () => Finding): Finding => {
  try {
    return look();
  } catch (error) {
    if (!/^no such (?:table|column)/.test(messageOf(error))) throw error;
    return { level: 'note', what, message: 'not looked at: the file is of an older shape' };
  }
};

const checkAudit = (db: Db): Finding => ifKnown('fettle.db, audit trail', () => judgeAudit(db));

const judgeAudit = (db: Db): Finding => {
  const { entries, unsealed, broken } = auditTable(db).verify();
  const what = 'fettle.db, audit trail';
  if (broken)
    return bad(
      what,
      `entry ${broken.seq} ${broken.how}`,
      'Somebody or something changed the file. Keep it as evidence, and compare it with a backup of before.',
    );
  if (unsealed > 0)
    return { level: 'note', what, message: `${entries} entries, the last ${unsealed} not sealed by the next one yet` };
  return ok(what, `${entries} entries, each as it was written`);
};
