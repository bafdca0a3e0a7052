// Which volumes there are, for the collector that looks at them each minute, and for people.
import { type ChildHost, HostError } from '../../host/host.ts';
import { type Collector, type Reading, available, reasonOf } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { sizeInWords } from '../smart/identity.parse.ts';
import { askWindows } from './batch.ts';
import { windowsSlow } from './slow.ts';
import type { VolumeMemory } from './volume-memory.schema.ts';
import { type Volume, parseMountedDevices, parseVolumes } from './volumes.parse.ts';

export const VOLUMES_ID = windowsSlow['volume-list'].id;
const VOLUMES_MAX = 200;
const KEY = String.raw`HKLM\SYSTEM\MountedDevices`;

export const volumeList = (): Collector<ChildHost> => ({
  ...windowsSlow['volume-list'],
  probe: () => Promise.resolve(available('WMI, else the registry')),
  collect: async (host) => {
    const { volumes, partial } = await listed(host);
    const memory: VolumeMemory = { version: 1, volumes: volumes.slice(0, VOLUMES_MAX) };
    host.memory.write(VOLUMES_ID, memory);
    return {
      samples: [],
      partial,
      sections: [{ id: 'volumes', title: 'Volumes', facts: onePage(volumes.flatMap(factOf)) }],
    };
  },
});

type Listed = { readonly volumes: readonly Volume[] } & Required<Pick<Reading, 'partial'>>;

/** Without PowerShell letters are known, and not what is mounted in folders. */
const listed = async (host: ChildHost): Promise<Listed> => {
  try {
    return { volumes: parseVolumes(await askWindows(host, 'volumes')), partial: [] };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { stdout } = await host.run('reg', ['query', KEY], { codes: [0] });
    return { volumes: await present(host, parseMountedDevices(stdout)), partial: [reasonOf(error)] };
  }
};

/** Windows remembers letters of disks that are away. */
const present = async (host: ChildHost, volumes: readonly Volume[]): Promise<readonly Volume[]> => {
  const found: Volume[] = [];
  for (const volume of volumes) {
    const isThere = await host.statVolume(volume.mountpoint).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(volume);
  }
  return found;
};

const factOf = ({ mountpoint, type, label, bytes }: Volume) =>
  fact(mountpoint, [label, type, bytes && sizeInWords(bytes)].filter(Boolean).join(', '));
