// Readings of which an agent kept no more than the least, the mean and the greatest of each ten minutes.
import type { MetricEvent } from '../domain/event.ts';
import type { StoredBlock } from './block.ts';
import type { Db } from './database.ts';
import { VALUE } from './table.ts';

type Thinned = Omit<Extract<MetricEvent, { type: 'thinned' }>, 'type'>;

export const thinnedTable = (db: Db) => {
  const add = db.prepare<[number, number, number, number, number, number, Uint8Array]>(
    'INSERT INTO thinned (device_key, from_seq, seq, t0_ms, end_ms, set_id, block) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const has = db.prepare<[number, number, number, Uint8Array], { id: number }>(
    'SELECT id FROM thinned WHERE device_key = ? AND end_ms = ? AND set_id = ? AND block = ? LIMIT 1',
  );
  const range = db.prepare<[number, number, number], StoredBlock>(
    `SELECT t0_ms AS t0Ms, set_id AS setId, block FROM thinned
     WHERE device_key = ${VALUE} AND end_ms > ${VALUE} AND t0_ms < ${VALUE} ORDER BY end_ms`,
  );
  const expire = db.prepare<[number, number, number]>(
    `DELETE FROM thinned WHERE id IN (SELECT id FROM thinned WHERE device_key = ? AND end_ms < ? ORDER BY end_ms LIMIT ?)`,
  );
  return {
    addThinned: (key: number, setId: number, { from, seq, t0Ms, endMs, block }: Thinned): void =>
      void add.run(key, from, seq, t0Ms, endMs, setId, block),
    /** The same readings to the byte: others can begin within the same ten minutes. */
    hasThinned: (key: number, setId: number, { endMs, block }: Pick<Thinned, 'endMs' | 'block'>): boolean =>
      has.get(key, endMs, setId, block) !== undefined,
    /** All that reach into a time. */
    thinnedBlocks: (key: number, fromMs: number, toMs: number): Iterable<StoredBlock> =>
      range.iterate(key, fromMs, toMs),
    /** @returns how many went */
    expireThinned: (key: number, beforeMs: number, limit: number): number => expire.run(key, beforeMs, limit).changes,
  };
};
