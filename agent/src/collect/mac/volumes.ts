// How full the volumes are that volume-list.ts found, each minute.
import { macos } from '@fettle/shared/metric/read-by-mac';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type Collector, available } from '../collector.ts';
import { statVolumes } from '../volumes.ts';
import { volumeMemory } from '../windows/volume-memory.schema.ts';

const NOT_LISTED: Reason = {
  code: 'timeout',
  detail: 'which volumes there are beside that of the system is not known yet',
};

export const macVolumes = (): Collector => ({
  id: 'volumes',
  ...macos.volumes,
  timeoutMs: 20_000,
  probe: () => Promise.resolve(available('statfs of each volume that is built in')),
  collect: async (host) => {
    const known = volumeMemory.safeParse(host.memory.read('volume-list'));
    const listed = known.success ? known.data.volumes : [];
    const own = { mountpoint: host.builtin.systemVolume, type: 'apfs' };
    const volumes = listed.some(({ mountpoint }) => mountpoint === own.mountpoint) ? listed : [own, ...listed];
    const mounts = volumes.map(({ mountpoint, type }) => ({
      dev: '',
      root: '/',
      mountpoint,
      type,
      source: mountpoint,
    }));
    const { samples, partial } = await statVolumes(host, mounts);
    return { samples, partial: known.success ? partial : [...partial, NOT_LISTED] };
  },
});
