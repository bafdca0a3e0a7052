import type { Mark } from '../domain/place.ts';
import type { Db } from './database.ts';

/** The last record of each device's alerts lane that has taken effect. */
export const markTable = (db: Db) => {
  const get = db.prepare<[string], Mark>('SELECT epoch, seq, hash FROM alert_marks WHERE device = ?');
  const put = db.prepare<[string, string, number, string]>(
    `INSERT INTO alert_marks (device, epoch, seq, hash) VALUES (?, ?, ?, ?)
     ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, hash = excluded.hash`,
  );
  return {
    get: (device: string): Mark | undefined => get.get(device),
    put: (device: string, { epoch, seq, hash }: Mark): void => void put.run(device, epoch, seq, hash),
  };
};
