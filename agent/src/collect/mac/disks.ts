// Asks diskutil, whose answers are property lists.
import type { ChildHost } from '../../host/host.ts';
import { type DiskInfo, type Listed, parseDiskInfo, parseDiskList } from './disks.parse.ts';
import { type Plist, parsePlist } from './plist.parse.ts';

/** A disk that does not answer is waited for by diskutil. */
const ASKING_MS = 20_000;
/** More than any Mac has for good reason. */
const DISKS_MAX = 64;

/** @throws HostError, SyntaxError for an answer that is none */
export const listDisks = async (host: ChildHost): Promise<readonly Listed[]> =>
  parseDiskList(await ask(host, 'list', '-plist')).slice(0, DISKS_MAX);

/** @throws as listDisks */
export const diskInfo = async (host: ChildHost, disk: string): Promise<DiskInfo> =>
  parseDiskInfo(await ask(host, 'info', '-plist', disk));

const ask = async (host: ChildHost, ...args: readonly string[]): Promise<Plist> => {
  const { stdout } = await host.run('diskutil', args, { timeoutMs: ASKING_MS, codes: [0] });
  return parsePlist(stdout);
};
