// Is a reboot due, why, and since when: flags, kernels, and the tools that know.
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChildHost, Memory } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { awaitedKernel } from './kernels.parse.ts';
import { parseNeedsRestarting, parseRebootPackages } from './reboot.parse.ts';
import { reboot } from './reboot.ts';
import { compareVersions } from './version.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('of two versions the later', () => {
  it.each([
    ['6.1.0-9-amd64', '6.1.0-18-amd64'],
    ['6.11.4-301.fc41.x86_64', '6.11.10-300.fc41.x86_64'],
    ['5.14.0-427.el9.x86_64', '5.14.0-427.13.1.el9_4.x86_64'],
    ['5.14.21-150500.53-default', '5.14.21-150500.55.49-default'],
    ['6.8.0-48-generic', '6.11.0-19-generic'],
    ['6.1.0-37-amd64', '6.12.41+deb13-amd64'],
    ['1.0~rc1', '1.0'],
    ['1.0', '1.0.1'],
    ['1.a', '1.1'],
    ['007', '8'],
    [`1.${'9'.repeat(30)}`, `1.1${'0'.repeat(30)}`],
  ])('%s is before %s', (older, newer) => {
    expect([Math.sign(compareVersions(older, newer)), Math.sign(compareVersions(newer, older))]).toEqual([-1, 1]);
  });

  it.each([
    ['6.1.0-18', '6.1.0-18'],
    ['1.01', '1.1'],
    ['1-1', '1.1'],
    ['', ''],
  ])('%s is as good as %s', (one, other) => {
    expect(compareVersions(one, other)).toBe(0);
  });

  it('any two have one order, and only one', () => {
    const version = fc.oneof(fc.stringMatching(/^[0-9a-z~.-]{0,12}$/), fc.string());
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('the kernel that a reboot would bring', () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ['none but the one that runs', '6.1.0-18-amd64', ['6.1.0-18-amd64'], undefined],
    ['an older one beside it', '6.1.0-18-amd64', ['6.1.0-9-amd64', '6.1.0-18-amd64'], undefined],
    ['a newer one', '6.1.0-9-amd64', ['6.1.0-9-amd64', '6.1.0-18-amd64'], '6.1.0-18-amd64'],
    ['one of the next release', '6.1.0-37-amd64', ['6.1.0-37-amd64', '6.12.41+deb13-amd64'], '6.12.41+deb13-amd64'],
    ['a newer one of another flavour', '6.1.0-9-amd64', ['6.1.0-9-amd64', '6.1.0-18-cloud-amd64'], undefined],
    ['a newer low-latency one', '6.8.0-31-generic', ['6.8.0-31-generic', '6.8.0-48-lowlatency'], undefined],
    ['a newer debug one', '5.14.0-1.el9.x86_64', ['5.14.0-1.el9.x86_64', '5.14.0-2.el9.x86_64+debug'], undefined],
    ['of RHEL', '5.14.0-427.el9.x86_64', ['5.14.0-427.el9.x86_64', '5.14.0-503.el9.x86_64'], '5.14.0-503.el9.x86_64'],
    ['the one that runs is gone', '6.10.2-arch1-1', ['6.10.3-arch1-2'], '6.10.3-arch1-2'],
    ['the one that runs is gone, and an older one stays', '6.10.3-arch1-2', ['6.10.2-arch1-1'], '6.10.2-arch1-1'],
    ['a kernel from outside, as in a container', '6.18.44-fc-v669', ['6.1.0-18-amd64'], undefined],
    ['two boards of one maker', '6.6.31+rpt-rpi-v8', ['6.6.31+rpt-rpi-v8', '6.6.51+rpt-rpi-2712'], undefined],
    ['none at all', '6.1.0-18-amd64', [], undefined],
  ])('%s', (_what, running, installed, expected) => expect(awaitedKernel(running, installed)).toBe(expected));
});

describe('what tools say', () => {
  it.each<[number, string, boolean | undefined]>([
    [0, 'No core libraries or services have been updated.\nReboot should not be necessary.\n', false],
    [
      1,
      'Core libraries or services have been updated:\n  kernel\n\nReboot is required to fully utilize these updates.\n',
      true,
    ],
    [1, 'Reboot is probably necessary.\n', undefined],
    [1, '', undefined],
    [1, 'Error: Failed to open the rpm database', undefined],
    [2, 'Reboot is required', undefined],
  ])('needs-restarting: %i %j is %j', (code, text, expected) =>
    expect(parseNeedsRestarting(code, text)).toBe(expected),
  );

  it.each([
    ['linux-image-6.8.0-48-generic\nlinux-base\nlinux-base\n', ['linux-image-6.8.0-48-generic', 'linux-base']],
    ['libc6\r\n', ['libc6']],
    ['\0\u{FEFF}\n$(rm)\n-x\n', []],
    ['', []],
  ])('reboot-required.pkgs %j names %j', (text, expected) => expect(parseRebootPackages(text)).toEqual(expected));
});

