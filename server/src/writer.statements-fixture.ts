// Every kind of event that a writer takes, as what it is about stands before it.
import { SYSTEM } from './domain/actor.ts';
import type { WriterEvent } from './domain/event.ts';
import { STANDARD } from './domain/sla/calendar.ts';
import { STANDARD_TERMS } from './domain/sla/terms.ts';
import { NOW, aDataFolder, aRecord, aTold, openWriter } from './fixture.ts';

export type Stores = ReturnType<typeof open>;

/** Ids that can be given out anew, so that a second try is comparable with the first. */
export const open = () => {
  let count = 0;
  const stores = openWriter(aDataFolder(), (letter) => {
    count += 1;
    return `${letter}_${String(count).padStart(22, '0')}`;
  });
  for (const { db } of [stores.fettle, stores.metrics]) db.pragma('synchronous = OFF');
  const commit = (...events: readonly WriterEvent[]) => stores.writer.commit(events, NOW)[0]?.outcome;
  /** The ids that `work` takes are given out again after it. */
  const again = <T>(work: () => T): T => {
    const before = count;
    const result = work();
    count = before;
    return result;
  };
  return { ...stores, commit, again };
};
const link = { type: 'create login link', actor: SYSTEM, hash: 'link', expiresMs: NOW + 1 } as const;
const kim: WriterEvent = { type: 'add user', actor: SYSTEM, name: 'kim', role: 'technician', tenants: ['acme'] };
const enrolToken = { type: 'create enrol token', actor: SYSTEM, expiresMs: NOW, maxUses: 1 } as const;
const eva = { ...SYSTEM, name: 'eva' };
const first = ({ fettle }: Pick<Stores, 'fettle'>, table: string): string =>
  fettle.db.prepare<[], string>(`SELECT id FROM ${table} LIMIT 1`).pluck().get() ?? '';
const version = ({ fettle }: Stores): number => fettle.tickets.get(first({ fettle }, 'tickets'))?.version ?? 0;

type Case = {
  readonly name: string;
  /** Committed before. */
  readonly before: readonly WriterEvent[];
  readonly event: (stores: Stores) => WriterEvent;
  /** Tables that must have changed when it is done. */
  readonly changes: readonly string[];
};

const fired = aTold(1);
const ASKED: WriterEvent & { type: 'open ticket' } = {
  type: 'open ticket',
  actor: eva,
  tenant: 'acme',
  ticket: {
    subject: 'Mail',
    body: '',
    priority: 'high',
    requester: 'ann',
    category: null,
    assignee: null,
    device: null,
  },
};
const ALERT = ['alerts', 'alert_marks', 'events', 'outbox'] as const;
/** Nobody is told at once that something is over. */
const QUIET = ['alerts', 'alert_marks', 'events'] as const;
const sample = { type: 'batch', device: 'd_1', epoch: 'e', seq: 1, t0Ms: NOW, setHash: 'h' } as const;

const channel = { id: 'c', tenant: '', name: 'hook', isEnabled: true, perHour: 60 } as const;
const putChannel: WriterEvent = {
  type: 'put notice setting',
  actor: SYSTEM,
  kind: 'channel',
  setting: { ...channel, settings: { kind: 'webhook', url: 'https://hook.example/' } },
};
const putRoute: WriterEvent = {
  type: 'put notice setting',
  actor: SYSTEM,
  kind: 'route',
  setting: {
    id: 'r',
    tenant: '',
    name: 'all',
    severities: ['warning'],
    kinds: ['alert', 'ticket'],
    tags: [],
    to: [{ channel: 'c' }],
    quiet: null,
  },
};

