// The disk of the guest: a small Debian with systemd, and the agent's files where its packages put them.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { agentFile } from '../build/agent.ts';
import { buildHost } from '../build/host.ts';
import { MissingError } from '../debian/missing-error.ts';

const RELEASE = 'bookworm';
const PACKAGES = 'systemd-sysv,dbus,udev,libatomic1,ca-certificates,smartmontools';
const DISK_BYTES = 2 * 1024 ** 3;
const FETCH_MS = 900_000;
const UNITS = ['fettle-agent.service', 'fettle-smart.service', 'fettle-smart.timer'] as const;
const PACKAGING = join(import.meta.dirname, '..', '..', 'agent', 'packaging', 'linux');

/** @param cache of the root without the agent, as an archive. @returns nothing: the image is at `path`. @throws MissingError */
export const writeDisk = (path: string, cache: string): void => {
  const archive = bringDebian(cache);
  const root = mkdtempSync(join(tmpdir(), 'fettle-root-'));
  try {
    execFileSync('tar', ['--extract', '--file', archive, '--directory', root, '--numeric-owner']);
    addControl(root);
    addAgent(root);
    writeFileSync(path, '');
    truncateSync(path, DISK_BYTES);
    execFileSync('mkfs.ext4', ['-q', '-F', '-d', root, path], { stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    rmSync(root, { recursive: true });
  }
};

/** By debootstrap, once: takes two minutes. */
const bringDebian = (cache: string): string => {
  const archive = join(cache, `${RELEASE}.tar`);
  if (existsSync(archive)) return archive;
  if (process.getuid?.() !== 0)
    throw new MissingError('Only root can make the guest: its files belong to several users.');
  mkdirSync(cache, { recursive: true });
  process.stderr.write('making a small Debian by debootstrap, about two minutes …\n');
  const root = mkdtempSync(join(cache, 'fresh-'));
  try {
    const args = ['--variant=minbase', `--include=${PACKAGES}`, RELEASE, root];
    const { status, error, stdout } = spawnSync('debootstrap', args, { timeout: FETCH_MS, encoding: 'utf8' });
    if (status !== 0)
      throw new MissingError(`debootstrap failed: ${error?.message ?? stdout.trim().split('\n').at(-1)}`);
    execFileSync('tar', [
      '--create',
      '--file',
      `${archive}.new`,
      '--directory',
      root,
      '--numeric-owner',
      '--exclude=./var/cache/apt/archives/*.deb',
      '.',
    ]);
    renameSync(`${archive}.new`, archive);
    return archive;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

const CONTROL_UNIT = `[Unit]
Description=Does what the test says
[Service]
ExecStart=/usr/local/bin/fettle-control
[Install]
WantedBy=multi-user.target
`;

const addControl = (root: string): void => {
  place(root, 'usr/local/bin/fettle-control', readFileSync(join(import.meta.dirname, 'control.sh')), 0o755);
  place(root, 'etc/systemd/system/fettle-control.service', CONTROL_UNIT);
  place(root, 'etc/systemd/network/all.network', '[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\n');
  place(root, 'etc/hostname', 'guest\n');
  place(root, 'etc/machine-id', '');
  const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
  mkdirSync(wants, { recursive: true });
  for (const unit of ['/etc/systemd/system/fettle-control.service', '/lib/systemd/system/systemd-networkd.service'])
    symlinkSync(unit, join(wants, unit.slice(unit.lastIndexOf('/') + 1)));
};

/** As a package would; the same in a folder of its own is made in the guest. */
const addAgent = (root: string): void => {
  const folder = join(root, 'usr/lib/fettle-agent');
  cpSync(dirname(agentFile), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  cpSync(process.execPath, join(folder, 'node'));
  buildHost(join(folder, 'fettle-agent-host'), 'x64');
  for (const unit of UNITS) {
    const text = readFileSync(join(PACKAGING, unit));
    place(root, `usr/lib/systemd/system/${unit}`, text);
    place(root, `usr/lib/fettle-agent/systemd/${unit}`, text);
  }
  const start = '#!/bin/sh\nexec /usr/lib/fettle-agent/node /usr/lib/fettle-agent/agent.js "$@"\n';
  place(root, 'usr/bin/fettle-agent', start, 0o755);
};

const place = (root: string, path: string, content: string | Buffer, mode = 0o644): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
};
