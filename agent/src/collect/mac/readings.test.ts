// What the collectors of macOS make of what programs there write: synthetic output (fixture.ts), from programs that are scripts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { NOTHING_DECLARED } from '../../config/config.ts';
import { systemClock } from '../../host/clock.ts';
import type { ChildHost, Host } from '../../host/host.ts';
import type { Collector } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, hostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { parseMacBatteries } from './battery.parse.ts';
import { macBattery } from './battery.ts';
import { diskInfos, diskList, laptopBattery, launchctlPrint, plist, sysctls, vmStat } from './fixture.ts';
import { parseMacMemory } from './memory.parse.ts';
import { macMemory } from './memory.ts';
import { macServices } from './services.ts';
import { macSmart } from './smart.ts';
import { thermal } from './thermal.ts';
import { macVolumeList } from './volume-list.ts';
import { macVolumes } from './volumes.ts';

const base = mkdtempSync(join(tmpdir(), 'fettle-mac-'));
afterAll(() => rmSync(base, { recursive: true }));
const { skip, why } = missing(needs.linux);
const { signal } = new AbortController();

type Answers = Readonly<Record<string, string>>;

let machines = 0;
/** A Mac whose programs write what stands under their path, and the first word after "-plist" where they are given one. */
const mac = (programs: Answers, changes: Partial<Host> = {}): ChildHost => {
  const root = join(base, `mac-${(machines += 1)}`);
  for (const [path, text] of Object.entries(programs)) {
    writeTree(root, { [`answers/${path}`]: text });
    installProgram(
      root,
      path,
      `case $1 in info) cat '${root}/answers/info/'"$3" ;; *) cat '${root}/answers/${path}' ;; esac`,
    );
  }
  for (const [disk, info] of Object.entries(diskInfos)) writeTree(root, { [`answers/info/${disk}`]: plist(info) });
  return childHostAt(root, { os: 'macos', ...changes });
};

const read = async <H extends Host>(collector: Collector<H>, host: H) => {
  expect(await collector.probe(host)).toMatchObject({ ok: true });
  const reading = await collector.collect(host, { monoMs: systemClock.monoMs(), signal });
  for (const { metric } of reading.samples) expect(collector.provides).toContain(metric);
  return reading;
};

const valuesOf = ({ samples }: Awaited<ReturnType<typeof read>>) =>
  Object.fromEntries(samples.map(({ metric, value }) => [metric, value]));

describe.skipIf(skip)(`memory${why}`, () => {
  it('is what programs hold, are held by and have compressed; swap without a limit; the judgement of macOS', async () => {
    const reading = await read(macMemory(), mac({ 'usr/bin/vm_stat': vmStat, 'usr/sbin/sysctl': sysctls }));
    const used = (390_000 + 150_000 + 200_000) * 16_384;
    expect(valuesOf(reading)).toEqual({
      'system.memory.limit': 2 ** 34,
      'system.memory.usage': used,
      'system.memory.utilization': used / 2 ** 34,
      'system.paging.usage': 1536.5 * 2 ** 20,
      'fettle.memory.pressure': 1,
    });
  });

  it('has what is known, where this macOS does not know one of the names', async () => {
    const limits = sysctls.split('\n')[0] ?? '';
    const reading = await read(macMemory(), mac({ 'usr/bin/vm_stat': vmStat, 'usr/sbin/sysctl': limits }));
    expect(Object.keys(valuesOf(reading))).toHaveLength(3);
  });

  it('takes a comma for a point', () => {
    expect(parseMacMemory(vmStat, sysctls.replaceAll('.50M', ',50M'))?.swapUsedBytes).toBe(1536.5 * 2 ** 20);
  });

  it('is refused, named, where an answer is none', async () => {
    const host = mac({ 'usr/bin/vm_stat': 'Fehler', 'usr/sbin/sysctl': sysctls });
    await expect(macMemory().collect(host, { monoMs: 0, signal })).rejects.toThrow(
      'vm_stat did not answer as expected',
    );
  });

  it.each(faultyTexts(vmStat))('$name: never more than there is', ({ text }) => {
    const found = parseMacMemory(text, sysctls);
    if (found) expect(found.usedBytes).toBeLessThanOrEqual(found.limitBytes);
    if (found) expect(found.usedBytes).toBeGreaterThanOrEqual(0);
  });
});