export const CASES: readonly Case[] = [
  {
    name: 'what has fired goes to those who want to be told',
    before: [putChannel, putRoute, fired],
    event: () => ({ type: 'plan notices' }),
    changes: ['outbox', 'notices', 'notice_groups'],
  },
  {
    name: 'a channel is made',
    before: [],
    event: () => putChannel,
    changes: ['channels', 'audit'],
  },
  {
    name: 'another system tells of something bad',
    before: [{ type: 'create ingest token', actor: SYSTEM, id: 'i', hash: 'h', site: 'office', name: 'other' }],
    event: () => ({
      type: 'external alerts',
      tokenHash: 'h',
      alerts: [
        {
          isFiring: true,
          rule: 'external.Bad',
          instance: 'f',
          severity: 'critical',
          atMs: NOW,
          labels: { team: 'db' },
          annotations: {},
          link: null,
        },
      ],
    }),
    changes: ['devices', 'alerts', 'alert_labels', 'tickets', 'events', 'outbox'],
  },
  {
    name: 'an alert fires and opens a ticket',
    before: [],
    event: () => fired,
    changes: [...ALERT, 'tickets', 'ticket_notes', 'tenants'],
  },
  {
    name: 'an alert is raised',
    before: [fired],
    event: () => aTold(2, { change: 'raise', severity: 'critical' }),
    changes: [...ALERT, 'tickets', 'ticket_notes'],
  },
  {
    name: 'an alert resolves',
    before: [fired],
    event: () => aTold(2, { change: 'resolve' }),
    changes: [...QUIET, 'timers'],
  },
  {
    name: 'a digest repairs what is open',
    before: [fired],
    event: () => aRecord(2, { kind: 'digest', at: NOW, open: [], judged: ['disk.space'], undecided: [] }),
    changes: [...QUIET, 'timers'],
  },
  {
    name: 'an agent starts, with a new target',
    before: [],
    event: () =>
      aRecord(1, {
        kind: 'start',
        bootId: 'b',
        uptimeMs: 5,
        agentVersion: '1',
        at: NOW,
        lastEnd: 'unknown',
        targets: ['switch'],
      }),
    changes: ['devices', 'events', 'alert_marks'],
  },
  {
    name: 'a device falls silent',
    before: [],
    event: () => ({
      type: 'presence',
      device: 'd_1',
      presence: 'offline',
      lastSeenMs: NOW,
      goodbye: null,
      isAlerting: true,
    }),
    changes: ['devices', 'alerts', 'events', 'outbox'],
  },
  {
    name: 'a device enrols',
    before: [{ ...enrolToken, hash: 't', site: 'office' }],
    event: () => ({
      type: 'enrol',
      tokenHash: 't',
      publicKey: 'k2',
      hostname: 'h',
      os: 'linux',
      class: 'server',
      agentVersion: '1',
    }),
    changes: ['devices', 'enroll_tokens', 'audit', 'events'],
  },
  {
    name: 'a person acknowledges an alert',
    before: [fired],
    event: (stores) => ({ type: 'ack alert', actor: eva, alert: first(stores, 'alerts') }),
    changes: ['alerts', 'tickets', 'ticket_notes', 'events', 'audit'],
  },
  {
    name: 'a person resolves a ticket',
    before: [fired],
    event: (stores) => ({
      type: 'act on ticket',
      actor: eva,
      ticket: first(stores, 'tickets'),
      version: version(stores),
      act: { do: 'resolve', text: 'Done.' },
    }),
    changes: ['alerts', 'tickets', 'ticket_notes', 'timers', 'events', 'outbox', 'audit'],
  },
  {
    name: 'a person opens a ticket',
    before: [],
    event: () => ({ ...ASKED, once: { key: 'k', asked: 'h' } }),
    changes: ['tickets', 'ticket_notes', 'tenants', 'timers', 'sla_due', 'events', 'outbox', 'audit', 'once_keys'],
  },
  {
    name: 'a person merges a ticket of an alert into their own',
    before: [fired, ASKED],
    event: ({ fettle }) => {
      const idOf = (rule: string) =>
        fettle.db.prepare<[string], string>('SELECT id FROM tickets WHERE rule = ?').pluck().get(rule) ?? '';
      const act = { do: 'merge', into: idOf('') } as const;
      return { type: 'act on ticket', actor: eva, ticket: idOf('disk.space'), version: null, act };
    },
    changes: ['tickets', 'ticket_notes', 'alerts', 'events', 'audit'],
  },
  {
    name: 'a person writes down their time',
    before: [ASKED],
    event: (stores) => {
      const act = { do: 'spend time', minutes: 5, text: '' } as const;
      return { type: 'act on ticket', actor: eva, ticket: first(stores, 'tickets'), version: null, act };
    },
    changes: ['tickets', 'ticket_notes', 'ticket_times', 'events', 'audit'],
  },
  {
    name: 'a person makes a calendar',
    before: [ASKED],
    event: () => {
      const about = { id: null, version: 0, tenant: 'acme', name: 'Office', calendar: STANDARD } as const;
      return { type: 'put calendar', actor: eva, ...about };
    },
    changes: ['calendars', 'calendar_editions', 'timers', 'audit'],
  },
  {
    name: 'a person promises something else',
    before: [ASKED],
    event: () => ({ type: 'put terms', actor: eva, tenant: 'acme', version: 0, terms: STANDARD_TERMS }),
    changes: ['sla_terms', 'timers', 'audit'],
  },
  {
    name: 'the first owner gets a login link',
    before: [],
    event: () => link,
    changes: ['people', 'login_links', 'audit'],
  },
  {
    name: 'somebody signs in',
    before: [link],
    event: () => ({ type: 'sign in', linkHash: 'link', sessionHash: 's' }),
    changes: ['login_links', 'sessions', 'audit'],
  },
  {
    name: 'a user is shut out',
    before: [kim, { ...link, hash: 'of kim', user: 'kim' }, { type: 'sign in', linkHash: 'of kim', sessionHash: 's' }],
    event: () => ({ type: 'disable user', actor: SYSTEM, name: 'kim' }),
    changes: ['people', 'sessions', 'meta', 'audit'],
  },
  {
    name: 'a ticket is commented and resolved in another system',
    before: [
      fired,
      { type: 'set external', actor: SYSTEM, tenant: 'acme', system: { kind: 'mail', to: 'it@a.example' } },
    ],
    event: (stores) => {
      const ticket = first(stores, 'tickets');
      const place = 'it@a.example';
      stores.commit({ type: 'external told', ticket, place, told: { externalId: '7', toldState: 'new' } });
      const comments = [{ by: 'eva', text: 'Done.' }];
      return { type: 'external heard', ticket, after: '', heard: { mark: '9', state: 'done', comments, note: 0 } };
    },
    changes: ['external_tickets', 'tickets', 'ticket_notes', 'alerts', 'timers', 'events', 'outbox', 'audit'],
  },
  {
    name: 'all devices of a tenant are removed',
    before: [fired],
    event: () => ({ type: 'remove devices', actor: eva, tenant: 'acme' }),
    changes: ['devices', 'alerts', 'tickets', 'events', 'audit'],
  },
  {
    name: 'a batch comes',
    before: [{ type: 'series set', device: 'd_1', hash: 'h', series: [] }],
    event: () => ({ ...sample, block: Uint8Array.of(1) }),
    changes: ['hot', 'metric_marks'],
  },
];
