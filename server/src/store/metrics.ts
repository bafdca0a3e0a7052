// metrics.db: batches as they came, which series their columns are, and how far each device's lane has come.
import { join } from 'node:path';

import type { SeriesDefinition } from '@fettle/shared/wire/frame';

import type { MetricEvent } from '../domain/event.ts';
import type { Mark } from '../domain/place.ts';
import type { StoredBlock } from './block.ts';
import { APPLICATION, type DatabaseFile, type Db, databaseFrom, openDatabase, readDatabase } from './database.ts';
import { VALUE, fromJson } from './table.ts';
import { thinnedTable } from './thinned.ts';

export type BlockRow = readonly [t0Ms: number, setId: number, block: Uint8Array];
type Batch = Omit<Extract<MetricEvent, { type: 'batch' }>, 'type'>;
type MetricGap = Omit<Extract<MetricEvent, { type: 'metric gap' }>, 'type'>;

export type MetricsStore = ReturnType<typeof metricTables> & { readonly db: Db };

const fileIn = (folder: string): DatabaseFile<ReturnType<typeof metricTables>> => ({
  path: join(folder, 'metrics.db'),
  application: APPLICATION.metrics,
  migrations: join(import.meta.dirname, 'migrations', 'metrics'),
  tables: metricTables,
});

/** Migrated. @throws StoreError */
export const openMetrics = (folder: string): MetricsStore => openDatabase(fileIn(folder));

/** For questions only; the file must be there. @throws StoreError */
export const readMetrics = (folder: string): MetricsStore => readDatabase(fileIn(folder));

/** In memory, from what `db.serialize()` gave. */
export const metricsFrom = (bytes: Buffer): MetricsStore => databaseFrom({ tables: metricTables }, bytes);

const metricTables = (db: Db) => ({ ...keyTable(db), ...setTable(db), ...hotTable(db), ...thinnedTable(db) });

const keyTable = (db: Db) => {
  const find = db.prepare<[string], { id: number }>('SELECT id FROM device_keys WHERE device = ?');
  const all = db.prepare<[], string>('SELECT device FROM device_keys ORDER BY id').pluck();
  const add = db.prepare<[string], { id: number }>('INSERT INTO device_keys (device) VALUES (?) RETURNING id');
  const mark = db.prepare<[string], Mark>(
    `SELECT epoch, seq, hash FROM metric_marks JOIN device_keys ON id = device_key WHERE device = ${VALUE}`,
  );
  const putMark = db.prepare<[number, string, number, string]>(
    `INSERT INTO metric_marks (device_key, epoch, seq, hash) VALUES (?, ?, ?, ?)
     ON CONFLICT (device_key) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, hash = excluded.hash`,
  );
  const remove = [
    'DELETE FROM hot WHERE device_key = ?',
    'DELETE FROM thinned WHERE device_key = ?',
    'DELETE FROM gaps WHERE device_key = ?',
    'DELETE FROM device_keys WHERE id = ?',
  ].map((sql) => db.prepare<[number]>(sql));
  return {
    keyOf: (device: string): number | undefined => find.get(device)?.id,
    devices: (): readonly string[] => all.all(),
    addKey: (device: string): number => add.get(device)?.id ?? 0,
    mark: (device: string): Mark | undefined => mark.get(device),
    putMark: (key: number, { epoch, seq, hash }: Mark): void => void putMark.run(key, epoch, seq, hash),
    removeKey: (key: number): void => {
      for (const statement of remove) statement.run(key);
    },
  };
};

/** `usedMs`: a day after it no batch of this set is known, 0 when nothing is known. */
export type StoredSet = { readonly id: number; readonly usedMs: number };

const setTable = (db: Db) => {
  const find = db.prepare<[number, string], StoredSet>(
    'SELECT id, used_ms AS usedMs FROM series_sets WHERE device_key = ? AND hash = ?',
  );
  const use = db.prepare<[number, number]>('UPDATE series_sets SET used_ms = ? WHERE id = ?');
  const date = db.prepare<[number, number]>(
    'UPDATE series_sets SET used_ms = ? WHERE id IN (SELECT id FROM series_sets WHERE used_ms = 0 LIMIT ?)',
  );
  const expire = db.prepare<[number, number]>(
    'DELETE FROM series_sets WHERE id IN (SELECT id FROM series_sets WHERE used_ms > 0 AND used_ms < ? LIMIT ?)',
  );
  const add = db.prepare<[number, string, string], { id: number }>(
    'INSERT INTO series_sets (device_key, hash, series) VALUES (?, ?, ?) RETURNING id',
  );
  const series = db.prepare<[number], { series: string }>('SELECT series FROM series_sets WHERE id = ?');
  return {
    setWithUse: (key: number, hash: string): StoredSet | undefined => find.get(key, hash),
    addSet: (key: number, hash: string, definitions: readonly SeriesDefinition[]): number =>
      add.get(key, hash, JSON.stringify(definitions))?.id ?? 0,
    useSet: (id: number, atMs: number): void => void use.run(atMs, id),
    /** Where nothing is known of a set's use, it counts from now. @returns how many */
    dateSets: (nowMs: number, limit: number): number => date.run(nowMs, limit).changes,
    /** @returns how many went */
    expireSets: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
    seriesOf: (setId: number): readonly SeriesDefinition[] => fromJson(series.get(setId)?.series ?? '[]'),
  };
};

