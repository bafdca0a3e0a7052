// What tests of the spool on the disk share.
import type { Cancel, Clock, Rng } from '@fettle/shared/time';

import { type DiskSpoolOptions, openDiskSpool } from './disk-spool.ts';
import { DISK_LIMITS, type DiskLimits } from './limits.ts';

export const AT = 1_763_856_000_000;

/** A wait below a second is over in the next turn; a longer one when so much time was made to pass. */
export const hastyClock = (): Clock & { readonly pass: (ms: number) => void } => {
  let nowMs = 0;
  const waiting = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const after = (delayMs: number, run: () => void): Cancel => {
    if (delayMs < 1_000) {
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    }
    const wait = { atMs: nowMs + delayMs, run };
    waiting.add(wait);
    return () => waiting.delete(wait);
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const wait of [...waiting].filter(({ atMs }) => atMs <= nowMs)) {
      waiting.delete(wait);
      wait.run();
    }
  };
  return { wallMs: () => AT + nowMs, monoMs: () => nowMs, after, pass };
};

/** Marsaglia's xorshift of 32 bits (2003): the same numbers for the same seed. */
export const seeded = (seed: number): Rng => {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

/** Small, so that a few records fill it, and nothing else needs room. */
export const SMALL: DiskLimits = {
  ...DISK_LIMITS,
  segmentBytes: 450,
  ackedAlerts: { maxBytes: 2_000, maxAgeMs: DISK_LIMITS.ackedAlerts.maxAgeMs },
  free: { bytes: 0, share: 0 },
  ballastBytes: 0,
};

let epochs = 0;

export const openSmall = (options: Pick<DiskSpoolOptions, 'disk' | 'clock'> & Partial<DiskSpoolOptions>) =>
  openDiskSpool({
    newEpoch: () => `epoch-${(epochs += 1)}`,
    bootId: 'boot',
    limits: SMALL,
    onHealth: () => undefined,
    ...options,
  });
