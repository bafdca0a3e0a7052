// The pools of ZFS, as its module shows them to everybody; only `zpool status` would say which disk it is.
import type { Host } from '../../host/host.ts';
import { listOrNone, readOrNone } from './files.ts';
import type { ArrayState } from './md.parse.ts';
import type { Pool } from './pool.ts';

const POOLS = '/proc/spl/kstat/zfs';
/** The states of a pool: zpoolconcepts(7), "Device Failure and Recovery". */
const STATES: ReadonlyMap<string, ArrayState> = new Map([
  ['ONLINE', 'healthy'],
  ['DEGRADED', 'degraded'],
  ['FAULTED', 'failed'],
  ['OFFLINE', 'failed'],
  ['REMOVED', 'failed'],
  ['UNAVAIL', 'failed'],
  ['SUSPENDED', 'failed'],
]);

/** @returns those whose state has a meaning here, and what the others said */
export const zfsPools = (host: Host): { readonly pools: readonly Pool[]; readonly unknown: readonly string[] } => {
  const told = listOrNone(host, POOLS).flatMap((name) => {
    const said = readOrNone(host, `${POOLS}/${name}/state`)?.trim(); // files for the whole of ZFS lie beside the pools
    return said === undefined ? [] : [{ name, said, state: STATES.get(said) }];
  });
  return {
    pools: told.flatMap(({ name, said, state }) =>
      state === undefined ? [] : [{ id: name, name, about: `zfs, ${said.toLowerCase()}`, state }],
    ),
    unknown: told.flatMap(({ name, said, state }) => (state === undefined ? [`pool ${name}: "${said}"`] : [])),
  };
};
