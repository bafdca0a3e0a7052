// What the server has on its disk, read by another program than the server: Node's own SQLite.
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

import { alertChanges } from '@fettle/shared/api/alert.schema';
import { z } from 'zod';

import { hashOf } from './witness.ts';

const eventRow = z.object({
  kind: z.literal('alert'),
  change: z.enum(alertChanges),
  alert: z.object({
    rule: z.string(),
    instance: z.string(),
    /** It comes and goes, and is held open: whether it is over as the agent has it. */
    flapping: z.object({ clear: z.boolean() }).nullable(),
  }),
});
const mark = z.object({ epoch: z.string(), seq: z.int() });
const alertRow = z.object({
  id: z.string(),
  device: z.string(),
  rule: z.string(),
  instance: z.string(),
  state: z.string(),
  ticket: z.string().nullable(),
});
const ticketRow = z.object({
  id: z.string(),
  key: z.string(),
  state: z.string(),
  created_ms: z.int(),
  resolved_ms: z.int().nullable(),
});
const deviceRow = z.object({ id: z.string(), hostname: z.string(), cloneOf: z.string().nullable() });
const batchRow = z.object({ t0_ms: z.int(), block: z.instanceof(Uint8Array) });

export type Stored = {
  readonly marks: { readonly alerts: Mark | undefined; readonly metrics: Mark | undefined };
  /** Of alerts only, in their order. */
  readonly events: readonly z.infer<typeof eventRow>[];
  readonly alerts: readonly z.infer<typeof alertRow>[];
  readonly tickets: readonly z.infer<typeof ticketRow>[];
  readonly batches: readonly { readonly t0Ms: number; readonly blockHash: string }[];
  /** Records of the metrics lane that will never come. */
  readonly lost: number;
};
export type Mark = z.infer<typeof mark>;

/** The open alerts of a rule, by instance, in order; also while the server runs. */
export const openAlerts = (folder: string, rule: string): readonly z.infer<typeof alertRow>[] =>
  withDatabase(join(folder, 'fettle.db'), (all) =>
    z
      .array(alertRow)
      .parse(all(`SELECT ${ALERT} FROM alerts WHERE state <> 'resolved' AND ${STANDS} ORDER BY instance`)),
  ).filter((alert) => alert.rule === rule);

/** What comes and goes is held open, also while it is over. */
const STANDS = "(flapping IS NULL OR json_extract(flapping, '$.isClear') = 0)";
const ALERT = 'id, device, rule, instance, state, ticket';

/** Which devices there are; also while the server runs. */
export const devicesIn = (folder: string) =>
  withDatabase(join(folder, 'fettle.db'), (all) =>
    z.array(deviceRow).parse(all('SELECT id, hostname, clone_of AS cloneOf FROM devices ORDER BY enrolled_ms, id')),
  );

/** Of a server that has ended. */
export const readStored = (folder: string): Stored => {
  const fettle = withDatabase(join(folder, 'fettle.db'), (all) => ({
    mark: z.array(mark).parse(all('SELECT epoch, seq FROM alert_marks'))[0],
    events: all('SELECT event FROM events ORDER BY seq').flatMap(({ event }) => alertEvent(event)),
    alerts: z.array(alertRow).parse(all(`SELECT ${ALERT} FROM alerts`)),
    tickets: z
      .array(ticketRow)
      .parse(all('SELECT id, key, state, created_ms, resolved_ms FROM tickets ORDER BY created_ms, id')),
  }));
  const metrics = withDatabase(join(folder, 'metrics.db'), (all) => ({
    mark: z.array(mark).parse(all('SELECT epoch, seq FROM metric_marks'))[0],
    batches: z.array(batchRow).parse(all('SELECT t0_ms, block FROM hot')),
    lost: z.array(z.object({ lost: z.int() })).parse(all('SELECT total(records) AS lost FROM gaps')),
  }));
  return {
    marks: { alerts: fettle.mark, metrics: metrics.mark },
    events: fettle.events,
    alerts: fettle.alerts,
    tickets: fettle.tickets,
    batches: metrics.batches.map(({ t0_ms: t0Ms, block }) => ({ t0Ms, blockHash: hashOf(block) })),
    lost: metrics.lost[0]?.lost ?? 0,
  };
};

/** What SQLite finds wrong with the files of a server; nothing, if all is well. */
export const damageIn = (folder: string): readonly string[] =>
  ['fettle.db', 'metrics.db'].flatMap((name) =>
    withDatabase(join(folder, name), (all) =>
      [...all('PRAGMA integrity_check'), ...all('PRAGMA foreign_key_check')]
        .map((row) => `${name}: ${Object.values(row).join(' ')}`)
        .filter((line) => line !== `${name}: ok`),
    ),
  );

type All = (sql: string) => Record<string, SQLOutputValue>[];

const withDatabase = <T>(path: string, use: (all: All) => T): T => {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return use((sql) => db.prepare(sql).all());
  } finally {
    db.close();
  }
};

const alertEvent = (text: unknown): readonly z.infer<typeof eventRow>[] => {
  const parsed = eventRow.safeParse(JSON.parse(String(text)));
  return parsed.success ? [parsed.data] : [];
};
