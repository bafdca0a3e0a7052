// A .deb, by dpkg-deb: the same entries are the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { GLIBC, type LinuxPackage, MAINTAINER } from './linux-package.ts';
import { maintainerScripts } from './maintainer-scripts.ts';
import { type Tool, runTool } from './tools.ts';
import { type Entry, textEntry, writeTree } from './tree.ts';

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debian: 'dpkg' };

/** What stock Node is linked with. */
const NODE_NEEDS = [`libc6 (>= ${GLIBC})`, 'libstdc++6', 'libgcc-s1', 'libatomic1'];

type Place = {
  readonly work: string;
  readonly out: string;
  readonly epochS: number;
  /** Of xz: 6 is 27 MB and a minute, 0 is 38 MB and some seconds, for what is only tried. */
  readonly level: number;
};

/** @returns the file */
export const makeDeb = async (pkg: LinuxPackage, { work, out, epochS, level }: Place): Promise<string> => {
  const root = join(work, 'root');
  const entries = [...pkg.entries, ...documents(pkg, epochS)];
  writeTree(root, [...entries, ...controlEntries(pkg, entries)], epochS);
  const file = join(out, `${pkg.name}_${pkg.version}_${pkg.target.deb}.deb`);
  // xz, for dpkg of before 2022; one thread, as more of them cut the data elsewhere
  const packing = ['-Zxz', `-z${level}`, '--threads-max=1'];
  await runTool(DPKG_DEB, ['--root-owner-group', ...packing, '--build', root, file], {
    env: { SOURCE_DATE_EPOCH: String(epochS) },
  });
  return file;
};

const controlEntries = (pkg: LinuxPackage, entries: readonly Entry[]): readonly Entry[] => [
  textEntry('DEBIAN/control', control(pkg, entries)),
  textEntry('DEBIAN/conffiles', `${pkg.settings.path}\n`),
  textEntry('DEBIAN/md5sums', entries.map(sumLine).join('')),
  ...[...maintainerScripts(pkg, 'deb')].map(([name, text]) => textEntry(`DEBIAN/${name}`, `#!/bin/sh\n${text}`, 0o755)),
];

const control = (pkg: LinuxPackage, entries: readonly Entry[]): string =>
  [
    `Package: ${pkg.name}`,
    `Version: ${pkg.version}`,
    `Architecture: ${pkg.target.deb}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${Math.ceil(sizeBytesOf(entries) / 1024)}`,
    `Depends: ${[...NODE_NEEDS, ...pkg.depends].join(', ')}`,
    'Section: admin',
    'Priority: optional',
    `Description: ${pkg.summary}`,
    ...pkg.description.map((line) => ` ${line}`),
    '',
  ].join('\n');

const documents = (pkg: LinuxPackage, epochS: number): readonly Entry[] => {
  const folder = `usr/share/doc/${pkg.name}`;
  return [
    { path: `${folder}/changelog.gz`, mode: 0o644, from: gzipSync(changelog(pkg, epochS), { level: 9 }) },
    textEntry(`${folder}/copyright`, COPYRIGHT),
    textEntry(`usr/share/lintian/overrides/${pkg.name}`, pkg.lintianOverrides),
  ];
};

/** Debian Policy, 4.4; what changed is told by the project itself. */
const changelog = ({ name, version }: LinuxPackage, epochS: number): string =>
  [
    `${name} (${version}) stable; urgency=medium`,
    '',
    `  * Fettle ${version}: CHANGELOG.md of the project says what is new.`,
    '',
    ` -- ${MAINTAINER}  ${new Date(epochS * 1000).toUTCString().replace('GMT', '+0000')}`,
    '',
  ].join('\n');

const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Fettle

Files: *
Copyright: 2026 The Fettle authors
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
Comment:
 Node.js and what else is in it lies beside it with its own licences: the
 files LICENSE.node and NOTICES in the folder of the program.
`;

const bytesOf = ({ from }: Entry): Uint8Array => (from instanceof Uint8Array ? from : readFileSync(from.file));
const sizeBytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => sum + bytesOf(entry).byteLength, 0);

/** deb-md5sums(5) */
const sumLine = (entry: Entry): string => `${createHash('md5').update(bytesOf(entry)).digest('hex')}  ${entry.path}\n`;
