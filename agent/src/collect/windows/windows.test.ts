// The slow collectors of Windows on a machine whose programs are started for real: what they write was recorded.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MINUTE_MS } from '@fettle/shared/time';
import { afterAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { NOTHING_DECLARED } from '../../config/config.ts';
import type { ChildHost } from '../../host/host.ts';
import { type Collector, type Reading, reasonOf } from '../collector.ts';
import { installProgram } from '../fixture.ts';
import { windowsBattery } from './battery.ts';
import { breakPowerShell, callsOf, encodings, installWindows, windowsAt } from './fixture.ts';
import { paging } from './paging.ts';
import { windowsServices } from './services.ts';
import { windowsSmart } from './smart.ts';
import { volumeList } from './volume-list.ts';
import { windowsVolumes } from './volumes.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-windows-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { skip, why } = missing(needs.linux);

const machine = (language: 'de' | 'fr', encoding?: string): string => {
  const root = mkdtempSync(join(folder, 'm-'));
  installWindows({ root, language, ...(encoding !== undefined && { encoding }) });
  return root;
};
const moment = { monoMs: 0, signal: new AbortController().signal };
const read = async (collector: Collector<ChildHost>, host: ChildHost): Promise<Reading> => {
  expect(await collector.probe(host)).toMatchObject({ ok: true });
  return collector.collect(host, moment);
};
const valuesOf = ({ samples }: Reading) =>
  Object.fromEntries(
    samples.map(({ metric, attributes, value }) => [[metric, ...Object.values(attributes)].join(' '), value]),
  );
const SPACE = { blockBytes: 4_096, blocks: 1_000, free: 300, available: 250, inodes: 0, inodesFree: 0 };

describe.skipIf(skip)(`a laptop that speaks German${why}`, () => {
  it.each(Object.keys(encodings))('is read with one start of PowerShell, in %s', async (encoding) => {
    const root = machine('de', encoding);
    const host = windowsAt(root).host();
    expect(valuesOf(await read(paging(), host))).toEqual({
      'fettle.memory.commit.utilization': 0.75,
      'system.paging.usage': 2 ** 30,
      'system.paging.utilization': 0.25,
    });
    expect(valuesOf(await read(windowsBattery(), host))).toMatchObject({
      'hw.battery.charge 4711 BAT0': 0.5,
      'fettle.battery.health 4711 BAT0': 0.8,
      'fettle.power.source': 0,
    });
    const { sections } = await read(volumeList(), host);
    expect(sections?.[0]?.facts).toEqual([
      { label: 'C:\\', value: 'Größe & Überfluss, NTFS, 256 GB' },
      { label: 'C:\\daten\\', value: 'Daten, ReFS, 2.0 TB' },
    ]);
    expect(callsOf(root, 'powershell')).toHaveLength(1);
  });

  it('has services that should run: not those that something starts, that belong to a session, or that may rest', async () => {
    const { samples, partial } = await read(windowsServices(), windowsAt(machine('de')).host());
    expect(samples.map(({ attributes, value }) => [...Object.values(attributes), value])).toEqual([
      ['Acme Backup', 4],
      ['Forgotten', 0],
      ['Held', 0],
      ['LateOne', 2],
      ['Spooler', 1],
      ['Themes', 1],
    ]);
    expect(partial).toEqual([]);
  });

  it('that has just started has only those that run already; those that are declared count at once', async () => {
    const watch = ['ondemand', 'Nowhere'];
    const declared = { ...NOTHING_DECLARED, 'services.watch': watch, 'services.ignore': ['THEMES'] };
    const host = windowsAt(machine('de'), { uptimeMs: () => 9 * MINUTE_MS, declared }).host();
    const { samples, partial } = await read(windowsServices(), host);
    expect(samples.map(({ attributes, value }) => [...Object.values(attributes), value])).toEqual([
      ['OnDemand', 0],
      ['Spooler', 1],
    ]);
    expect(partial).toMatchObject([{ code: 'tool_missing', detail: 'there is no service Nowhere on this machine' }]);
  });

  it('gives those that Windows starts late a quarter of an hour', async () => {
    const namesAt = async (minutes: number) => {
      const host = windowsAt(machine('de'), { uptimeMs: () => minutes * MINUTE_MS }).host();
      return (await read(windowsServices(), host)).samples.map(({ attributes }) => Object.values(attributes)[0]);
    };
    expect(await namesAt(11)).toEqual(['Acme Backup', 'Forgotten', 'Held', 'Spooler', 'Themes']);
    expect(await namesAt(15)).toContain('LateOne');
  });

  it('starts PowerShell twice an hour at most, and other programs each time', async () => {
    const root = machine('de');
    const windows = windowsAt(root);
    for (const minutes of [0, 15, 30, 45]) {
      const host = windows.host(minutes * MINUTE_MS);
      await read(windowsServices(), host);
      await read(paging(), host);
    }
    expect(callsOf(root, 'powershell')).toHaveLength(2);
    expect(callsOf(root, 'sc')).toHaveLength(4);
    expect(callsOf(root, 'reg')).toEqual([]);
    expect(callsOf(root, 'powershell')[0]).toMatch(
      /^-NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand [\w+/=]+$/,
    );
    // CreateProcess takes 32,767 characters
    expect(callsOf(root, 'powershell')[0]?.length).toBeLessThan(30_000);
  });

  it('has the verdicts of its disks from the Storage API, and a disk that is gone later is missing', async () => {
    const root = machine('de');
    const windows = windowsAt(root);
    const { samples, partial } = await read(windowsSmart(), windows.host());
    expect(valuesOf({ samples })).toMatchObject({
      'fettle.smart.verdict 0025_3851_B100_0001 ACME NVMe 512 0001': 0,
      'fettle.disk.temperature.headroom 0025_3851_B100_0001 ACME NVMe 512 0001': 39,
      'fettle.smart.verdict WD-4711 ACME Spinner 4711': 1,
    });
    expect(partial).toMatchObject([{ code: 'no_hardware' }]);
    const json =
      '{"rows":[{"DeviceId":"0","FriendlyName":"ACME NVMe 512","SerialNumber":"0025_3851_B100_0001","MediaType":4,"HealthStatus":0}]}';
    breakPowerShell(root, `printf '%s\\n' '@@fettle:begin disks' '${json}' '@@fettle:end disks'`);
    const later = valuesOf(await read(windowsSmart(), windows.host(30 * MINUTE_MS)));
    expect(later).toMatchObject({ 'fettle.disk.presence WD-4711 ACME Spinner 4711': 0 });
  });
});

describe.skipIf(skip)(`smartctl on Windows${why}`, () => {
  const TOOL = 'C:/Program Files/smartmontools/bin/smartctl.exe';

  it('is asked instead of the Storage API; that it finds none does not mean that they are gone', async () => {
    const root = machine('de');
    const windows = windowsAt(root);
    await read(windowsSmart(), windows.host());
    installProgram(root, TOOL, `echo '{"smartctl":{"version":[7,4],"exit_status":0},"devices":[]}'`);
    const refused = await windowsSmart().probe(windows.host(30 * MINUTE_MS));
    expect(refused).toMatchObject({ ok: false, reason: { code: 'permission' } });
    await read(paging(), windows.host(30 * MINUTE_MS));
    const [, script] = callsOf(root, 'powershell').map((call) =>
      Buffer.from(call.slice(call.lastIndexOf(' ')), 'base64').toString('utf16le'),
    );
    expect(script).toContain('Win32_OperatingSystem');
    expect(script).not.toContain('MSFT_PhysicalDisk');
  });
});

describe.skipIf(skip)(`a desktop that speaks French and refuses${why}`, () => {
  const host = () => windowsAt(machine('fr')).host();

  it('says why, and what else can be read is', async () => {
    expect(await read(paging(), host()).catch(reasonOf)).toEqual({
      code: 'permission',
      detail: 'limits: Accès refusé',
    });
    expect(await read(windowsBattery(), host()).catch(reasonOf)).toMatchObject({ code: 'no_hardware' });
    expect(await read(windowsSmart(), host()).catch(reasonOf)).toMatchObject({ code: 'virtual' });
    expect((await read(volumeList(), host())).sections?.[0]?.facts).toMatchObject([{ label: 'C:\\' }]);
  });
});

const JUNK = 'head -c 2000 /dev/urandom';
const broken: readonly (readonly [string, string, string])[] = [
  ['is not allowed', 'echo "Zugriff verweigert" >&2; exit 1', 'service_broken'],
  ['writes rubbish', JUNK, 'service_broken'],
  ['writes 10 MB', 'head -c 10000000 /dev/zero', 'parse_error'],
  ['ends in the middle', "printf '@@fettle:begin limits\\n{'", 'service_broken'],
];

describe.skipIf(skip)(`where PowerShell${why}`, () => {
  it.each(broken)('%s, it is told, and services and volumes are known without', async (_name, script, code) => {
    const root = machine('de');
    breakPowerShell(root, script);
    const windows = windowsAt(root, {
      statVolume: (path) => (path.startsWith('C') ? Promise.resolve(SPACE) : Promise.reject(new Error('ENOENT'))),
    });
    const host = windows.host();
    expect(await read(paging(), host).catch(reasonOf)).toMatchObject({ code });
    const { samples, partial } = await read(windowsServices(), host);
    expect(samples).toHaveLength(6);
    expect(partial).toMatchObject([{ code }]);
    await read(volumeList(), host);
    expect(windows.memory['volume-list']).toEqual({ version: 1, volumes: [{ mountpoint: 'C:\\', type: 'unknown' }] });
    await read(windowsServices(), windows.host(15 * MINUTE_MS));
    expect(callsOf(root, 'reg').length).toBeGreaterThan(0);
  });

  it('and everything else is missing, nothing is made up', async () => {
    const host = windowsAt(mkdtempSync(join(folder, 'bare-'))).host();
    for (const collector of [paging(), windowsServices(), volumeList(), windowsSmart(), windowsBattery()]) {
      expect(await read(collector, host).catch(reasonOf)).toMatchObject({ code: 'tool_missing' });
    }
  });
});

describe.skipIf(skip)(`volumes${why}`, () => {
  it('are first that of the system, and as soon as they are known all that stay', async () => {
    const stat = { statVolume: () => Promise.resolve(SPACE) };
    const windows = windowsAt(machine('de'), stat);
    const host = windows.host();
    const system = { ...host, builtin: { ...host.builtin, systemVolume: 'C:\\' } };
    const collector = windowsVolumes();
    const first = await collector.collect(system, moment);
    expect(first.partial).toMatchObject([{ code: 'timeout' }]);
    expect(valuesOf(first)).toEqual({
      'system.filesystem.limit C:\\ C:\\ unknown': 4_096_000,
      'system.filesystem.usage C:\\ C:\\ unknown': 2_867_200,
      'fettle.filesystem.available C:\\ C:\\ unknown': 1_024_000,
      'system.filesystem.utilization C:\\ C:\\ unknown': 700 / 950,
    });
    await read(volumeList(), host);
    const second = await collector.collect(system, moment);
    expect(second.partial).toEqual([]);
    expect(Object.keys(valuesOf(second)).filter((name) => name.includes('utilization'))).toEqual([
      'system.filesystem.utilization C:\\ C:\\ NTFS',
      'system.filesystem.utilization C:\\daten\\ C:\\daten\\ ReFS',
    ]);
  });
});
