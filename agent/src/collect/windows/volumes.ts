// How full the volumes are that volume-list.ts found, each minute.
import { windows } from '@fettle/shared/metric/read-by-windows';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type Collector, available } from '../collector.ts';
import { statVolumes } from '../volumes.ts';
import { volumeMemory } from './volume-memory.schema.ts';
import { UNKNOWN_TYPE } from './volumes.parse.ts';

const NOT_LISTED: Reason = {
  code: 'timeout',
  detail: 'which volumes there are beside that of the system is not known yet',
};

export const windowsVolumes = (): Collector => ({
  id: 'volumes',
  ...windows.volumes,
  timeoutMs: 20_000,
  probe: () => Promise.resolve(available('statfs of each fixed drive')),
  collect: async (host) => {
    const known = volumeMemory.safeParse(host.memory.read('volume-list'));
    const volumes = known.success ? known.data.volumes : [];
    const own = host.builtin.systemVolume;
    const all = volumes.some(({ mountpoint }) => mountpoint === own)
      ? volumes
      : [{ mountpoint: own, type: UNKNOWN_TYPE }, ...volumes];
    const mounts = all.map(({ mountpoint, type }) => ({ dev: '', root: '/', mountpoint, type, source: mountpoint }));
    const { samples, partial } = await statVolumes(host, mounts);
    return { samples, partial: known.success ? partial : [...partial, NOT_LISTED] };
  },
});
