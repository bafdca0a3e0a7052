// The collectors that run in a short-lived child, as the resident agent knows them: what they give and when, not how.
// Their code is loaded by the child alone (cli/probe.ts).
import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Source } from '@fettle/shared/metric/source';
import { MINUTE_MS } from '@fettle/shared/time';

import { type Host, HostError } from '../host/host.ts';
import { type Collector, type Reading, UnavailableError, available } from './collector.ts';
import { probeAnswer } from './probe-answer.schema.ts';
import { inCatalogue } from './samples.ts';

export type Slow = Source & {
  readonly id: string;
  readonly tier: 'slow' | 'daily';
  /** Of this collector within the child. */
  readonly timeoutMs: number;
};

const onLinux = <I extends keyof typeof linux>(id: I, timeoutMs: number) => ({ id, ...linux[id], timeoutMs });

/** On Linux. */
export const slowOnes = {
  accounts: onLinux('accounts', 30_000),
  backups: onLinux('backups', 2 * MINUTE_MS),
  certificates: onLinux('certificates', MINUTE_MS),
  clock: onLinux('clock', 30_000),
  inventory: onLinux('inventory', MINUTE_MS),
  journal: onLinux('journal', MINUTE_MS),
  patches: onLinux('patches', 2 * MINUTE_MS),
  protection: onLinux('protection', MINUTE_MS),
  reboot: onLinux('reboot', 30_000),
  software: onLinux('software', MINUTE_MS),
  support: onLinux('support', 10_000),
  /** Where they cannot be read without a child: services/services.ts. */
  services: { ...onLinux('services', 30_000), tier: 'slow' },
  smart: onLinux('smart', 4 * MINUTE_MS),
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
