// What protects the machine: rule sets that real programs made, made-up block devices, and programs that run or do not.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import type { ChildHost } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, installProgram, writeTree } from '../fixture.ts';
import { parseDefender } from './defender.parse.ts';
import { iptablesRefuses } from './iptables.parse.ts';
import { nftRefuses } from './nft.parse.ts';
import { protection } from './protection.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/${path}`, import.meta.url), 'utf8');
const FIREWALLD = recorded('nft/firewalld/ruleset.json');
const EMPTY = recorded('nft/empty/ruleset.json');
const DROP = recorded('nft/policy-drop/ruleset.json');
const UFW = recorded('iptables/ufw/rules.txt');
const HEALTH = recorded('mdatp/on/health.json');

const chain = (change: object) => ({
  chain: { family: 'inet', table: 't', name: 'in', type: 'filter', hook: 'input', policy: 'accept', ...change },
});
const rule = (...expr: readonly object[]) => ({ rule: { family: 'inet', table: 't', chain: 'in', expr } });
const nft = (...items: readonly object[]): boolean | undefined => nftRefuses(JSON.stringify({ nftables: items }));
const MATCH = { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'eth0' } };
const sub = (expr: readonly object[]) => ({ rule: { family: 'inet', table: 't', chain: 'sub', expr } });

describe('nft', () => {
  it.each([
    ['of firewalld, which rejects at the end', FIREWALLD, true],
    ['with a policy', DROP, true],
    ['of iptables, which rejects in its own words', recorded('nft/iptables/ruleset.json'), true],
    ['of nobody', EMPTY, false],
    ['that is none', '', undefined],
    ['of another kind', '{"nftables":{}}', undefined],
  ])('a rule set %s', (_what, text, refuses) => expect(nftRefuses(text)).toBe(refuses));

  it.each<[string, boolean, readonly object[]]>([
    ['that accepts', false, [chain({})]],
    ['of IPv6 alone', false, [chain({ family: 'ip6', policy: 'drop' })]],
    ['for what goes out', false, [chain({ hook: 'output', policy: 'drop' })]],
    ['for what is forwarded', false, [chain({ hook: 'forward', policy: 'drop' })]],
    ['for addresses', false, [chain({ type: 'nat', policy: 'drop' })]],
    ['that drops from one card', false, [chain({}), rule(MATCH, { drop: null })]],
    ['that drops a few a second', false, [chain({}), rule({ limit: { rate: 9, per: 'second' } }, { drop: null })]],
    ['that counts and drops the rest', true, [chain({}), rule({ counter: {} }, { drop: null })]],
    ['that logs and rejects the rest', true, [chain({}), rule({ log: {} }, { reject: { type: 'icmpx' } })]],
    ['that jumps to one that drops', true, [chain({}), rule({ jump: { target: 'sub' } }), sub([{ drop: null }])]],
    ['that goes to one that accepts', false, [chain({}), rule({ goto: { target: 'sub' } }), sub([{ accept: null }])]],
    ['that jumps from one card', false, [chain({}), rule(MATCH, { jump: { target: 'sub' } }), sub([{ drop: null }])]],
    ['that jumps in a circle', false, [chain({}), rule({ jump: { target: 'in' } })]],
    ['that names no chain', false, [chain({}), rule({ jump: { target: 'nowhere' } })]],
    ['of another table', false, [chain({ table: 'u' }), rule({ drop: null })]],
    ['with an unknown target of iptables', false, [chain({}), rule({ xt: { type: 'target', name: 'TARPIT' } })]],
    ['with an unnamed part of iptables', false, [chain({}), rule({ xt: null }, { drop: null })]],
  ])('a chain %s: %j', (_what, refuses, items) => expect(nft(...items)).toBe(refuses));

  it.each(faultyTexts(DROP))(
    'gone wrong ($name) is no answer, or the same: never that it lets everything in',
    ({ text }) => {
      expect([true, undefined]).toContain(nftRefuses(text));
    },
  );

  it('any JSON at all', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (nftables) => {
        expect(nftRefuses(JSON.stringify({ nftables }))).toBeTypeOf('boolean');
      }),
    );
  });
});

