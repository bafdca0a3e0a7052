// The installer of macOS: the agent below /opt/fettle, its LaunchDaemon, its place in PATH. Node in it is untouched, so that its
// makers' signature stays; nothing else in it is a Mach-O, and so nothing else needs one to be started.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type Entry, below, textEntry } from '../tree.ts';
import { billOfMaterials } from './bom.ts';
import { gzippedCpio } from './cpio.ts';
import { type About, COMPONENT, IDENTIFIER, distribution, packageInfo } from './documents.ts';
import { itemsOf } from './entries.ts';
import { type Member, xarOf } from './xar.ts';

const sources = join(dirname(dirname(dirname(import.meta.dirname))), 'agent', 'packaging', 'macos');
const PLIST = `${IDENTIFIER}.plist`;
/** No folder of Homebrew's, which on Intel owns those in /usr/local: root must not run what a user can change. */
export const INSTALL_FOLDER = 'opt/fettle';

export type Order = {
  /** The files of an installation, relative to its folder. */
  readonly agent: readonly Entry[];
  /** Three numbers with dots between. */
  readonly version: string;
  readonly architecture: About['architecture'];
  /** The one time that everything in it has: seconds since 1970. */
  readonly epochS: number;
};

/** Writes the package to `file`. The same order gives the same bytes. */
export const writePkg = async (file: string, { agent, version, architecture, epochS }: Order): Promise<void> => {
  const items = itemsOf([...below(INSTALL_FOLDER, [...agent, ...tools()]), ...elsewhere()]);
  const scripts = itemsOf([
    textEntry('preinstall', source('preinstall').replace('@VERSION@', version), 0o755),
    textEntry('postinstall', source('postinstall'), 0o755),
  ]);
  const sizeBytes = items.reduce((sum, item) => sum + (item.file?.sizeBytes ?? 0), 0);
  const about: About = { version, architecture, files: items.length, sizeBytes };
  const component: readonly Member[] = [
    { name: 'Bom', bytes: billOfMaterials(items, epochS) },
    { name: 'Payload', bytes: await gzippedCpio(items, epochS) },
    { name: 'Scripts', bytes: await gzippedCpio(scripts, epochS) },
    { name: 'PackageInfo', bytes: Buffer.from(packageInfo(about)) },
  ];
  const members: readonly Member[] = [
    { name: 'Distribution', bytes: Buffer.from(distribution(about)) },
    { name: COMPONENT, members: component },
  ];
  writeFileSync(file, xarOf(members, new Date(epochS * 1000).toISOString().replace('.000', '')));
};

/** Beside the agent: its command, its end, and the plist that `service install` lays down again. */
const tools = (): readonly Entry[] => [
  textEntry('bin/fettle-agent', command(), 0o755),
  textEntry('uninstall.sh', source('uninstall.sh'), 0o755),
  textEntry(`launchd/${PLIST}`, source(PLIST)),
];

const elsewhere = (): readonly Entry[] => [
  textEntry(`Library/LaunchDaemons/${PLIST}`, source(PLIST)),
  textEntry('private/etc/paths.d/fettle', `/${INSTALL_FOLDER}/bin\n`),
];

/** With the flags of the service. */
const command = (): string => {
  const words = [
    ...source(PLIST).matchAll(/<string>(\/opt\/fettle\/node|--[^<]+|\/opt\/fettle\/agent\.js)<\/string>/g),
  ];
  return `#!/bin/sh\nexec ${words.map(([, word]) => word).join(' ')} "$@"\n`;
};

const source = (name: string): string => readFileSync(join(sources, name), 'utf8');
