// The collectors that run in a short-lived child, as the resident agent knows them: what they give and when, not how.
// Their code is loaded by the child alone (cli/probe.ts).
import type { MetricName } from '@fettle/shared/metric/catalog';
import { MINUTE_MS } from '@fettle/shared/time';

import { type Host, HostError } from '../host/host.ts';
import { type Collector, type Reading, UnavailableError, available } from './collector.ts';
import { probeAnswer } from './probe-answer.schema.ts';
import { inCatalogue } from './samples.ts';

export type Slow = {
  readonly id: string;
  readonly tier: 'slow' | 'daily';
  /** Of this collector within the child. */
  readonly timeoutMs: number;
  readonly provides: readonly MetricName[];
};

const slow = (id: string, timeoutMs: number, ...provides: readonly MetricName[]): Slow => ({
  id,
  tier: 'slow',
  timeoutMs,
  provides,
});
const daily = (id: string, timeoutMs: number, ...provides: readonly MetricName[]): Slow => ({
  ...slow(id, timeoutMs, ...provides),
  tier: 'daily',
});

export const slowOnes = {
  accounts: slow('accounts', 30_000, 'fettle.admin.added'),
  backups: slow(
    'backups',
    2 * MINUTE_MS,
    'fettle.backup.state',
    'fettle.backup.age',
    'fettle.backup.size',
    'fettle.backup.restore_test.age',
  ),
  certificates: daily('certificates', MINUTE_MS, 'fettle.certificate.remaining'),
  clock: slow('clock', 30_000, 'fettle.time.offset', 'fettle.time.synchronized'),
  inventory: daily('inventory', MINUTE_MS),
  journal: slow('journal', MINUTE_MS, 'fettle.log.errors', 'fettle.log.coredumps'),
  patches: daily(
    'patches',
    2 * MINUTE_MS,
    'fettle.patches.pending',
    'fettle.patches.security',
    'fettle.patches.security.age',
    'fettle.patches.scan.age',
  ),
  protection: slow(
    'protection',
    MINUTE_MS,
    'fettle.protection.antivirus',
    'fettle.protection.firewall',
    'fettle.protection.encryption',
  ),
  reboot: slow('reboot', 30_000, 'fettle.reboot.pending.age'),
  software: daily('software', MINUTE_MS),
  support: daily('support', 10_000, 'fettle.os.support.remaining'),
  /** Where they cannot be read without a child: services/services.ts. */
  services: slow('services', 30_000, 'fettle.service.state', 'fettle.service.restarts'),
  smart: slow(
    'smart',
    4 * MINUTE_MS,
    'fettle.disk.presence',
    'fettle.disk.activity',
    'fettle.smart.verdict',
    'fettle.disk.sectors.reallocated',
    'fettle.disk.sectors.pending',
    'fettle.disk.sectors.uncorrectable',
    'fettle.disk.errors.reported',
    'fettle.disk.errors.media',
    'fettle.disk.errors.link',
    'fettle.disk.timeouts',
    'fettle.disk.wear',
    'fettle.disk.spare.headroom',
    'fettle.disk.power_on',
    'fettle.disk.temperature.headroom',
    'fettle.disk.temperature',
  ),
} as const satisfies Readonly<Record<string, Slow>>;

export type SlowId = keyof typeof slowOnes;

export const isSlowId = (id: string): id is SlowId => Object.hasOwn(slowOnes, id);

/** Longer than any child lives. */
const CHILD_TIMEOUT_MS = 11 * MINUTE_MS;

/** The resident's side of a slow collector. */
export const inChild = ({ id, tier, provides }: Slow): Collector => ({
  id,
  tier,
  provides,
  timeoutMs: CHILD_TIMEOUT_MS,
  probe: () => Promise.resolve(available('a short-lived child')),
  collect: (host, { signal }) => ask(host, id, signal),
});

const ask = async (host: Host, id: string, signal: AbortSignal): Promise<Reading> => {
  const parsed = probeAnswer.safeParse(await host.probe(id, signal));
  if (!parsed.success) throw new HostError('parse_error', `the child's answer for ${id} is not as expected`);
  const { unavailable, samples, ...rest } = parsed.data;
  if (unavailable) throw new UnavailableError(unavailable);
  return { ...rest, samples: inCatalogue(samples) };
};