const T0_BYTES = 6;
const HEAD_BYTES = T0_BYTES + 4 + 4;

/** t0, set, length and bytes of each block, one after the other. */
const rowsIn = (bytes: Buffer): readonly BlockRow[] => {
  const rows: BlockRow[] = [];
  for (let at = 0; at < bytes.length;) {
    const from = at + HEAD_BYTES;
    const end = from + bytes.readUInt32BE(from - 4);
    rows.push([bytes.readUIntBE(at, T0_BYTES), bytes.readUInt32BE(at + T0_BYTES), bytes.subarray(from, end)]);
    at = end;
  }
  return rows;
};

const hotTable = (db: Db) => {
  const add = db.prepare<[number, number, number, number, Uint8Array]>(
    'INSERT INTO hot (device_key, seq, t0_ms, set_id, block) VALUES (?, ?, ?, ?, ?)',
  );
  const addGap = db.prepare<[number, string, number, number, number, string, number]>(
    'INSERT INTO gaps (device_key, epoch, from_seq, to_seq, records, reason, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const range = db.prepare<[number, number, number], StoredBlock>(
    `SELECT t0_ms AS t0Ms, set_id AS setId, block FROM hot
     WHERE device_key = ${VALUE} AND t0_ms >= ${VALUE} AND t0_ms < ${VALUE} ORDER BY t0_ms`,
  );
  const joined = db
    .prepare<[number, number, number], string | null>(
      `SELECT group_concat(printf('%012x%08x%08x', t0_ms, set_id, length(block)) || hex(block), '' ORDER BY t0_ms, id)
       FROM hot WHERE device_key = ${VALUE} AND t0_ms >= ${VALUE} AND t0_ms < ${VALUE}`,
    )
    .pluck();
  const newest = db.prepare<[number, number], StoredBlock>(
    `SELECT t0_ms AS t0Ms, set_id AS setId, block FROM hot WHERE device_key = ${VALUE} ORDER BY t0_ms DESC LIMIT ${VALUE}`,
  );
  const latest = db.prepare<[number], { t0Ms: number | null }>(
    `SELECT max(t0_ms) AS t0Ms FROM hot WHERE device_key = ${VALUE}`,
  );
  const has = db.prepare<[number, number, number, Uint8Array], { id: number }>(
    'SELECT id FROM hot WHERE device_key = ? AND t0_ms = ? AND set_id = ? AND block = ? LIMIT 1',
  );
  const expire = db.prepare<[number, number, number]>(
    `DELETE FROM hot WHERE id IN (SELECT id FROM hot WHERE device_key = ? AND t0_ms < ? ORDER BY t0_ms LIMIT ?)`,
  );
  const expireGaps = db.prepare<[number]>('DELETE FROM gaps WHERE at_ms < ?');
  const keyFrom = db.prepare<[number], number>('SELECT id FROM device_keys WHERE id >= ? ORDER BY id LIMIT 1').pluck();
  return {
    add: (key: number, setId: number, { seq, t0Ms, block }: Batch): void => void add.run(key, seq, t0Ms, setId, block),
    addGap: (key: number, gap: MetricGap): void =>
      void addGap.run(key, gap.epoch, gap.from, gap.seq, gap.count, gap.reason, gap.atMs),
    blocks: (key: number, fromMs: number, toMs: number): Iterable<StoredBlock> => range.iterate(key, fromMs, toMs),
    /** All at once, as one text: half the time of a row for each. For a short time only. */
    blockRows: (key: number, fromMs: number, toMs: number): readonly BlockRow[] =>
      rowsIn(Buffer.from(joined.get(key, fromMs, toMs) ?? '', 'hex')),
    /** When the newest block begins, 0 where there is none. */
    newestMs: (key: number): number => latest.get(key)?.t0Ms ?? 0,
    /** The very same: an agent that was started twice within a step has two batches that begin at the same time. */
    hasBlock: (key: number, setId: number, { t0Ms, block }: Pick<Batch, 't0Ms' | 'block'>): boolean =>
      has.get(key, t0Ms, setId, block) !== undefined,
    newestBlocks: (key: number, limit: number): readonly StoredBlock[] => newest.all(key, limit),
    /** The first that is not less. */
    keyFrom: (key: number): number | undefined => keyFrom.get(key),
    /** @returns how many went */
    expire: (key: number, beforeMs: number, limit: number): number => expire.run(key, beforeMs, limit).changes,
    expireGaps: (beforeMs: number): void => void expireGaps.run(beforeMs),
    /** What can be written without the file growing. */
    spareBytes: (): number =>
      Number(db.pragma('freelist_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })),
  };
};