describe.skipIf(skip)(`a battery${why}`, () => {
  const reading = (...batteries: readonly object[]) =>
    read(macBattery(), mac({ 'usr/sbin/ioreg': batteries.length === 0 ? '' : plist(batteries) }));

  it('is read from the tree of devices, data in it or not', async () => {
    const found = await reading(laptopBattery);
    expect(valuesOf(found)).toEqual({
      'hw.battery.charge': 0.81,
      'fettle.battery.health': 4_400 / 5_103,
      'fettle.battery.cycles': 215,
      'hw.battery.time_left': 312 * 60,
      'fettle.battery.state': 0,
      'fettle.power.source': 0,
    });
    expect(found.samples[0]?.attributes).toEqual({ 'hw.id': 'F8Y0123456789ABCD', 'hw.name': 'Internal battery' });
  });

  it.each([
    ['charges', { ExternalConnected: true, IsCharging: true }, 1, 1],
    ['is full', { ExternalConnected: true, FullyCharged: true }, 2, 1],
    ['is held at 80 %', { ExternalConnected: true }, 3, 1],
  ])('that %s', async (_, change, state, source) => {
    const values = valuesOf(await reading({ ...laptopBattery, ...change }));
    expect(values).toMatchObject({ 'fettle.battery.state': state, 'fettle.power.source': source });
    expect(values).not.toHaveProperty('hw.battery.time_left');
  });

  it.each([
    [
      'of Intel counts in mAh',
      {
        MaxCapacity: 4_000,
        CurrentCapacity: 2_000,
        NominalChargeCapacity: 0,
        AppleRawMaxCapacity: 0,
        DesignCapacity: 5_000,
      },
      0.8,
    ],
    ['that holds more than designed is whole', { NominalChargeCapacity: 5_300 }, 1],
    [
      'whose percentage is all that is known has no health',
      { NominalChargeCapacity: 0, AppleRawMaxCapacity: 0 },
      undefined,
    ],
    ['without a design has none either', { DesignCapacity: 0 }, undefined],
  ])('%s', (_, change, health) => {
    expect(
      parseMacBatteries([{ ...laptopBattery, ManufacturerData: null, BatteryData: {}, ...change }])[0]?.health,
    ).toBe(health);
  });

  it('that is not there is no failure', async () => {
    await expect(reading()).rejects.toThrow('This machine has no battery.');
    await expect(reading({ BatteryInstalled: false })).rejects.toThrow('This machine has no battery.');
  });

  it('whose time is not known has none', async () => {
    expect(valuesOf(await reading({ ...laptopBattery, TimeRemaining: 65_535 }))).not.toHaveProperty(
      'hw.battery.time_left',
    );
  });
});

describe.skipIf(skip)(`volumes${why}`, () => {
  it('are told once for each container, and only those that are built in', async () => {
    const memory = memoryOf();
    const host = mac({ 'usr/sbin/diskutil': plist(diskList) }, { memory });
    const systemVolume = '/System/Volumes/Data';
    const child = { ...host, builtin: { ...host.builtin, systemVolume } };
    const { sections, partial } = await read(macVolumeList(), child);
    expect(partial).toEqual([]);
    expect(memory.read('volume-list')).toEqual({
      version: 1,
      volumes: [
        { mountpoint: systemVolume, type: 'apfs', label: 'Größe & Süßes' },
        { mountpoint: '/Volumes/Old', type: 'hfs', label: 'Old' },
      ],
    });
    expect(sections?.[0]?.facts).toHaveLength(2);
  });

  it('are asked how full they are, that of the system before the list is known', async () => {
    const memory = memoryOf();
    const host = { ...hostAt('/', systemClock), os: 'macos' as const, memory };
    const resident = { ...host, builtin: { ...host.builtin, systemVolume: base } };
    const first = await read(macVolumes(), resident);
    expect(first.partial).toMatchObject([{ code: 'timeout' }]);
    memory.write('volume-list', {
      version: 1,
      volumes: [
        { mountpoint: base, type: 'apfs' },
        { mountpoint: join(base, 'gone'), type: 'hfs' },
      ],
    });
    const then = await read(macVolumes(), resident);
    const seriesOf = ({ samples }: typeof first) => samples.map(({ metric, attributes }) => ({ metric, attributes }));
    expect(seriesOf(then)).toEqual(seriesOf(first)); // the same series as before
    expect(then.partial).toMatchObject([{ detail: expect.stringContaining('gone') as string }]);
  });

  it('of a disk that diskutil says nothing of are left out, and that is told', async () => {
    const host = mac({ 'usr/sbin/diskutil': plist(diskList) });
    const odd = {
      ...host,
      run: (...[program, args, options]: Parameters<ChildHost['run']>) =>
        host.run(program, args[2] === 'disk7' ? ['info', '-plist', 'none'] : args, options),
    };
    expect((await read(macVolumeList(), odd)).partial).toHaveLength(1);
  });
});

