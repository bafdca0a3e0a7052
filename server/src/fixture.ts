// What the server's tests are made of: a folder of their own, and one of each thing with every field filled.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Transition, alertKey } from '@fettle/shared/alert/alert';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import pino from 'pino';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

import { type Role, SYSTEM } from './domain/actor.ts';
import type { Alert } from './domain/alert/alert.ts';
import type { Device } from './domain/device.ts';
import type { AgentEvent } from './domain/event.ts';
import { ruleBookAt } from './domain/rule-book.ts';
import { FRESH, type Ticket, ticketKey } from './domain/ticket/ticket.ts';
import { type Times, timesAt } from './domain/times.ts';
import { hashOf, newSecret } from './people/secrets.ts';
import type { ServerOptions } from './server-options.ts';
import { openFettle } from './store/fettle.ts';
import { openMetrics } from './store/metrics.ts';
import { Writer } from './writer.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-server-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Empty, and gone after the test file. */
export const freshFolder = (): string => mkdtempSync(join(root, 'data-'));

const launch = async (change: Partial<ServerOptions>) => {
  const { startServer } = await import('./app.ts'); // most tests need no server, and loading one takes its time
  const server = await startServer({
    folder: freshFolder(),
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    isBehindProxy: false,
    tls: undefined,
    pace: { divisor: 1 },
    retention: { rawDays: 14, eventDays: 90 },
    backups: { folder: freshFolder(), hourly: 24, daily: 7 },
    notices: { smtp: undefined, privateHosts: new Set(), heartbeatUrl: undefined },
    consoleFolder: freshFolder(),
    log: pino({ level: 'silent' }),
    version: '0.1.0',
    onDeath: (error) => {
      throw error;
    },
    ...change,
  });
  return { ...server, url: server.addresses.url };
};

export type TestServer = Awaited<ReturnType<typeof launch>>;

/** The whole server on a free port of loopback, stopped when the test ends. */
export const startTestServer = async (change: Partial<ServerOptions> = {}): Promise<TestServer> => {
  const server = await launch(change);
  onTestFinished(() => server.close());
  return server;
};

/** The same for all tests of a file that do not mind each other. @returns what gives it, inside a test */
export const shareTestServer = (change: Partial<ServerOptions> = {}): (() => TestServer) => {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await launch(change);
  });
  afterAll(() => server?.close());
  return () => {
    if (!server) throw new Error('asked for before the tests began');
    return server;
  };
};

/** Ids in order: a test that runs twice gives the same. */
export const countingIds = () => {
  let count = 0;
  return (letter: string): string => {
    count += 1;
    return `${letter}_${String(count).padStart(22, '0')}`;
  };
};

export const NOW = Date.UTC(2026, 10, 23, 12);

export const aDevice = (change: Partial<Device> = {}): Device => ({
  id: 'd_1',
  tenant: 'acme',
  site: 'office',
  publicKey: 'key-1',
  hostname: 'srv-01',
  os: 'linux',
  class: 'server',
  agentVersion: '0.1.0',
  bootId: 'boot-1',
  bootedMs: NOW - 3_600_000,
  enrolledMs: NOW - 7_200_000,
  lastSeenMs: NOW,
  presence: 'online',
  presenceSinceMs: NOW,
  goodbye: null,
  clockOffsetMs: 12,
  lostRecords: 0,
  watchedBy: null,
  cloneOf: null,
  tags: [],
  isPlace: false,
  ...change,
});

export const aTransition = (change: Partial<Transition> = {}): Transition => ({
  change: 'fire',
  rule: 'disk.space',
  ruleHash: 'hash-1',
  instance: '/',
  severity: 'warning',
  at: NOW,
  since: NOW,
  reason: 'threshold',
  evidence: [{ metric: 'system.filesystem.utilization', value: 0.91, mean: 0.9, threshold: 0.85 }],
  ...change,
});

export const anAlert = (change: Partial<Alert> = {}): Alert => {
  const identity = { tenant: 'acme', device: 'd_1', rule: 'disk.space', instance: '/' };
  return {
    id: 'a_1',
    ...identity,
    site: 'office',
    key: alertKey({ ...identity, ...change }),
    state: 'open',
    severity: 'warning',
    sinceMs: NOW,
    updatedMs: NOW,
    resolvedMs: null,
    reason: 'threshold',
    occurrences: 1,
    evidence: aTransition().evidence,
    processes: [],
    ruleHash: 'hash-1',
    ticket: null,
    ackedBy: null,
    assignee: null,
    heard: 'fired',
    hush: null,
    isFirst: false,
    firesMs: [],
    flapping: null,
    ...change,
  };
};