describe('the collector', () => {
  let root: string;
  let memory: Memory;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fettle-reboot-'));
    memory = memoryOf();
    boot('one');
    writeTree(root, { 'proc/sys/kernel/osrelease': '6.1.0-9-amd64\n', 'etc/os-release': 'ID=debian\n' });
    kernel('6.1.0-9-amd64');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const boot = (id: string) => writeTree(root, { 'proc/sys/kernel/random/boot_id': `${id}\n` });
  const kernel = (release: string) =>
    writeTree(root, { [`lib/modules/${release}/modules.dep`]: '', [`boot/vmlinuz-${release}`]: 'x' });
  const read = (minutes = 0, change: Partial<ChildHost> = {}): Promise<Reading> => {
    const machine = { ...childHostAt(root, { wallMs: () => NOW + minutes * MINUTE_MS, memory }), ...change };
    return reboot().collect(machine, { monoMs: 0, signal: new AbortController().signal });
  };
  const ageS = ({ samples }: Reading) => samples.map(({ value }) => value);
  const why = ({ sections = [] }: Reading) => sections.flatMap(({ facts }) => facts.map(({ value }) => value));

  it('finds nothing due', async () => {
    const reading = await read();
    expect([ageS(reading), why(reading), reading.partial]).toEqual([[0], [], []]);
  });

  it('finds a flag, the packages behind it, and when it was put there', async () => {
    const pkgs = 'libc6\nlinux-base\n';
    writeTree(root, { 'run/reboot-required': '*** System restart required ***\n', 'run/reboot-required.pkgs': pkgs });
    utimesSync(join(root, 'run/reboot-required'), 0, (NOW - 3 * HOUR_MS) / 1000);
    const reading = await read();
    expect(ageS(reading)).toEqual([3 * 3_600]);
    expect(why(reading)).toEqual(['updated packages ask for it: libc6, linux-base']);
  });

  it('counts from when a newer kernel was first found, over restarts of the agent, until the reboot', async () => {
    kernel('6.1.0-18-amd64');
    const first = await read();
    expect([ageS(first), why(first)]).toEqual([[0], ['kernel 6.1.0-18-amd64 is installed, 6.1.0-9-amd64 runs']]);
    expect(ageS(await read(30))).toEqual([1_800]);
    boot('two'); // into the old kernel again
    expect(ageS(await read(40))).toEqual([0]);
    expect(ageS(await read(50))).toEqual([600]);
    writeTree(root, { 'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n' });
    expect(ageS(await read(60))).toEqual([0]);
    writeTree(root, { 'proc/sys/kernel/osrelease': '6.1.0-9-amd64\n' });
    expect(ageS(await read(70))).toEqual([0]); // it was over in between
  });

  it('modules that a removed kernel left behind are no kernel', async () => {
    writeTree(root, { 'lib/modules/6.1.0-18-amd64/updates/dkms/x.ko': '' });
    expect(why(await read())).toEqual([]);
  });

  it('in a container without modules nothing is due', async () => {
    rmSync(join(root, 'lib'), { recursive: true });
    const reading = await read();
    expect([ageS(reading), why(reading)]).toEqual([[0], []]);
  });

  it.each([
    ['rocky', 'usr/bin/needs-restarting', 'echo "Reboot is required to fully utilize these updates."; exit 1'],
    ['opensuse-leap', 'usr/bin/zypper', '[ "$ZYPP_READONLY_HACK$*" = 1needs-rebooting ] && exit 102'],
  ])('on %s asks %s', async (id, program, script) => {
    writeTree(root, { 'etc/os-release': `ID=${id}\n` });
    installProgram(root, program, script);
    expect(why(await read())[0]).toMatch(/core libraries or services have been updated/);
  });

  it.each([
    ['fails', 'exit 1', 'service_broken'],
    ['hangs', 'exec sleep 30', 'timeout'],
    ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'parse_error'],
  ])('where the only tool that knows %s, 0 would be a guess', async (_what, script, code) => {
    writeTree(root, { 'etc/os-release': 'ID=rocky\n' });
    installProgram(root, 'usr/bin/needs-restarting', script);
    const real = childHostAt(root, { wallMs: () => NOW, memory });
    const run: ChildHost['run'] = (program, args, how) => real.run(program, args, { ...how, timeoutMs: 1_000 });
    const guess = await read(0, { run });
    expect([guess.samples, guess.failed?.code]).toEqual([[], code]);
    kernel('6.1.0-18-amd64');
    const sure = await read(0, { run });
    expect([ageS(sure), sure.partial?.map((reason) => reason.code)]).toEqual([[0], [code]]);
  });

  it.each([undefined, null, 'x', { bootId: 1 }, { bootId: 'one', sinceMs: -1 }, { bootId: 'one', sinceMs: NOW * 2 }])(
    'what is remembered (%j) may be nonsense',
    async (kept) => {
      memory = memoryOf({ reboot: kept });
      kernel('6.1.0-18-amd64');
      expect(ageS(await read())).toEqual([0]);
    },
  );
});
