// What agents have told of their alerts, so that nothing takes effect again when it is told again under another number: by an agent
// that was put back to a snapshot, whose disk lost what it had synced, or whose server was restored.
import type { Db } from './database.ts';

export const toldTable = (db: Db) => {
  const add = db.prepare<[string, string, number]>(
    'INSERT INTO told (device, hash, at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const expire = db.prepare<[number, number]>(
    'DELETE FROM told WHERE (device, hash) IN (SELECT device, hash FROM told WHERE at_ms < ? ORDER BY at_ms LIMIT ?)',
  );
  return {
    /** @param hash of what is told; @returns false when the device has told it before */
    isNews: (device: string, hash: string, atMs: number): boolean => add.run(device, hash, atMs).changes > 0,
    /** @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
  };
};
