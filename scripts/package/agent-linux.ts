// The agent as it lies on a Linux machine, as .deb and .rpm.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { agentEnvironment, agentFlagsOn } from '../build/agent.ts';
import { DPKG_DEB, makeDeb } from './deb.ts';
import type { Context, Job } from './job.ts';
import { compilerFor, hostEntries } from './linux-host.ts';
import type { LinuxPackage } from './linux-package.ts';
import { RPMBUILD, makeRpm } from './rpm.ts';
import { type LinuxTarget, linuxTargets } from './targets.ts';
import { type Entry, below, fileEntry, textEntry } from './tree.ts';

const sources = join(dirname(dirname(import.meta.dirname)), 'agent', 'packaging', 'linux');
const HOME = 'usr/lib/fettle-agent';
const UNITS = 'usr/lib/systemd/system';

const XZ_LEVEL = 6;

export const agentDeb = (target: LinuxTarget, level = XZ_LEVEL): Job => ({
  name: 'agent-deb',
  target,
  needs: [DPKG_DEB, ...needsOf(target)],
  make: async (context) => makeDeb(await agentPackage(target, context), { ...context, level }),
});

export const agentRpm = (target: LinuxTarget, level = XZ_LEVEL): Job => ({
  name: 'agent-rpm',
  target,
  needs: [RPMBUILD, ...needsOf(target)],
  make: async (context) => makeRpm(await agentPackage(target, context), { ...context, level }),
});

const needsOf = (target: LinuxTarget) => [target.strip, compilerFor(target)];

export const agentLinuxJobs: readonly Job[] = [
  ...linuxTargets.map((target) => agentDeb(target)),
  ...linuxTargets.map((target) => agentRpm(target)),
];

const agentPackage = async (target: LinuxTarget, context: Context): Promise<LinuxPackage> => ({
  name: 'fettle-agent',
  version: context.version,
  target,
  summary: 'watches the health of this machine for a Fettle server',
  description: [
    'Reads disks, SMART, batteries, memory, services, patches and backups, judges',
    'them by rules and tells one server of its own choice what is wrong, once.',
    'It listens on nothing and runs nothing that the server could write.',
  ],
  entries: await entriesOf(target, context),
  settings: { path: '/etc/fettle/agent.toml', group: 'fettle' },
  data: { path: '/var/lib/fettle', user: 'fettle' },
  depends: ['passwd'],
  maintainer: join(sources, 'maintainer'),
  lintianOverrides: readFileSync(join(sources, 'lintian-overrides'), 'utf8'),
});

const entriesOf = async (target: LinuxTarget, context: Context): Promise<readonly Entry[]> => [
  textEntry('usr/bin/fettle-agent', LAUNCHER, 0o755),
  ...below(HOME, [...(await context.agent(target)), ...hostEntries(target, context.work)]),
  ...readdirSync(sources)
    .filter((name) => /\.(service|timer)$/.test(name))
    .toSorted()
    .map((name) => fileEntry(`${UNITS}/${name}`, join(sources, name))),
  fileEntry('etc/fettle/agent.toml', join(sources, 'agent.toml'), 0o640),
];

/** For people at a terminal: as the service starts it, whatever their environment says of Node. */
const LAUNCHER = [
  '#!/bin/sh',
  'unset NODE_OPTIONS NODE_PATH',
  `export ${Object.entries(agentEnvironment)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`,
  `exec /${HOME}/node ${agentFlagsOn('linux').join(' ')} /${HOME}/agent.js "$@"`,
  '',
].join('\n');