export const aTicket = (change: Partial<Ticket> = {}): Ticket => ({
  ...FRESH,
  id: 't_1',
  tenant: 'acme',
  site: 'office',
  device: 'd_1',
  rule: 'disk.space',
  instance: '/',
  key: ticketKey('acme', 'd_1', 'disk-space', '/'),
  number: 'ACME-1',
  priority: 'normal',
  subject: 'Disk space is running out / on srv-01',
  body: 'More than 85 %',
  createdMs: NOW,
  updatedMs: NOW,
  fires: 1,
  ...change,
});

let template: string | undefined;

/** A data folder with the device of `aDevice` in it. Made once and then copied: making one waits for the disk many times. */
export const aDataFolder = (): string => {
  template ??= makeDataFolder();
  const folder = freshFolder();
  cpSync(template, folder, { recursive: true });
  return folder;
};

const makeDataFolder = (): string => {
  const folder = freshFolder();
  openMetrics(folder).db.close();
  const { db, tenants, devices } = openFettle(folder);
  tenants.put('acme', 'Acme', 'ACME');
  tenants.putSite('office', 'acme', 'Office');
  devices.put(aDevice());
  db.close();
  return folder;
};

/** Both databases of a folder; closed when the test ends. */
export const openStores = (folder = aDataFolder()) => {
  const fettle = openFettle(folder);
  const metrics = openMetrics(folder);
  const close = (): void => {
    fettle.db.close();
    metrics.db.close();
  };
  onTestFinished(close);
  return { folder, fettle, metrics, close };
};

/** What the writer's thread has. */
export const openWriter = (folder = aDataFolder(), newId = countingIds(), change: Partial<Times> = {}) => {
  const stores = openStores(folder);
  const pace = { divisor: 1 };
  const times = { ...timesAt(pace), ...change };
  return { ...stores, writer: new Writer({ ...stores, times, book: ruleBookAt(pace), newId }) };
};

type RecordEvent = AgentEvent & { readonly type: 'record' };

/** A place in the alerts lane of `aDevice`. */
export const aRecord = (seq: number, body: RecordBody): RecordEvent => ({
  type: 'record',
  device: 'd_1',
  epoch: 'epoch-1',
  seq,
  body,
});

export const aTold = (seq: number, change: Partial<Transition> = {}): RecordEvent => {
  const { evidence, processes, ...transition } = aTransition(change);
  const lists = { evidence: [...evidence], ...(processes && { processes: [...processes] }) };
  return aRecord(seq, { kind: 'transition', transition: { ...transition, ...lists } });
};

/** Headers of a program with the owner's token. */
export const ownerOf = async ({ commit }: Pick<TestServer, 'commit'>, lifeMs = 3_600_000) => {
  const token = newSecret('fk');
  await commit({
    type: 'create api token',
    actor: SYSTEM,
    hash: hashOf(token),
    name: token,
    expiresMs: Date.now() + lifeMs,
  });
  return { authorization: `Bearer ${token}` };
};

/** Headers of a page of ours with the session of a new user. */
export const userOf = async (
  { commit, url }: Pick<TestServer, 'commit' | 'url'>,
  { name, ...scope }: { readonly name: string; readonly role: Role; readonly tenants: readonly string[] },
) => {
  const [link, session] = [newSecret('fl'), newSecret('fs')];
  await commit({ type: 'add user', actor: SYSTEM, name, ...scope });
  const expiresMs = Date.now() + 60_000;
  await commit({ type: 'create login link', actor: SYSTEM, hash: hashOf(link), expiresMs, user: name });
  await commit({ type: 'sign in', linkHash: hashOf(link), sessionHash: hashOf(session) });
  return { cookie: `fettle=${session}`, origin: url };
};

/** The same for all tests of a file. */
export const shareOwner = (server: () => TestServer): (() => Awaited<ReturnType<typeof ownerOf>>) => {
  let headers: Awaited<ReturnType<typeof ownerOf>> | undefined;
  beforeAll(async () => {
    headers = await ownerOf(server());
  });
  return () => {
    if (!headers) throw new Error('asked for before the tests began');
    return headers;
  };
};
