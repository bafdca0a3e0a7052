// Arrays of disks: md, btrfs, zfs. The kernel's own words, read from memory; no disk is asked.
import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Sample } from '@fettle/shared/metric/sample';
import { cleanText } from '@fettle/shared/wire/bytes';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { createAbsence } from '../absence.ts';
import { type Collector, DETAIL_MAX_BYTES, type Section, available, reasonOf } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { sample } from '../samples.ts';
import { btrfsPools } from './btrfs.ts';
import { mdPools } from './md.ts';
import type { Pool } from './pool.ts';
import { zfsPools } from './zfs.ts';

/** The catalogue's numbers. */
const STATE = { healthy: 0, rebuilding: 1, degraded: 2, failed: 3 } as const;
const NONE: Reason = { code: 'no_hardware', detail: 'No array of disks (md), btrfs or ZFS pool is in use.' };

export const arrays = (): Collector => {
  const note = createAbsence(NONE);
  return {
    id: 'arrays',
    ...linux.arrays,
    timeoutMs: 10_000,
    probe: async (host) => {
      const { pools, partial } = readPools(host);
      if (pools.length > 0) return available('/sys/block, /sys/fs/btrfs, ZFS');
      return { ok: false, reason: partial[0] ?? NONE };
    },
    collect: async (host) => {
      const { pools, partial } = readPools(host);
      note(pools.length > 0 || partial.length > 0);
      const samples = pools.flatMap(samplesOf);
      return { samples, partial, ...(partial.length === 0 && { sections: [sectionOf(pools)] }) };
    },
  };
};

/** One kind that cannot be read takes no other with it. */
const readPools = (host: Host) => {
  const pools: Pool[] = [];
  const partial: Reason[] = [];
  const kinds = [
    () => mdPools(host),
    () => btrfsPools(host),
    () => {
      const { pools: known, unknown } = zfsPools(host);
      if (unknown.length > 0)
        partial.push({ code: 'parse_error', detail: cleanText(unknown.join(', '), DETAIL_MAX_BYTES) });
      return known;
    },
  ];
  for (const read of kinds) {
    try {
      pools.push(...read());
    } catch (error) {
      partial.push(reasonOf(error));
    }
  }
  return { pools, partial };
};

const samplesOf = ({ id, name, state, missing, errors }: Pool): readonly Sample[] => {
  const attributes = { 'hw.id': id, 'hw.name': name };
  return [
    ...sample('fettle.raid.state', attributes, state && STATE[state]),
    ...sample('fettle.raid.missing', attributes, missing),
    ...sample('fettle.filesystem.errors', attributes, errors),
  ];
};

const sectionOf = (pools: readonly Pool[]): Section => ({
  id: 'arrays',
  title: 'Arrays',
  facts: onePage(pools.flatMap(({ name, about }) => fact(name, about))),
});