describe('iptables', () => {
  it.each<[string, string, boolean | undefined]>([
    ['of ufw', UFW, true],
    ['that accepts', '-P INPUT ACCEPT\n', false],
    ['that drops', '-P INPUT DROP\n', true],
    [
      'that rejects the rest',
      '-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-port-unreachable\n',
      true,
    ],
    ['that says why', '-P INPUT ACCEPT\n-A INPUT -m comment --comment "the rest" -j DROP\n', true],
    ['that drops from one card', '-P INPUT ACCEPT\n-A INPUT -i eth0 -j DROP\n', false],
    ['that jumps to one that drops', '-P INPUT ACCEPT\n-N x\n-A INPUT -j x\n-A x -j DROP\n', true],
    ['that jumps in a circle', '-P INPUT ACCEPT\n-N x\n-A INPUT -j x\n-A x -j INPUT\n', false],
    ['that drops what goes out', '-P INPUT ACCEPT\n-P OUTPUT DROP\n-A OUTPUT -j DROP\n', false],
    ['on Windows', '-P INPUT ACCEPT\r\n-A INPUT -j DROP\r\n', true],
    ['without a chain', 'iptables: No chain/target/match by that name.', undefined],
  ])('a rule set %s', (_what, text, refuses) => expect(iptablesRefuses(text)).toBe(refuses));

  it.each(faultyTexts(UFW))('gone wrong ($name) does not throw', ({ text }) => {
    expect([true, false, undefined]).toContain(iptablesRefuses(text));
  });
});

