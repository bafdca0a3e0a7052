// The server as it lies on a Linux machine, as .deb and .rpm.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { DPKG_DEB, makeDeb } from './deb.ts';
import type { Context, Job } from './job.ts';
import type { LinuxPackage } from './linux-package.ts';
import { RPMBUILD, makeRpm } from './rpm.ts';
import { serverTree } from './server-tree.ts';
import { type LinuxTarget, linuxTargets } from './targets.ts';
import { type Entry, below, fileEntry, textEntry } from './tree.ts';

const sources = join(dirname(dirname(import.meta.dirname)), 'server', 'packaging', 'linux');
const HOME = 'usr/lib/fettle-server';
const UNITS = 'usr/lib/systemd/system';

const XZ_LEVEL = 9;

export const serverDeb = (target: LinuxTarget, level = XZ_LEVEL): Job => ({
  name: 'server-deb',
  target,
  needs: [DPKG_DEB, target.strip],
  make: async (context) => makeDeb(await serverPackage(target, context), { ...context, level }),
});

const serverRpm = (target: LinuxTarget, level = XZ_LEVEL): Job => ({
  name: 'server-rpm',
  target,
  needs: [RPMBUILD, target.strip],
  make: async (context) => makeRpm(await serverPackage(target, context), { ...context, level }),
});

export const serverLinuxJobs: readonly Job[] = [
  ...linuxTargets.map((target) => serverDeb(target)),
  ...linuxTargets.map((target) => serverRpm(target)),
];

const serverPackage = async (target: LinuxTarget, context: Context): Promise<LinuxPackage> => ({
  name: 'fettle-server',
  version: context.version,
  target,
  summary: 'shows a team the health of its machines, and opens tickets',
  description: [
    'Takes what Fettle agents see, keeps it, opens one ticket per problem and',
    'shows technicians a live console. One process, one folder of data.',
  ],
  entries: await entriesOf(target, context),
  settings: { path: '/etc/fettle/server.toml', group: 'fettle-server' },
  data: { path: '/var/lib/fettle-server', user: 'fettle-server' },
  depends: ['passwd'],
  maintainer: join(sources, 'maintainer'),
  lintianOverrides: readFileSync(join(sources, 'lintian-overrides'), 'utf8'),
});

const entriesOf = async (target: LinuxTarget, context: Context): Promise<readonly Entry[]> => [
  textEntry('usr/bin/fettle-server', LAUNCHER, 0o755),
  ...below(HOME, await serverTree(target, context)),
  ...readdirSync(sources)
    .filter((name) => /\.(service|timer)$/.test(name))
    .toSorted()
    .map((name) => fileEntry(`${UNITS}/${name}`, join(sources, name))),
  fileEntry('etc/fettle/server.toml', join(sources, 'server.toml'), 0o640),
];

/** For the service, and for people at a terminal, whatever their environment says of Node. */
const LAUNCHER = ['#!/bin/sh', 'unset NODE_OPTIONS NODE_PATH', `exec /${HOME}/node /${HOME}/lib/main.js "$@"`, ''].join(
  '\n',
);
