import type { Host } from '../../host/host.ts';
import { listOrNone, readOrNone } from './files.ts';
import { type MdFiles, parseMd } from './md.parse.ts';
import type { Pool } from './pool.ts';
import { nameWithSerial } from './serial.ts';

const BLOCK = '/sys/block';
/** What an array says that has no name of its own. */
const NO_UUID = /^[0:-]*$/;

export const mdPools = (host: Host): readonly Pool[] =>
  listOrNone(host, BLOCK)
    .filter((name) => name.startsWith('md'))
    .flatMap((name) => mdPool(host, name));

const mdPool = (host: Host, name: string): readonly Pool[] => {
  const folder = `${BLOCK}/${name}/md`;
  const md = parseMd(filesOf(host, folder));
  if (!md) return [];
  const { state, missing, level, disks, faulty } = md;
  const uuid = readOrNone(host, `${folder}/uuid`)?.trim() ?? '';
  const failed = faulty.map((member) => `failed: ${nameWithSerial(host, member)}`);
  return [
    {
      id: NO_UUID.test(uuid) ? name : uuid,
      name,
      about: [level, ...(disks === undefined ? [] : [`${disks} disks`]), state, ...failed].join(', '),
      state,
      ...(missing !== undefined && { missing }),
    },
  ];
};

const filesOf = (host: Host, folder: string): MdFiles => {
  const text = (name: string) => readOrNone(host, `${folder}/${name}`);
  const members = listOrNone(host, folder).flatMap((name) => /^dev-(.+)$/.exec(name)?.[1] ?? []);
  return {
    arrayState: text('array_state') ?? '',
    level: text('level') ?? '',
    metadata: text('metadata_version') ?? '',
    raidDisks: text('raid_disks') ?? '',
    degraded: text('degraded'),
    syncAction: text('sync_action'),
    members: new Map(members.map((name) => [name, text(`dev-${name}/state`) ?? ''])),
  };
};