describe('Microsoft Defender', () => {
  it.each([
    [HEALTH, true],
    [HEALTH.replace('{ "$type": "bool", "value": true }', '{ "$type": "bool", "value": false }'), false],
    ['{"realTimeProtectionEnabled":false}', false],
    ['{"real_time_protection_enabled":true}', true],
    ['{"healthy":true}', undefined],
    ['{"realTimeProtectionEnabled":"unavailable"}', undefined],
    ['[]', undefined],
    ['', undefined],
  ])('%j protects: %j', (text, isOn) => expect(parseDefender(text)).toBe(isOn));
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fettle-protection-'));
  writeTree(root, { 'proc/1/stat': '', 'proc/self/mountinfo': mounted('ext4', '/dev/sda2', '8:2') });
  block('sda2', { dev: '8:2' });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const mounted = (type: string, source: string, dev: string): string =>
  `22 1 ${dev} / / rw,relatime - ${type} ${source} rw\n40 22 0:30 / /run rw - tmpfs tmpfs rw\n`;
/** A block device: its files, and what it lies on. */
const block = (name: string, files: Readonly<Record<string, string>>, slaves: readonly string[] = []): void => {
  for (const [file, text] of Object.entries(files))
    writeTree(root, { [`sys/class/block/${name}/${file}`]: `${text}\n` });
  for (const slave of slaves) mkdirSync(join(root, `sys/class/block/${name}/slaves/${slave}`), { recursive: true });
};
const prints = (path: string, text: string): void => {
  writeTree(root, { [`said/${path}`]: text });
  installProgram(root, path, `cat "${root}/said/${path}"`);
};
const read = (change: Partial<ChildHost> = {}): Promise<Reading> =>
  protection().collect({ ...childHostAt(root), ...change }, { monoMs: 0, signal: new AbortController().signal });
const values = ({ samples }: Reading) =>
  Object.fromEntries(
    samples.map(({ metric, attributes, value }) => [
      [metric.replace('fettle.protection.', ''), ...Object.values(attributes)].join(' '),
      value,
    ]),
  );
const facts = ({ sections = [] }: Reading) =>
  Object.fromEntries(sections.flatMap((section) => section.facts.map(({ label, value }) => [label, value])));
const codes = ({ partial = [] }: Reading) => partial.map(({ code }) => code);

describe('the firewall', () => {
  it.each([
    ['nft drops', DROP, 1, 'refuses what nobody asked for, by nft'],
    ['nft has nothing', EMPTY, 0, 'lets everything in, by nft'],
  ])('%s', async (_what, text, value, words) => {
    prints('usr/sbin/nft', text);
    prints('usr/sbin/iptables', '-P INPUT DROP\n'); // not asked: it would say the same
    const reading = await read();
    expect([values(reading)['firewall'], facts(reading)['Firewall']]).toEqual([value, words]);
  });

  it('the older tables are asked only where they are loaded', async () => {
    prints('usr/sbin/nft', EMPTY);
    prints('usr/sbin/iptables-legacy', '-P INPUT DROP\n');
    expect(values(await read())['firewall']).toBe(0);
    writeTree(root, { 'proc/net/ip_tables_names': 'filter\n' });
    expect(values(await read())['firewall']).toBe(1);
  });

  it('without nft iptables is asked', async () => {
    prints('usr/sbin/iptables', UFW);
    expect(values(await read())['firewall']).toBe(1);
  });

  it('may not be read: permission, and what to do', async () => {
    installProgram(root, 'usr/sbin/nft', 'echo "Operation not permitted (you must be root)" >&2; exit 1');
    const reading = await read();
    expect(values(reading)).not.toHaveProperty('firewall');
    expect(reading.partial).toMatchObject([
      { code: 'permission', fix: expect.stringContaining('CAP_NET_ADMIN') as string },
    ]);
  });

  it('may not be read, but firewalld says that it runs', async () => {
    installProgram(root, 'usr/sbin/nft', 'echo "Operation not permitted (you must be root)" >&2; exit 1');
    installProgram(root, 'usr/bin/firewall-cmd', 'echo running');
    const reading = await read();
    expect([values(reading)['firewall'], codes(reading)]).toEqual([1, []]);
    installProgram(root, 'usr/bin/firewall-cmd', 'echo "not running" >&2; exit 252');
    expect(codes(await read())).toEqual(['permission']);
  });

  it.each([
    ['ends with 1 and says nothing', 'exit 1', 'service_broken'],
    ['was built without JSON', 'echo "Error: JSON support not compiled-in" >&2; exit 1', 'service_broken'],
    ['says something else', 'echo bonjour', 'parse_error'],
    ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'parse_error'],
    ['hangs', 'exec sleep 30', 'timeout'],
  ])('where nft %s nothing is said of it, and the rest is', async (_what, script, code) => {
    installProgram(root, 'usr/sbin/nft', script);
    const real = childHostAt(root);
    const run: ChildHost['run'] = (program, args, how) => real.run(program, args, { ...how, timeoutMs: 1_000 });
    const reading = await read({ run });
    expect([values(reading), codes(reading)]).toEqual([{ encryption: 0 }, [code]]);
  });

  it('no tool, no answer', async () => expect(codes(await read())).toEqual(['tool_missing']));

  const { skip, why } = missing(needs.root, needs.nft);
  it.skipIf(skip)(`of the real nft, in a network of its own${why}`, async () => {
    const real = (setUp: string) =>
      installProgram(root, 'usr/sbin/nft', `exec unshare -n sh -c '${setUp}; exec nft "$@"' nft "$@"`);
    real('true');
    expect(values(await read())['firewall']).toBe(0);
    real('nft "add table inet f; add chain inet f i { type filter hook input priority 0; policy drop; }"');
    expect(values(await read())['firewall']).toBe(1);
    real(
      'nft "add table ip f; add chain ip f i { type filter hook input priority 0; }; add rule ip f i counter reject"',
    );
    expect(values(await read())['firewall']).toBe(1);
    real(
      'nft "add table ip f; add chain ip f i { type filter hook input priority 0; }; add rule ip f i tcp dport 22 drop"',
    );
    expect(values(await read())['firewall']).toBe(0);
  });
});

describe('encryption of the disk of the system', () => {
  const LUKS = 'CRYPT-LUKS2-0123456789abcdef-root';
  const root8 = () => writeTree(root, { 'proc/self/mountinfo': mounted('ext4', '/dev/mapper/vg-root', '254:1') });

  it.each<[string, () => void, number]>([
    ['a plain partition', () => undefined, 0],
    [
      'LUKS on a partition',
      () => {
        writeTree(root, { 'proc/self/mountinfo': mounted('ext4', '/dev/mapper/root', '254:0') });
        block('dm-0', { dev: '254:0', 'dm/name': 'root', 'dm/uuid': LUKS }, ['sda2']);
      },
      1,
    ],
    [
      'a volume on LUKS',
      () => {
        root8();
        block('dm-0', { dev: '254:0', 'dm/name': 'crypt', 'dm/uuid': LUKS }, ['sda2']);
        block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'LVM-x' }, ['dm-0']);
      },
      1,
    ],
    [
      'a volume on two disks of which one is encrypted',
      () => {
        root8();
        block('dm-0', { dev: '254:0', 'dm/uuid': LUKS }, ['sda2']);
        block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'LVM-x' }, ['dm-0', 'sda2']);
      },
      0,
    ],
    [
      'verity, which hides nothing',
      () => {
        root8();
        block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'CRYPT-VERITY-x' }, ['sda2']);
      },
      0,
    ],
    [
      'the device behind /dev/root',
      () => {
        writeTree(root, { 'proc/self/mountinfo': mounted('ext4', '/dev/root', '254:0') });
        block('dm-0', { dev: '254:0', 'dm/uuid': LUKS });
      },
      1,
    ],
    [
      'btrfs on one encrypted disk and one that is not',
      () => {
        writeTree(root, { 'proc/self/mountinfo': mounted('btrfs', '/dev/mapper/a', '0:25') });
        block('dm-0', { dev: '254:0', 'dm/name': 'a', 'dm/uuid': LUKS });
        for (const name of ['dm-0', 'sda2'])
          mkdirSync(join(root, `sys/fs/btrfs/id/devices/${name}`), { recursive: true });
      },
      0,
    ],
    [
      'a device in a circle',
      () => {
        root8();
        block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'LVM-x' }, ['dm-1']);
      },
      0,
    ],
  ])('%s', async (_what, setUp, value) => {
    setUp();
    expect(values(await read())['encryption']).toBe(value);
  });

  it.each([
    ['in a container', mounted('overlay', 'overlay', '0:60'), 'virtual'],
    ['on ZFS', mounted('zfs', 'rpool/ROOT/debian', '0:25'), 'tool_missing'],
    ['nowhere', '', 'virtual'],
  ])('%s is not known', async (_what, mountinfo, code) => {
    writeTree(root, { 'proc/self/mountinfo': mountinfo });
    const reading = await read();
    expect([values(reading), codes(reading)]).toEqual([{}, ['tool_missing', code]]);
  });

  it('swap is told beside', async () => {
    const titles = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
    const line = (path: string, kind: string) => `${path}                               ${kind}\t8388604\t\t0\t\t-2\n`;
    const swaps = `${titles}${line('/dev/sda2', 'partition')}${line('/dev/dm-0', 'partition')}${line('/dev/zram0', 'partition')}`;
    writeTree(root, { 'proc/swaps': `${swaps}${line('/swap.img', 'file')}rubbish\n` });
    block('dm-0', { dev: '254:0', 'dm/uuid': LUKS });
    expect(facts(await read())).toMatchObject({
      'Swap /dev/sda2': 'not encrypted',
      'Swap /dev/dm-0': 'encrypted',
      'Swap /dev/zram0': 'in memory, compressed',
      'Swap /swap.img': 'a file: as its disk',
    });
  });
});

