// What must hold whatever agents, networks and people do, by the real writer on real files: no case here was thought of by anybody.
import type { Severity } from '@fettle/shared/alert/alert';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { NOW, aDevice, aRecord, aTold, openWriter } from '../fixture.ts';

const eva: Actor = { kind: 'person', id: 'p_1', name: 'eva', role: 'owner', tenants: 'all' };

const RULES = ['disk.space', 'smart.failed', 'smart.pending'];
/** Few, so that much happens to each; the last is quiet while the one before it stands. */
const PLACES = RULES.map((rule) => ({ rule, instance: 'S1' }));
type Place = (typeof PLACES)[number];
const place = fc.constantFrom(...PLACES);
const severity = fc.constantFrom<Severity>('warning', 'critical');
const keyOf = ({ rule, instance }: Place) => `${rule} ${instance}`;

/** A device's lane and the minutes that pass. What a power cut would leave is for other tests: nothing here waits for the disk. */
const open = () => {
  const stores = openWriter();
  const { fettle, metrics, writer } = stores;
  for (const { db } of [fettle, metrics]) db.pragma('synchronous = OFF');
  fettle.devices.put({ ...aDevice(), enrolledMs: 0 });
  let nowMs = NOW;
  let seq = 0;
  const commit = (event: WriterEvent) => writer.commit([event], nowMs)[0]?.outcome;
  /** @param seqOf another one than the next: what was told before, under its number of then */
  const tell = (body: RecordBody, seqOf = (seq += 1)) => {
    const outcome = commit(aRecord(seqOf, body));
    expect(['done', 'duplicate']).toContain(outcome?.is);
    return seqOf;
  };
  const pass = (minutes: number) => {
    for (let left = minutes; left > 0; left -= 5) {
      nowMs += Math.min(left, 5) * MINUTE_MS;
      expect(commit({ type: 'due' })).toEqual({ is: 'done' });
    }
  };
  const rows = <T>(sql: string) => fettle.db.prepare<[], T>(sql).all();
  return { ...stores, commit, tell, pass, rows, now: () => nowMs, lastSeq: () => seq };
};

type Opened = ReturnType<typeof open>;

const transitionOf = (change: Parameters<typeof aTold>[1]): RecordBody => aTold(1, change).body;

const theirs = ({ rule, instance }: Place, level: Severity, since: number) => ({
  rule,
  instance,
  severity: level,
  ruleHash: 'hash-1',
  since,
  evidence: [],
});

const openAlerts = ({ fettle }: Opened) =>
  fettle.alerts
    .openOf('d_1')
    .map((alert) => `${keyOf(alert)} ${alert.severity}`)
    .toSorted();

const withoutSeverity = (text: string): string => text.replace(/ \w+$/, '');

/** The database's own indexes would refuse it; so it is asked of the rows. */
const expectOneOfEach = ({ rows }: Opened) => {
  const twice = (table: string, over: string) =>
    rows(`SELECT key FROM ${table} WHERE state NOT IN (${over}) GROUP BY key HAVING count(*) > 1`);
  expect([twice('alerts', "'resolved'"), twice('tickets', "'resolved', 'closed'")]).toEqual([[], []]);
};

/** In the order in which people are told. */
const expectNoEndWithoutBeginning = ({ rows }: Opened) => {
  const known = new Set<string>();
  for (const { kind, subject } of rows<{ kind: string; subject: string }>(
    'SELECT kind, subject FROM outbox ORDER BY id',
  ))
    if (kind.endsWith('.resolved')) expect(known.delete(subject), `${kind} of ${subject}`).toBe(true);
    else known.add(subject);
};

