// Settings of notices: channels, routes, rotas, each a body of JSON beside its id and tenant; and what each channel has used.
import type { Bucket } from '../domain/notice/bucket.ts';
import type { Channel } from '../domain/notice/channel.ts';
import type { Rota } from '../domain/notice/rota.ts';
import type { Route } from '../domain/notice/route.ts';
import type { Db } from './database.ts';
import { fromJson } from './table.ts';

const settingTable =
  <T extends { readonly id: string; readonly tenant: string }>(table: 'channels' | 'notice_routes' | 'rotas') =>
  (db: Db) => {
    const get = db.prepare<[string], string>(`SELECT body FROM ${table} WHERE id = ?`).pluck();
    const all = db.prepare<[], string>(`SELECT body FROM ${table} ORDER BY made_ms, id`).pluck();
    const put = db.prepare<[string, string, string, number]>(
      `INSERT INTO ${table} (id, tenant, body, made_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET tenant = excluded.tenant, body = excluded.body`,
    );
    const remove = db.prepare<[string]>(`DELETE FROM ${table} WHERE id = ?`);
    return {
      get: (id: string): T | undefined => {
        const body = get.get(id);
        return body === undefined ? undefined : fromJson<T>(body);
      },
      /** The oldest first. They are few: see SETTINGS_MAX in write/channels.ts. */
      all: (): readonly T[] => all.all().map((body) => fromJson<T>(body)),
      put: (setting: T, nowMs: number): void =>
        void put.run(setting.id, setting.tenant, JSON.stringify(setting), nowMs),
      remove: (id: string): void => void remove.run(id),
    };
  };

export const channelTable = settingTable<Channel>('channels');
export const routeTable = settingTable<Route>('notice_routes');
export const rotaTable = settingTable<Rota>('rotas');

export const bucketTable = (db: Db) => {
  const get = db.prepare<[string], Bucket>('SELECT tokens, at_ms AS atMs FROM channel_buckets WHERE channel = ?');
  const put = db.prepare<[string, number, number]>(
    `INSERT INTO channel_buckets (channel, tokens, at_ms) VALUES (?, ?, ?)
     ON CONFLICT (channel) DO UPDATE SET tokens = excluded.tokens, at_ms = excluded.at_ms`,
  );
  return {
    get: (channel: string): Bucket | undefined => get.get(channel),
    put: (channel: string, { tokens, atMs }: Bucket): void => void put.run(channel, tokens, atMs),
  };
};