describe.skipIf(skip)(`disks${why}`, () => {
  it('give their own verdict by diskutil, where smartctl is not installed', async () => {
    const reading = await read(macSmart(), mac({ 'usr/sbin/diskutil': plist(diskList) }));
    expect(reading.samples).toEqual([
      {
        metric: 'fettle.smart.verdict',
        attributes: { 'hw.id': expect.stringContaining('IODeviceTree:/') as string, 'hw.name': 'APPLE SSD AP0512Z' },
        value: 0,
      },
      { metric: 'fettle.smart.verdict', attributes: { 'hw.id': 'disk7', 'hw.name': 'ST1000LM024' }, value: 1 },
    ]);
    expect(reading.sections?.[0]?.facts.map(({ label }) => label)).toEqual(['APPLE SSD AP0512Z', 'ST1000LM024']);
  });

  it('do so too where smartctl is of no use, which is told', async () => {
    const host = mac({ 'usr/sbin/diskutil': plist(diskList), 'opt/homebrew/sbin/smartctl': 'no JSON' });
    const { samples, partial } = await read(macSmart(), host);
    expect([samples.length, partial?.length]).toEqual([2, 1]);
  });

  it('of a virtual Mac give none, which is no failure', async () => {
    const list = { AllDisksAndPartitions: [{ DeviceIdentifier: 'disk4' }] };
    await expect(read(macSmart(), mac({ 'usr/sbin/diskutil': plist(list) }))).rejects.toThrow('gives a verdict');
  });
});

describe.skipIf(skip)(`daemons and heat${why}`, () => {
  const watching = (...labels: readonly string[]) => ({ ...NOTHING_DECLARED, 'services.watch': [...labels] });

  it('daemons that are named are read, and what is wrong with a name is told', async () => {
    const answer = launchctlPrint('a.b', { state: 'not running', exitCode: '1', runs: 4 });
    const host = mac({ 'bin/launchctl': answer }, { declared: watching('a.b', '-x', 'a.b') });
    const { samples, partial } = await read(macServices(), host);
    expect(samples.map(({ attributes, value }) => [attributes['fettle.service.name'], value])).toEqual([
      ['a.b', 4],
      ['a.b', 3],
    ]);
    expect(partial).toMatchObject([{ detail: '"-x" is no label of launchd' }]);
  });

  it.each([
    ['running', { pid: 5 }, 1],
    ['to be started', { state: 'spawn scheduled', exitCode: '1' }, 2],
    ['at rest', { state: 'not running', exitCode: '0' }, 0],
  ])('a daemon %s', async (_, job, state) => {
    const host = mac({ 'bin/launchctl': launchctlPrint('a.b', job) }, { declared: watching('a.b') });
    expect(valuesOf(await read(macServices(), host))['fettle.service.state']).toBe(state);
  });

  it('a daemon that launchd does not know is told, and makes nothing of it', async () => {
    const host = mac({}, { declared: watching('a.b') });
    installProgram(join(base, `mac-${machines}`), 'bin/launchctl', 'echo "Could not find service" >&2; exit 113');
    expect(await read(macServices(), host)).toMatchObject({
      samples: [],
      partial: [{ detail: 'launchd has not loaded a.b' }],
    });
  });

  it('without a name there is nothing to watch, and how to change that', async () => {
    expect(await macServices().probe(mac({}))).toMatchObject({
      ok: false,
      reason: { fix: expect.stringContaining('services.watch') as string },
    });
  });

  it.each([
    ['com.apple.system.thermalpressurelevel 0\n', 0],
    ['com.apple.system.thermalpressurelevel 3\r\n', 3],
  ])('heat: %j', async (text, level) => {
    expect(valuesOf(await read(thermal(), mac({ 'usr/bin/notifyutil': text })))).toEqual({
      'fettle.thermal.pressure': level,
    });
  });

  it.each(['', 'com.apple.system.thermalpressurelevel 7\n', 'com.apple.system.thermalpressurelevel: fehlgeschlagen\n'])(
    'heat that is none is refused: %j',
    async (text) => {
      await expect(read(thermal(), mac({ 'usr/bin/notifyutil': text }))).rejects.toThrow('notifyutil did not answer');
    },
  );
});
