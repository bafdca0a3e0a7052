// What the server's tests are made of: a folder of their own, and one of each thing with every field filled.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Transition, alertKey } from '@fettle/shared/alert/alert';
import pino from 'pino';
import { afterAll, onTestFinished } from 'vitest';

import { type ServerOptions, startServer } from './app.ts';
import type { Alert } from './domain/alert.ts';
import type { Device } from './domain/device.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-server-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Empty, and gone after the test file. */
const freshFolder = (): string => mkdtempSync(join(root, 'data-'));

/** The whole server on a free port of loopback, stopped when the test ends. */
export const startTestServer = async (change: Partial<ServerOptions> = {}) => {
  const server = await startServer({
    folder: freshFolder(),
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    isBehindProxy: false,
    tls: undefined,
    pace: { divisor: 1 },
    retention: { rawDays: 14, eventDays: 90 },
    consoleFolder: freshFolder(),
    log: pino({ level: 'silent' }),
    version: '0.1.0',
    onDeath: (error) => {
      throw error;
    },
    ...change,
  });
  onTestFinished(() => server.close());
  return { ...server, url: server.addresses.url };
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
  capabilities: [{ id: 'cpu', ok: true, source: '/proc/stat' }],
  inventory: { atMs: NOW, sections: [{ id: 'os', title: 'System', facts: [{ label: 'Name', value: 'Debian' }] }] },
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
    ruleHash: 'hash-1',
    ticket: null,
    ackedBy: null,
    ...change,
  };
};
