// Whatever happens in whatever order, and wherever it crashes: the same rows as if it had never crashed, and one open of a kind.
import { cpSync } from 'node:fs';

import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from './domain/actor.ts';
import type { WriterEvent } from './domain/event.ts';
import { NOW, aDataFolder, aDevice, aRecord, aTold, countingIds, freshFolder, openWriter } from './fixture.ts';

type Stores = ReturnType<typeof openWriter>;

const DEVICES = ['d_1', 'd_2'] as const;

/** What happens, before it has its place in a lane. */
const aHappening = fc.record({
  device: fc.constantFrom(...DEVICES),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('fire', 'raise', 'lower', 'resolve') },
    { weight: 3, arbitrary: fc.constantFrom('digest', 'poison', 'silent', 'back', 'due', 'due') },
    { weight: 2, arbitrary: fc.constantFrom('ack', 'take', 'resolve it', 'note') },
  ),
  instance: fc.constantFrom('/', '/home'),
  severity: fc.constantFrom('warning', 'critical'),
});

const aHistory = fc.array(
  fc.record({
    waitMs: fc.constantFrom(0, MINUTE_MS, 31 * MINUTE_MS, 25 * HOUR_MS, 73 * HOUR_MS),
    happenings: fc.array(aHappening, { minLength: 1, maxLength: 6 }),
    crash: fc.constantFrom('none', 'none', 'in the middle', 'before the answer'),
  }),
  { minLength: 1, maxLength: 8 },
);

type History = typeof aHistory extends fc.Arbitrary<infer T> ? T : never;
type Happening = History[number]['happenings'][number];

const RECORDS: ReadonlySet<string> = new Set(['fire', 'raise', 'lower', 'resolve', 'digest', 'poison']);

/** Numbers the lanes of both devices. */
const numbered = () => {
  const last = { d_1: 0, d_2: 0 };
  return (happening: Happening, stores: Stores): WriterEvent => {
    if (!RECORDS.has(happening.what)) return eventOf(happening, 0, stores);
    last[happening.device] += 1;
    return eventOf(happening, last[happening.device], stores);
  };
};

const eventOf = (happening: Happening, seq: number, stores: Stores): WriterEvent => {
  const { device, what, instance, severity } = happening;
  switch (what) {
    case 'due':
      return { type: 'due' };
    case 'silent':
    case 'back': {
      const presence = what === 'silent' ? 'offline' : 'online';
      return { type: 'presence', device, presence, lastSeenMs: NOW, goodbye: null, isAlerting: what === 'silent' };
    }
    case 'digest':
      return { ...aRecord(seq, { kind: 'digest', at: NOW, open: [], judged: ['disk.space'], undecided: [] }), device };
    case 'poison':
      return { ...aTold(seq, { instance, since: Number.NaN }), device };
    case 'ack':
    case 'take':
    case 'resolve it':
    case 'note':
      return personEvent(device, what, stores);
    default:
      return { ...aTold(seq, { change: what, instance, severity }), device };
  }
};

/** On the newest ticket of the device, as a person sees it before the group. */
const personEvent = (device: string, what: 'ack' | 'take' | 'resolve it' | 'note', { fettle }: Stores): WriterEvent => {
  const actor = { ...SYSTEM, name: 'eva' };
  const newest = 'FROM tickets WHERE device = ? ORDER BY rowid DESC LIMIT 1';
  const { id: ticket, version } = fettle.db
    .prepare<[string], { id: string; version: number }>(`SELECT id, version ${newest}`)
    .get(device) ?? { id: 'none', version: 0 };
  switch (what) {
    case 'ack':
      return { type: 'ack alert', actor, alert: fettle.alerts.ofTicket(ticket)[0]?.id ?? 'none' };
    case 'take':
      return { type: 'act on ticket', actor, ticket, version, act: { do: 'take' } };
    case 'resolve it':
      return { type: 'act on ticket', actor, ticket, version, act: { do: 'resolve', text: 'Done.' } };
    case 'note':
      return { type: 'act on ticket', actor, ticket, version: null, act: { do: 'note', text: 'Hm.' } };
  }
};

/** No id twice, before or after a crash. */
const newId = countingIds();

