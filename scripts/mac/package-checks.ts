// One package, taken apart by the programs of others, against the files that it was made of.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parsePlist } from '@fettle/agent/collect/mac/plist.parse';
import { pick } from '@fettle/agent/collect/smart/fields.parse';

import { MACOS_MINIMUM } from '../package/mac/documents.ts';
import { INSTALL_FOLDER } from '../package/mac/pkg.ts';
import type { MacTarget } from '../package/targets.ts';
import type { Check } from '../vm/checks.ts';
import { type Listed, readBom } from './read-bom.ts';
import type { RunTool } from './tools.ts';

export type Case = {
  readonly pkg: string;
  readonly target: MacTarget;
  readonly version: string;
  /** Empty. */
  readonly work: string;
  readonly run: RunTool;
};

const COMPONENT = 'fettle-agent.pkg';
const MACH_O = 0xfe_ed_fa_cf;

export const checksOfPackage = (one: Case): readonly Check[] => {
  const { pkg, work, run } = one;
  const flat = join(work, 'flat');
  run('7z', ['x', '-txar', `-o${flat}`, pkg]);
  const part = (name: string) => join(flat, COMPONENT, name);
  const [payload, scripts] = [unpack(one, part('Payload'), 'payload'), unpack(one, part('Scripts'), 'scripts')];
  return [
    { what: '7z, every checksum', wanted: 'Everything is Ok', found: lineWith(run('7z', ['t', '-txar', pkg]), 'Ok') },
    { what: 'its parts', wanted: `Distribution [TOC].xml ${COMPONENT}`, found: readdirSync(flat).toSorted().join(' ') },
    ...documentChecks(one, flat),
    ...bomChecks(readBom(readFileSync(part('Bom'))), payload, run),
    ...plistChecks(join(payload.folder, 'Library/LaunchDaemons/com.fettle.agent.plist'), run),
    { what: 'scripts', wanted: 'postinstall preinstall', found: readdirSync(scripts.folder).toSorted().join(' ') },
    ...nodeChecks(one, join(payload.folder, INSTALL_FOLDER)),
  ];
};

type Unpacked = {
  readonly folder: string;
  /** By `cpio --list --verbose --numeric-uid-gid`: the rights, the owner, and the path. */
  readonly listed: readonly string[];
};

const unpack = ({ work, run }: Case, file: string, name: string): Unpacked => {
  const folder = join(work, name);
  mkdirSync(folder);
  const archive = gunzipSync(readFileSync(file));
  run('cpio', ['--extract', '--quiet', '--make-directories', '--no-absolute-filenames'], {
    cwd: folder,
    input: archive,
  });
  const lines = run('cpio', ['--list', '--verbose', '--numeric-uid-gid', '--quiet'], { input: archive })
    .trim()
    .split('\n');
  return { folder, listed: lines };
};

/** Both documents as XML, and what the installer shows and asks of the machine. */
const documentChecks = ({ run, target, version }: Case, flat: string): readonly Check[] => {
  const [about, order] = [join(flat, COMPONENT, 'PackageInfo'), join(flat, 'Distribution')];
  const ask = (file: string, path: string) => run('xmllint', ['--nonet', '--xpath', `string(${path})`, file]).trim();
  const architecture = target.name === 'darwin-x64' ? 'x86_64' : 'arm64';
  return [
    { what: 'PackageInfo, version', wanted: version, found: ask(about, '/pkg-info/@version') },
    { what: 'PackageInfo, identifier', wanted: 'com.fettle.agent', found: ask(about, '/pkg-info/@identifier') },
    { what: 'PackageInfo, place', wanted: '/', found: ask(about, '/pkg-info/@install-location') },
    { what: 'Distribution, package', wanted: `#${COMPONENT}`, found: ask(order, '//pkg-ref[@version]') },
    { what: 'Distribution, processor', wanted: architecture, found: ask(order, '//options/@hostArchitectures') },
    { what: 'Distribution, macOS', wanted: MACOS_MINIMUM, found: ask(order, '//os-version/@min') },
  ];
};

