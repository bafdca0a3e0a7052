// Is the disk of the system encrypted, and what is swapped out?
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { type Fact, fact } from '../facts.ts';
import { kernelText } from '../kernel-files.ts';
import { type Mount, parseMounts } from '../mounts.parse.ts';
import { deviceOf, isEncrypted, togetherWith } from './block-layers.ts';

export type Encryption = { readonly isOn: boolean } | { readonly missing: Reason };

export const readEncryption = (host: ChildHost): Encryption => {
  // of mounts on one path the last is seen
  const root = parseMounts(host.readKernel('/proc/self/mountinfo')).findLast(({ mountpoint }) => mountpoint === '/');
  const device = root && deviceOf(host, root.source, root.dev);
  if (root === undefined || device === undefined) return { missing: noDevice(root) };
  return { isOn: togetherWith(host, device).every((one) => isEncrypted(host, one)) };
};

const noDevice = (root: Mount | undefined): Reason =>
  root?.type === 'zfs'
    ? { code: 'tool_missing', detail: 'the system lies on ZFS, whose own encryption is not looked at' }
    : {
        code: 'virtual',
        detail: `the system lies on ${root?.type ?? 'nothing known'}, which is no disk of this machine`,
      };

/** proc_swaps(5): after a line of titles, the path first, its blanks as octal digits. */
export const swapFacts = (host: ChildHost): readonly Fact[] => {
  const lines = (kernelText(host, '/proc/swaps') ?? '').split('\n').slice(1, 20);
  return lines.flatMap((line) => {
    const [path, kind] = line.split(/\s+/);
    if (!path || (kind !== 'partition' && kind !== 'file')) return [];
    return fact(`Swap ${path}`, swapWords(host, path, kind));
  });
};

const swapWords = (host: ChildHost, path: string, kind: string): string => {
  if (kind === 'file') return 'a file: as its disk';
  if (/^\/dev\/zram\d+$/.test(path)) return 'in memory, compressed';
  const device = deviceOf(host, path, '');
  if (device === undefined) return 'not known';
  return isEncrypted(host, device) ? 'encrypted' : 'not encrypted';
};
