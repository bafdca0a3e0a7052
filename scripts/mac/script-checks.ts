// What runs as root while a package is installed and removed, on a disk of its own: the shell and its tools are BusyBox's. launchd and
// the receipts are Apple's and not to be had here: played by two scripts that keep what they were told in a folder.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Check } from '../vm/checks.ts';

const SHELL_TOOLS = [
  'sh',
  'awk',
  'find',
  'mkdir',
  'chown',
  'chmod',
  'cat',
  'sleep',
  'rm',
  'id',
  'echo',
  'touch',
  'stat',
];

/** Loaded is a file; each call is a line of the log. */
const LAUNCHCTL = `#!/bin/sh
echo "launchctl $*" >>/told
case $1 in
print) [ -e /loaded ] ;;
bootout) [ -e /stubborn ] || rm -f /loaded ;;
bootstrap) [ ! -e /refuses ] && touch /loaded ;;
esac
`;
const PKGUTIL = `#!/bin/sh
echo "pkgutil $*" >>/told
case $* in
*--pkg-info*) [ -e /receipt ] && echo "version: $(cat /receipt)" ;;
esac
`;

export type Parts = {
  readonly busybox: string;
  /** Of the package: where its scripts are. */
  readonly scripts: string;
  /** /opt/fettle as it was unpacked. */
  readonly tree: string;
  /** Empty. */
  readonly work: string;
};

type Disk = {
  readonly root: string;
  /** @returns exit code and what it said on stderr */
  readonly run: (script: string, ...args: readonly string[]) => string;
};

export const checksOfScripts = (parts: Parts): readonly Check[] => [
  ...first(disk(parts, 'first')),
  ...upgrade(disk(parts, 'upgrade')),
  ...refusals(parts),
  ...removal(disk(parts, 'removal')),
];

const CONFIG = 'Library/Application Support/Fettle';
const INSTALL = ['/pkg', '/', '/'] as const;

const first = ({ root, run }: Disk): readonly Check[] => [
  { what: 'before a first installation', wanted: '0', found: run('/pkg/preinstall', ...INSTALL) },
  { what: 'after it', wanted: '0', found: run('/pkg/postinstall', ...INSTALL) },
  { what: 'launchd has it', wanted: 'true', found: `${existsSync(join(root, 'loaded'))}` },
  { what: 'settings to fill in', wanted: 'true', found: `${existsSync(join(root, CONFIG, 'agent.toml'))}` },
  { what: 'data for root alone', wanted: '0 700', found: run('/bin/stat', '-c', '%a', `/${CONFIG}/data`) },
];

const upgrade = ({ root, run }: Disk): readonly Check[] => {
  const settings = join(root, CONFIG, 'agent.toml');
  mkdirSync(join(root, CONFIG), { recursive: true });
  writeFileSync(settings, '# mine\n');
  for (const [name, text] of [
    ['receipt', '0.0.9'],
    ['loaded', ''],
  ] as const)
    writeFileSync(join(root, name), text);
  const codes = [run('/pkg/preinstall', ...INSTALL), run('/pkg/postinstall', ...INSTALL)];
  const calls = readFileSync(join(root, 'told'), 'utf8').match(/bootout|bootstrap/g) ?? [];
  return [
    { what: 'an upgrade', wanted: '0 0', found: codes.join(' ') },
    { what: 'stops the old one, starts the new one', wanted: 'bootout bootstrap', found: calls.join(' ') },
    { what: 'keeps the settings', wanted: '# mine\n', found: readFileSync(settings, 'utf8') },
  ];
};

const refusals = (parts: Parts): readonly Check[] => {
  const older = disk(parts, 'older');
  writeFileSync(join(older.root, 'receipt'), '10.0.0');
  const foreign = disk(parts, 'foreign');
  mkdirSync(join(foreign.root, 'opt'));
  symlinkSync('/tmp', join(foreign.root, 'opt/fettle'));
  const deaf = disk(parts, 'deaf');
  writeFileSync(join(deaf.root, 'refuses'), '');
  return [
    said('older over newer is refused', older, '/pkg/preinstall', 'version 10.0.0 is installed'),
    said('a link in its place is refused', foreign, '/pkg/preinstall', '/opt/fettle is in the way'),
    said('launchd refuses: told', deaf, '/pkg/postinstall', 'launchd did not take'),
  ];
};

/** Refused with these words. */
const said = (what: string, { run }: Disk, script: string, words: string): Check => {
  const answer = run(script, ...INSTALL);
  return {
    what,
    wanted: `1 … ${words}`,
    found: answer.startsWith('1 ') && answer.includes(words) ? `1 … ${words}` : answer,
  };
};

const removal = ({ root, run }: Disk): readonly Check[] => {
  run('/pkg/postinstall', ...INSTALL);
  const wrong = run('/opt/fettle/uninstall.sh', '--all');
  const kept = run('/opt/fettle/uninstall.sh');
  const before = [existsSync(join(root, 'opt/fettle')), existsSync(join(root, CONFIG))];
  copyFileSync(join(root, 'uninstall.sh'), join(root, 'again.sh'));
  const purged = run('/again.sh', '--purge');
  return [
    { what: 'an unknown word to the uninstaller', wanted: '2', found: wrong.slice(0, 1) },
    { what: 'removed; settings and identity stay', wanted: '0 false,true', found: `${kept.trim()} ${before.join()}` },
    { what: 'purged: nothing stays', wanted: '0 false', found: `${purged.trim()} ${existsSync(join(root, CONFIG))}` },
  ];
};

/** A root of its own for one story. */
const disk = ({ busybox, scripts, tree, work }: Parts, name: string): Disk => {
  const root = join(work, name);
  for (const folder of ['bin', 'usr/sbin', 'usr/bin', 'sbin', 'pkg', 'dev', 'tmp'])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(busybox, join(root, 'bin/busybox'));
  chmodSync(join(root, 'bin/busybox'), 0o755);
  for (const tool of SHELL_TOOLS) symlinkSync('busybox', join(root, 'bin', tool));
  program(join(root, 'bin/launchctl'), LAUNCHCTL);
  program(join(root, 'usr/sbin/pkgutil'), PKGUTIL);
  for (const script of ['preinstall', 'postinstall'])
    program(join(root, 'pkg', script), readFileSync(join(scripts, script)));
  if (name === 'removal') {
    mkdirSync(join(root, 'opt/fettle'), { recursive: true });
    for (const place of ['opt/fettle', ''])
      program(join(root, place, 'uninstall.sh'), readFileSync(join(tree, 'uninstall.sh')));
  }
  writeFileSync(join(root, 'dev/null'), '');
  return { root, run: (script, ...args) => runIn(root, script, args) };
};

const program = (path: string, text: Buffer | string): void => writeFileSync(path, text, { mode: 0o755 });

/** As root of a user namespace, whoever runs this. */
const runIn = (root: string, script: string, args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(
    'unshare',
    ['--user', '--map-root-user', `--root=${root}`, script, ...args],
    { encoding: 'utf8', env: {}, timeout: 60_000 },
  );
  if (error) throw error;
  const answer = script === '/bin/stat' ? stdout : stderr;
  return `${status} ${answer}`.trim();
};
