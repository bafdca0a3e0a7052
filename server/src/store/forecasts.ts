// What will be used up on which device: as it was last worked out.
import type { Device } from '../domain/device.ts';
import type { Forecast } from '../domain/forecast/forecast.ts';
import type { Trend } from '../domain/forecast/trend.ts';
import type { Db } from './database.ts';

export type KeptForecast = {
  readonly instance: string;
  readonly atMs: number;
  /** Null: it does not go down any more. */
  readonly forecast: Forecast | null;
  readonly state: Trend['state'];
};

type Row = {
  readonly instance: string;
  readonly atMs: number;
  readonly perDay: number | null;
  readonly leftMs: number | null;
  readonly state: Trend['state']['is'];
  readonly sinceMs: number;
};

export const forecastTable = (db: Db) => {
  const of = db.prepare<[string], Row>(
    `SELECT instance, at_ms AS atMs, per_day AS perDay, left_ms AS leftMs, state, since_ms AS sinceMs
     FROM forecasts WHERE device = ? ORDER BY instance`,
  );
  const put = db.prepare<[Row & { readonly device: string; readonly tenant: string }]>(
    `INSERT INTO forecasts (device, tenant, instance, at_ms, per_day, left_ms, state, since_ms)
     VALUES (@device, @tenant, @instance, @atMs, @perDay, @leftMs, @state, @sinceMs)
     ON CONFLICT (device, instance) DO UPDATE SET at_ms = excluded.at_ms, per_day = excluded.per_day,
       left_ms = excluded.left_ms, state = excluded.state, since_ms = excluded.since_ms`,
  );
  const remove = db.prepare<[string, string]>('DELETE FROM forecasts WHERE device = ? AND instance = ?');
  return {
    of: (device: string): readonly KeptForecast[] => of.all(device).map(known),
    put: ({ id: device, tenant }: Device, { instance, atMs, forecast, state }: KeptForecast): void => {
      const { perDay, leftMs } = forecast ?? { perDay: null, leftMs: null };
      put.run({ device, tenant, instance, atMs, perDay, leftMs, state: state.is, sinceMs: state.sinceMs });
    },
    remove: (device: string, instance: string): void => void remove.run(device, instance),
  };
};

const known = ({ instance, atMs, perDay, leftMs, state: is, sinceMs }: Row): KeptForecast => ({
  instance,
  atMs,
  forecast: perDay === null || leftMs === null ? null : { perDay, leftMs },
  state: { is, sinceMs },
});