describe('any loss, repetition and disorder of what an agent tells, then its list', { timeout: 60_000 }, () => {
  /** `copies`: 0 is lost; what is late is told after what came later. */
  const step = fc.record({
    place,
    to: fc.option(severity, { nil: undefined, freq: 1 }),
    minutes: fc.nat(40),
    copies: fc.constantFrom(0, 0, 1, 1, 2),
    late: fc.nat(6),
  });

  const changeOf = (from: Severity | undefined, to: Severity | undefined) => {
    if (to === undefined) return 'resolve';
    if (from === undefined) return 'fire';
    return to === 'critical' ? 'raise' : 'lower';
  };

  it('end in the alerts and tickets of a network that loses nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
        const server = open();
        const truth = new Map<string, ReturnType<typeof theirs>>();
        const onTheWay: { readonly place: number; readonly body: RecordBody }[] = [];
        const arrive = (before: number) => {
          for (let at = 0; at < onTheWay.length;) {
            const [one] = onTheWay.slice(at, at + 1);
            if (one && one.place <= before) onTheWay.splice(at, 1).map(({ body }) => again(server, body));
            else at += 1;
          }
        };
        for (const [order, { place: where, to, minutes, copies, late }] of steps.entries()) {
          server.pass(minutes);
          const from = truth.get(keyOf(where))?.severity;
          if (from !== to) {
            const change = changeOf(from, to);
            if (to === undefined) truth.delete(keyOf(where));
            else truth.set(keyOf(where), theirs(where, to, server.now()));
            const told = {
              ...where,
              severity: to ?? from ?? 'warning',
              at: server.now(),
              since: server.now(),
            } as const;
            for (let copy = 0; copy < copies; copy += 1)
              onTheWay.push({ place: order + (copy === 0 ? late : 0), body: transitionOf({ ...told, change }) });
          }
          arrive(order);
          expectOneOfEach(server);
        }
        arrive(Number.POSITIVE_INFINITY);
        const wanted = [...truth.values()].map((one) => `${keyOf(one)} ${one.severity}`).toSorted();
        // what flapped is held open, at its worst, until it has made up its mind; the next list says how bad it is
        for (let list = 0; list < 2; list += 1) {
          server.tell({ kind: 'digest', at: server.now(), open: [...truth.values()], judged: RULES, undecided: [] });
          server.pass(4 * 60);
          expect(openAlerts(server).map(withoutSeverity)).toEqual(wanted.map(withoutSeverity));
        }
        expect(openAlerts(server)).toEqual(wanted);
        expectNoEndWithoutBeginning(server);
        // one that came back too often waits for a person
        const left = "SELECT id FROM tickets WHERE state NOT IN ('resolved', 'closed') AND is_touched = 0";
        if (wanted.length === 0) expect(server.rows(left)).toEqual([]);
        server.close();
      }),
      { numRuns: 40 },
    );
  });

  /** Under its number, under that number again, and under the next one, as after a snapshot of the machine was put back. */
  const again = (server: Opened, body: RecordBody) => {
    server.tell(body, server.tell(body));
    server.tell(body);
  };
});

describe('whatever people do meanwhile', { timeout: 60_000 }, () => {
  const act = fc.constantFrom(
    'ack',
    'snooze',
    'mute',
    'unmute',
    'assign',
    'take',
    'resolve',
    'leave',
    'reopen',
    'window',
  );
  const told = fc.record({
    change: fc.constantFrom('fire', 'fire', 'raise', 'lower', 'resolve', 'resolve'),
    place,
    severity,
  } as const);
  const step = fc.oneof(
    { weight: 4, arbitrary: told.map((one) => ({ is: 'told', ...one }) as const) },
    { weight: 3, arbitrary: fc.nat(300).map((minutes) => ({ is: 'pass', minutes }) as const) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant('act' as const), act, which: fc.nat(7) }) },
  );

  const ofAlert = (server: Opened, name: string, alert: string): WriterEvent | undefined => {
    const untilMs = server.now() + DAY_MS;
    const about = { actor: eva, alert };
    switch (name) {
      case 'ack':
        return { type: 'ack alert', ...about };
      case 'snooze':
        return { type: 'snooze alert', ...about, untilMs };
      case 'mute':
        return { type: 'mute alert', ...about, untilMs, reason: 'known' };
      case 'unmute':
        return { type: 'unmute alert', ...about };
      case 'assign':
        return { type: 'assign alert', ...about, assignee: 'eva' };
      default:
        return undefined;
    }
  };

  const ofTicket = (server: Opened, name: string, ticket: string): WriterEvent | undefined => {
    const about = { type: 'act on ticket', actor: eva, ticket, version: null } as const;
    switch (name) {
      case 'take':
        return { ...about, act: { do: 'take' } };
      case 'resolve':
        return { ...about, act: { do: 'resolve', text: 'done' } };
      case 'leave':
        return { ...about, act: { do: 'leave', untilMs: server.now() + DAY_MS, text: 'known' } };
      case 'reopen':
        return { ...about, act: { do: 'reopen', text: 'again' } };
      default:
        return undefined;
    }
  };

  const anAct = (server: Opened, name: string, which: number): WriterEvent | undefined => {
    const idOf = (table: string) =>
      server.rows<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`).at(-1 - (which % 4))?.id ?? '';
    if (name !== 'window') return ofAlert(server, name, idOf('alerts')) ?? ofTicket(server, name, idOf('tickets'));
    const time = { kind: 'once', startMs: server.now(), endMs: server.now() + HOUR_MS } as const;
    const scope = { kind: 'device', id: 'd_1' } as const;
    return { type: 'open window', actor: eva, id: `w_${server.now()}`, tenant: 'acme', scope, time, reason: '' };
  };

  it('a problem has one open alert and one open ticket, and nobody is told the end of what they never heard of', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
        const server = open();
        for (const one of steps) {
          if (one.is === 'pass') server.pass(one.minutes);
          if (one.is === 'told') {
            const at = server.now();
            server.tell(transitionOf({ change: one.change, ...one.place, severity: one.severity, at, since: at }));
          }
          const event = one.is === 'act' ? anAct(server, one.act, one.which) : undefined;
          if (event) expect(['done', 'refused']).toContain(server.commit(event)?.is);
          expectOneOfEach(server);
        }
        server.pass(4 * 60);
        expectNoEndWithoutBeginning(server);
        server.close();
      }),
      { numRuns: 60 },
    );
  });
});