/** Ids are made anew after a crash; everything else must be the same. */
const TABLES = [
  'SELECT device, rule, instance, state, severity, updated_ms, resolved_ms, occurrences, acked_by FROM alerts ORDER BY rowid',
  'SELECT device, number, state, priority, is_touched, created_ms, updated_ms, resolved_ms, reopened, version FROM tickets ORDER BY rowid',
  'SELECT number, at_ms, what, text FROM ticket_notes n JOIN tickets t ON t.id = n.ticket ORDER BY n.id',
  `SELECT r.kind, r.due_ms, coalesce(number, a.rule || a.instance) AS what FROM timers r LEFT JOIN tickets t ON t.id = r.subject
   LEFT JOIN alerts a ON a.id = r.subject ORDER BY r.kind, r.due_ms, what`,
  'SELECT * FROM alert_marks ORDER BY device',
  'SELECT seq, at_ms, tenant FROM events ORDER BY seq',
  'SELECT next_ticket FROM tenants',
] as const;

const rowsOf = ({ fettle }: Stores) => TABLES.map((sql) => fettle.db.prepare(sql).all());

/** Without waiting for the disk: what is left after these crashes is what was written, not what was synced. */
const openQuick = (folder: string, ids: typeof newId): Stores => {
  const stores = openWriter(folder, ids);
  stores.fettle.db.pragma('synchronous = OFF');
  return stores;
};

const start = (): Stores => {
  const stores = openQuick(aDataFolder(), newId);
  stores.fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2' }));
  return stores;
};

const play = (history: History, isCrashing: boolean) => {
  let stores = start();
  let nowMs = NOW;
  const number = numbered();
  for (const { waitMs, happenings, crash: planned } of history) {
    nowMs += waitMs;
    const crash = isCrashing ? planned : 'none';
    const before = stores;
    const events = happenings.map((happening) => number(happening, before));
    if (crash === 'in the middle') stores = crashWithin(stores, events, nowMs);
    const results = stores.writer.commit(events, nowMs);
    expect(results.filter(({ outcome }) => outcome.is === 'unavailable')).toEqual([]);
    if (crash === 'before the answer') {
      stores.close();
      stores = openQuick(stores.folder, newId);
      // agents send again what was not acknowledged; what the server does by itself is not sent
      const again = stores.writer.commit(
        events.filter(({ type }) => type === 'record'),
        nowMs,
      );
      expect(again.filter(({ outcome }) => outcome.is !== 'duplicate')).toEqual([]);
    }
    expectSound(stores);
  }
  const rows = rowsOf(stores);
  stores.close();
  return rows;
};

/** The files as they are when the last id of the group is given out, as a power cut would leave them; then from these. */
const crashWithin = (stores: Stores, events: readonly WriterEvent[], nowMs: number): Stores => {
  const left = freshFolder();
  stores.close();
  const doomed = openQuick(stores.folder, (letter) => {
    cpSync(stores.folder, left, { recursive: true });
    return newId(letter);
  });
  doomed.fettle.db.pragma('cache_size = 1'); // so that half a group gets as far as the log
  cpSync(stores.folder, left, { recursive: true });
  doomed.writer.commit(events, nowMs);
  doomed.close();
  return openQuick(left, newId);
};

/** Whatever happened. */
const expectSound = ({ fettle }: Stores): void => {
  const doubles = (table: string, open: string) =>
    fettle.db.prepare(`SELECT key FROM ${table} WHERE ${open} GROUP BY key HAVING count(*) > 1`).all();
  expect(doubles('alerts', "state <> 'resolved'")).toEqual([]);
  expect(doubles('tickets', "state NOT IN ('resolved', 'closed')")).toEqual([]);
  expect(fettle.db.pragma('foreign_key_check')).toEqual([]);
  const none = (from: string) =>
    expect(fettle.db.prepare(`SELECT number, t.state FROM tickets t ${from}`).all()).toEqual([]);
  const timer = (kind: string) =>
    `EXISTS (SELECT 1 FROM timers r WHERE r.subject = t.id AND r.kind = '${kind} ticket')`;
  const alerting = `EXISTS (SELECT 1 FROM alerts a WHERE a.ticket = t.id AND a.state <> 'resolved')`;
  // a resolved ticket is going to be closed, and one whose problem is over is going to be resolved
  none(`WHERE (t.state = 'resolved') <> ${timer('close')}`);
  none(`WHERE t.state IN ('new', 'open') AND NOT is_touched AND ${alerting} = ${timer('resolve')}`);
};

describe('a whole history', () => {
  it('ends in the same rows, however often the server crashes in it', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(aHistory, (history) => {
        expect(play(history, true)).toEqual(play(history, false));
      }),
      { numRuns: 25 },
    );
  });
});