/** The receipt lists what the archive holds, with the sums that cksum(1) finds in what was unpacked. */
const bomChecks = (listed: readonly Listed[], { folder, listed: held }: Unpacked, run: RunTool): readonly Check[] => {
  const files = listed.filter(({ kind }) => kind === 'file');
  const sums = run(
    'cksum',
    files.map(({ path }) => path),
    { cwd: folder },
  )
    .trim()
    .split('\n');
  const told = files.map(({ cksum, sizeBytes, path }) => `${cksum} ${sizeBytes} ${path}`);
  const wrong = told.filter((line, index) => line !== sums[index]);
  const owned = listed.map((one) => `${rights(one)} ${one.owner} ${one.group} ${one.path}`);
  const packed = held.map((line) => line.replace(/^(\S+) +\d+ (\d+) +(\d+) .* (\S+)$/, '$1 $2 $3 $4'));
  return [
    { what: `Bom, ${files.length} files by cksum`, wanted: '', found: wrong.join(', ') },
    { what: `Bom, ${listed.length} paths by cpio`, wanted: packed.join('\n'), found: owned.join('\n') },
    {
      what: 'of root and wheel',
      wanted: '0 0',
      found: [...new Set(listed.map((one) => `${one.owner} ${one.group}`))].join(),
    },
  ].map(shortened);
};

const rights = ({ kind, mode }: Listed) =>
  `${kind === 'file' ? '-' : 'd'}${(mode & 0o111) === 0 ? 'rw-r--r--' : 'rwxr-xr-x'}`;

/** Long lists that agree are told by their length. */
const shortened = (check: Check): Check =>
  check.wanted === check.found && check.wanted.includes('\n')
    ? { ...check, wanted: 'the same', found: 'the same' }
    : check;

/** Read and written again by a program that is not ours, and then by the agent's own reader. */
const plistChecks = (file: string, run: RunTool): readonly Check[] => {
  const binary = `${file}.binary`;
  run('xmllint', ['--noout', '--nonet', file]);
  run('plistutil', ['-f', 'bin', '-i', file, '-o', binary]);
  const found = parsePlist(run('plistutil', ['-f', 'xml', '-i', binary]));
  return [
    { what: 'LaunchDaemon, label', wanted: 'com.fettle.agent', found: String(pick(found, 'Label')) },
    { what: 'LaunchDaemon, kept alive', wanted: 'true', found: String(pick(found, 'KeepAlive')) },
    { what: 'LaunchDaemon, throttled', wanted: '30', found: String(pick(found, 'ThrottleInterval')) },
  ];
};

/** Node is as its makers signed it, and nothing else would need a signature. */
const nodeChecks = ({ run, target }: Case, folder: string): readonly Check[] => {
  const node = join(folder, 'node');
  const headers = run('llvm-objdump', ['--macho', '--private-headers', node]);
  const [, offset, size] = /LC_CODE_SIGNATURE\s+cmdsize 16\s+dataoff (\d+)\s+datasize (\d+)/.exec(headers) ?? [];
  const [, minimum] = /minos (\S+)/.exec(headers) ?? [];
  const others = filesIn(folder).filter((file) => file !== node && isMachO(file));
  return [
    {
      what: 'Node, its bytes',
      wanted: target.nodeSha256,
      found: createHash('sha256').update(readFileSync(node)).digest('hex'),
    },
    { what: 'Node, signature to the end', wanted: `${statSync(node).size}`, found: `${Number(offset) + Number(size)}` },
    { what: 'Node, least macOS', wanted: MACOS_MINIMUM, found: minimum ?? 'none' },
    { what: 'other Mach-O files', wanted: '', found: others.join(', ') },
  ];
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

const isMachO = (file: string): boolean => {
  const bytes = readFileSync(file);
  return bytes.length >= 4 && bytes.readUInt32LE(0) === MACH_O;
};

const lineWith = (text: string, word: string): string =>
  text
    .split('\n')
    .find((line) => line.includes(word))
    ?.trim() ?? '';