describe('antivirus', () => {
  const runs = (pid: number, path: string): void => {
    mkdirSync(join(root, `proc/${pid}`), { recursive: true });
    symlinkSync(path, join(root, `proc/${pid}/exe`));
  };

  it('none installed is no "off", but a fact', async () => {
    const reading = await read();
    expect(Object.keys(values(reading))).toEqual(['encryption']);
    expect(facts(reading)['Antivirus']).toBe('none that is known is installed');
  });

  it('installed and running is on, installed alone is off', async () => {
    writeTree(root, { 'usr/sbin/clamd': '', 'opt/CrowdStrike/falcon-sensor': '', 'opt/eset/efs/sbin/startd': '' });
    runs(7, '/usr/bin/bash');
    runs(8, '/opt/CrowdStrike/falcon-sensor-bpf');
    runs(9, '/opt/eset-other/x');
    const reading = await read();
    expect(values(reading)).toMatchObject({
      'antivirus ClamAV': 0,
      'antivirus CrowdStrike Falcon': 1,
      'antivirus ESET': 0,
    });
    expect(facts(reading)).toMatchObject({ ClamAV: 'off', 'CrowdStrike Falcon': 'on' });
  });

  it('that was updated while it runs is on', async () => {
    writeTree(root, { 'usr/sbin/clamd': '' });
    runs(8, '/usr/sbin/clamd (deleted)');
    expect(values(await read())).toMatchObject({ 'antivirus ClamAV': 1 });
  });

  it('what runs may not be read: not known, instead of off', async () => {
    writeTree(root, { 'usr/sbin/clamd': '' });
    runs(8, '/usr/bin/bash');
    const readLink = () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    const reading = await read({ readLink });
    expect(Object.keys(values(reading))).toEqual(['encryption']);
    expect(codes(reading)).toEqual(['permission', 'tool_missing']);
    expect(facts(reading)).not.toHaveProperty('Antivirus');
  });

  it('Defender is asked itself', async () => {
    prints('usr/bin/mdatp', HEALTH);
    expect(values(await read())).toMatchObject({ 'antivirus Microsoft Defender': 1 });
    prints('usr/bin/mdatp', 'could not connect to the daemon');
    const reading = await read();
    expect([Object.keys(values(reading)), codes(reading)]).toEqual([['encryption'], ['parse_error', 'tool_missing']]);
  });
});
