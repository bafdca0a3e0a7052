// One device in which hundreds of things come and go all hour, through the real writer: what people have of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SYSTEM } from '@fettle/server/domain/actor';
import type { AgentEvent } from '@fettle/server/domain/event';
import { GROUP_MAX } from '@fettle/server/thread/committer';
import { HOUR_MS } from '@fettle/shared/time';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import { MonthServer } from '../month/month-server.ts';

const STARTED_MS = Date.UTC(2026, 10, 23, 12);
/** Each changes two hundred times. */
const EVENTS_OF_PROBLEM = 200;
/** Of the design: five open ones and twenty new ones an hour of one device, and one that gathers the rest. */
export const TICKETS_MOST = 21;

export type FlappingFigures = {
  readonly events: number;
  readonly problems: number;
  readonly alerts: number;
  readonly flapping: number;
  readonly tickets: number;
  /** That people are told of alerts. */
  readonly notices: number;
};

/** @param events of the hour, each of which opens or ends a critical problem that asks for a ticket at once */
export const playFlapping = (events: number): FlappingFigures => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-flapping-'));
  const server = openServer(folder);
  try {
    const problems = Math.ceil(events / EVENTS_OF_PROBLEM);
    const device = enrol(server);
    for (let first = 0; first < events; first += GROUP_MAX) {
      for (let index = first; index < Math.min(first + GROUP_MAX, events); index += 1)
        server.tell(eventAt({ device, index, problems, atMs: momentOf(index, events) }));
      server.due(momentOf(first, events));
    }
    const { db } = server.store;
    const count = (sql: string): number => db.prepare<[], number>(sql).pluck().get() ?? 0;
    return {
      events,
      problems,
      alerts: count('SELECT count(*) FROM alerts'),
      flapping: count('SELECT count(*) FROM alerts WHERE flapping IS NOT NULL'),
      tickets: count('SELECT count(*) FROM tickets'),
      notices: count("SELECT count(*) FROM outbox WHERE kind LIKE 'alert.%'"),
    };
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const momentOf = (index: number, events: number): number => STARTED_MS + Math.floor((index * HOUR_MS) / events);

const openServer = (folder: string): MonthServer => {
  let ids = 0;
  const newId = (letter: string): string => `${letter}_${String((ids += 1)).padStart(22, '0')}`;
  return new MonthServer({ folder, newId, onFeed: () => undefined }, STARTED_MS);
};

const enrol = (server: MonthServer): string => {
  const [tenant, site, actor, expiresMs] = ['acme', 'office', SYSTEM, STARTED_MS + HOUR_MS] as const;
  server.tell({ type: 'create site', actor, tenant, tenantName: tenant, prefix: 'ACME', site, siteName: site });
  server.tell({ type: 'create enrol token', actor, hash: site, site, expiresMs, maxUses: 1 });
  const what = { publicKey: 'key', hostname: 'srv-01', os: 'linux', class: 'server', agentVersion: '0.1.0' } as const;
  server.tell({ type: 'enrol', tokenHash: site, ...what });
  const enrolled = server.write(STARTED_MS).at(-1);
  if (enrolled?.is !== 'enrolled') throw new Error('no device came of the enrolment');
  return enrolled.deviceId;
};

type Place = { readonly device: string; readonly index: number; readonly problems: number; readonly atMs: number };

const eventAt = ({ device, index, problems, atMs }: Place): AgentEvent => {
  const isEnd = Math.floor(index / problems) % 2 === 1;
  const body: RecordBody = {
    kind: 'transition',
    transition: {
      change: isEnd ? 'resolve' : 'fire',
      rule: 'disk.readonly',
      ruleHash: 'storm',
      instance: `/${index % problems}`,
      severity: 'critical',
      at: atMs,
      since: atMs,
      reason: isEnd ? 'recovered' : 'threshold',
      evidence: [],
    },
  };
  return { type: 'record', device, epoch: 'storm', seq: index + 1, body };
};
