// Sensors and fans of recorded machines and of machines made up for what no machine at hand has.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Host } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { hostAt, memoryOf, writeTree } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { makeLink, nodeExporter, sysfs, temporaryRoot, unpackTree } from '../trees/fixture.ts';
import { sensors } from './sensors.ts';

let root: ReturnType<typeof temporaryRoot>;
let clock: HandClock;
beforeEach(() => {
  root = temporaryRoot();
  clock = new HandClock();
});
afterEach(() => root.remove());

const write = (files: Readonly<Record<string, string>>): void => writeTree(root.path, files);
/** A chip with these files, at a place of its own. */
const chip = (number: number, name: string, files: Readonly<Record<string, string>>): void => {
  const place = `devices/platform/${name}.${number}/hwmon/hwmon${number}`;
  makeLink(join(root.path, `sys/class/hwmon/hwmon${number}`), `../../${place}`);
  for (const [file, text] of Object.entries({ name, ...files })) write({ [`sys/${place}/${file}`]: `${text}\n` });
};
const change = (number: number, name: string, file: string, text: string): void =>
  write({ [`sys/devices/platform/${name}.${number}/hwmon/hwmon${number}/${file}`]: `${text}\n` });

/** A collector on this machine, asked as often as the test likes. */
const machine = (changes: Partial<Host> = {}) => {
  const host = { ...hostAt(root.path, clock), ...changes };
  const collector = sensors();
  return {
    probe: () => collector.probe(host),
    read: () => collector.collect(host, { monoMs: clock.monoMs(), signal: new AbortController().signal }),
  };
};

/** [name, value] of each sample of a metric. */
const of = (metric: string, { samples }: Reading) =>
  samples.flatMap((one) => (one.metric === metric ? [[one.attributes['hw.name'], Number(one.value.toFixed(3))]] : []));
const factsOf = ({ sections = [] }: Reading) =>
  sections.flatMap(({ facts }) => facts.map(({ label, value }) => [label, value]));
const failing = (path: string, code: string): Partial<Host> => {
  const { readSensor, readKernel } = hostAt(root.path, clock);
  const fail = () => Object.assign(new Error(`${code}: read '${path}'`), { code });
  return {
    readSensor: (asked) => (asked.endsWith(path) ? Promise.reject(fail()) : readSensor(asked)),
    readKernel: (asked) => {
      if (asked.endsWith(path)) throw fail();
      return readKernel(asked);
    },
  };
};

describe('the recorded virtual laptop', () => {
  beforeEach(() => unpackTree(root.path, sysfs('qemu-laptop')));

  it('has the sensors of its zone and its disks, and none of its battery', async () => {
    expect(await machine().probe()).toEqual({ ok: true, source: '/sys/class/hwmon' });
    const { samples, partial, sections } = await machine().read();
    expect(samples).toEqual([
      {
        metric: 'hw.temperature',
        attributes: {
          'hw.id': 'acpitz@virtual/thermal/thermal_zone0/temp1',
          'hw.name': 'acpitz temp1',
          'hw.sensor_location': 'board',
        },
        value: 93,
      },
      {
        metric: 'fettle.temperature.headroom',
        attributes: expect.objectContaining({ 'hw.name': 'acpitz temp1' }) as unknown,
        value: 7,
      },
      {
        metric: 'hw.temperature',
        attributes: {
          'hw.id': 'nvme@0000:00:03.0/temp1',
          'hw.name': 'nvme Composite (0000:00:03.0)',
          'hw.sensor_location': 'disk',
        },
        value: 49.85,
      },
      {
        metric: 'hw.temperature',
        attributes: {
          'hw.id': 'nvme@0000:00:04.0/temp1',
          'hw.name': 'nvme Composite (0000:00:04.0)',
          'hw.sensor_location': 'disk',
        },
        value: 49.85,
      },
    ]);
    expect(partial).toEqual([]);
    expect(sections?.[0]?.facts[0]).toEqual({ label: 'acpitz temp1', value: 'too hot at 100 °C (its own limit)' });
  });

  it('has its zone without a chip, with the critical of its trip points', async () => {
    rmSync(join(root.path, 'sys/class/hwmon/hwmon0'));
    const found = await machine().read();
    expect(of('hw.temperature', found)[2]).toEqual(['acpitz temp', 93]);
    expect(of('fettle.temperature.headroom', found)).toEqual([['acpitz temp', 7]]);
    write({ 'sys/devices/virtual/thermal/thermal_zone0/trip_point_0_type': 'passive\n' });
    expect(of('fettle.temperature.headroom', await machine().read())).toEqual([['acpitz temp', 5]]);
  });

  it('has the same names after a boot that counts the chips otherwise', async () => {
    const ids = ({ samples }: Reading) => new Set(samples.map(({ attributes }) => attributes['hw.id']));
    const before = ids(await machine().read());
    rmSync(join(root.path, 'sys/class/hwmon/hwmon1'));
    rmSync(join(root.path, 'sys/class/hwmon/hwmon2'));
    makeLink(join(root.path, 'sys/class/hwmon/hwmon1'), '../../devices/pci0000:00/0000:00:04.0/nvme/nvme1/hwmon2');
    makeLink(join(root.path, 'sys/class/hwmon/hwmon2'), '../../devices/pci0000:00/0000:00:03.0/nvme/nvme0/hwmon1');
    expect(ids(await machine().read())).toEqual(before);
  });
});

describe.skipIf(nodeExporter.skip)(`node_exporter's machine${nodeExporter.why}`, () => {
  beforeEach(() => unpackTree(root.path, nodeExporter.archive(), /hwmon|thermal|applesmc/));

  it('has two processors, two fans of a Mac, one of a board, three radios and a chip without a name', async () => {
    const found = await machine().read();
    const cores = [
      ['Physical id 0', 55],
      ['Core 0', 54],
      ['Core 1', 52],
      ['Core 2', 53],
      ['Core 3', 50],
    ] as const;
    const processor = (place: string, less = 0) =>
      cores.map(([label, value]) => [`coretemp ${label} (${place})`, less === 0 ? value : less - value]);
    // not its thermal zone: the processors' own sensors say more
    expect(of('hw.temperature', found)).toEqual([
      ...processor('coretemp.0'),
      ...processor('coretemp.1'),
      ['unnamed foosensor', 55],
      ['unnamed foosensor #2', 54],
      ['mt7996_phy0_0 temp1', 55],
      ['mt7996_phy0_1 temp1', 56],
      ['mt7996_phy0_2 temp1', 57],
    ]);
    expect(of('fettle.temperature.headroom', found)).toEqual([
      ...processor('coretemp.0', 100),
      ...processor('coretemp.1', 100),
      ['unnamed foosensor', 45],
      ['unnamed foosensor #2', 46],
    ]);
    expect(of('hw.fan.speed', found)).toEqual([
      ['applesmc Left side', 0],
      ['applesmc Right side', 1998],
      ['nct6779 fan2', 1098],
    ]);
    expect(of('fettle.fan.state', found).map(([, state]) => state)).toEqual([0, 1, 1]);
    expect(found.partial).toEqual([]);
  });

  it('has a disk with two sensors whose limits are none', async () => {
    rmSync(join(root.path, 'sys/class/hwmon'), { recursive: true });
    makeLink(
      join(root.path, 'sys/class/hwmon/hwmon3'),
      '../../devices/pci0000:00/0000:00:02.1/0000:01:00.0/nvme/nvme0/hwmon3',
    );
    makeLink(
      join(root.path, 'sys/class/hwmon/hwmon0'),
      '../../devices/pci0000:40/0000:40:01.3/0000:45:00.0/hwmon/hwmon0',
    );
    const found = await machine().read();
    expect(of('hw.temperature', found)).toEqual([
      ['i350bb loc1', 50],
      ['nvme Composite', 43.85],
      ['nvme Sensor 1', 43.85],
      ['nvme Sensor 2', 45.85],
      ['nvme Sensor 8', 43.85],
      ['cpu_thermal temp', 12.376],
    ]);
    expect(of('fettle.temperature.headroom', found)).toEqual([
      ['i350bb loc1', 60],
      ['cpu_thermal temp', 82.624], // 95 °C, the usual limit of a CPU
    ]);
  });
});

describe('a sensor', () => {
  it.each<[chip: string, files: Record<string, string>, headroom: number | undefined]>([
    ['coretemp', { temp1_crit: '100000', temp1_max: '84000' }, 50],
    ['k10temp', {}, 45],
    ['k10temp', { temp1_max: '70000' }, 20],
    ['amdgpu', { temp1_crit: '110000' }, 60],
    ['acpitz', {}, undefined],
    ['acpitz', { temp1_crit: '127000' }, undefined],
    ['nct6798', { temp1_max: '80000' }, undefined],
    ['nct6798', { temp1_max: '80000', temp1_crit: '105000' }, 55],
    ['thinkpad', { temp1_max: '90000' }, 40],
  ])('%s with %o has %s °C left at 50 °C', async (name, files, headroom) => {
    chip(0, name, { temp1_input: '50000', ...files });
    expect(of('fettle.temperature.headroom', await machine().read())[0]?.[1]).toBe(headroom);
  });

  it('of a disk by drivetemp is not even looked at', async () => {
    chip(0, 'drivetemp', { temp1_input: '30000' });
    chip(1, 'acpitz', { temp1_input: '30000' });
    const asked: string[] = [];
    const { readSensor } = hostAt(root.path, clock);
    const found = await machine({ readSensor: (path) => (asked.push(path), readSensor(path)) }).read();
    expect(of('hw.temperature', found)).toEqual([['acpitz temp1', 30]]);
    expect(asked.filter((path) => path.includes('hwmon0'))).toEqual([]);
  });

  it('of a graphics card that sleeps is left alone until it wakes', async () => {
    chip(0, 'amdgpu', { temp1_input: '40000', 'device/power/runtime_status': 'suspended' });
    const { read } = machine();
    expect(await read()).toMatchObject({ samples: [], partial: [] });
    change(0, 'amdgpu', 'device/power/runtime_status', 'active');
    expect(of('hw.temperature', await read())).toEqual([['amdgpu temp1', 40]]);
  });

  it.each(['127000', '127875', '0', '-1', 'NaN', ''])(
    'that says %j from the start is not connected: a fact',
    async (text) => {
      chip(0, 'nct6798', { temp1_input: '35000', temp2_input: text, temp2_label: 'AUXTIN0' });
      const found = await machine().read();
      expect(of('hw.temperature', found)).toEqual([['nct6798 temp1', 35]]);
      expect(found.partial).toEqual([]);
      expect(factsOf(found)).toEqual([
        ['nct6798 temp1', 'no limit is known'],
        ['nct6798 AUXTIN0', `no reading: "${text}" is no temperature`],
      ]);
    },
  );

  it.each(['EAGAIN', 'EIO', 'ENXIO', 'ENODATA', 'EACCES', 'EPERM'])(
    'that fails with %s after it worked is told, and costs no other',
    async (code) => {
      chip(0, 'iwlwifi_1', { temp1_input: '35000' });
      chip(1, 'acpitz', { temp1_input: '30000' });
      let host: Partial<Host> = {};
      const base = hostAt(root.path, clock);
      const { read } = machine({ readSensor: (path) => (host.readSensor ?? base.readSensor)(path) });
      expect(factsOf(await read())).toHaveLength(2);
      host = failing('hwmon0/temp1_input', code);
      const found = await read();
      expect(of('hw.temperature', found)).toEqual([['acpitz temp1', 30]]);
      expect(found.partial).toMatchObject([
        { code: 'service_broken', detail: expect.stringContaining(code) as string },
      ]);
      expect(found.partial?.[0]?.detail).toMatch(/^iwlwifi_1 temp1: /);
      expect(found.sections).toBeUndefined();
    },
  );

  it('that holds 20 MiB, or noise, is no temperature', async () => {
    chip(0, 'acpitz', {
      temp1_input: '1'.repeat(20 * 2 ** 20),
      temp2_input: '\u0000\u00FF\u{FFFD}',
      temp3_input: '20000',
    });
    const found = await machine().read();
    expect(of('hw.temperature', found)).toEqual([['acpitz temp3', 20]]);
    expect(JSON.stringify(found.sections).length).toBeLessThan(1_000);
  });
});

describe('a driver that hangs', () => {
  it('costs three seconds once, and only its own chip', async () => {
    chip(0, 'i2cthing', { temp1_input: '30000', temp2_input: '31000' });
    chip(1, 'acpitz', { temp1_input: '30000' });
    const { read } = machine();
    await read();
    const fifo = join(root.path, 'sys/devices/platform/i2cthing.0/hwmon/hwmon0/temp1_input');
    rmSync(fifo);
    execFileSync('mkfifo', [fifo]);
    const reading = read();
    await clock.pass(3_000);
    const found = await reading;
    expect(of('hw.temperature', found)).toEqual([['acpitz temp1', 30]]);
    expect(found.partial).toEqual([
      {
        code: 'timeout',
        detail:
          'i2cthing temp1: /sys/class/hwmon/hwmon0/temp1_input did not answer within 3 s; i2cthing temp2: its chip does not answer',
      },
    ]);
    const again = await read(); // no clock has to move
    expect(again.partial?.[0]?.detail).toContain('still does not answer');
    closeSync(openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)); // lets go of the thread that hangs
  });
});

describe('what the machine has', () => {
  it('is looked for each hour, and at once when a file is gone', async () => {
    chip(0, 'acpitz', { temp1_input: '30000' });
    chip(1, 'iwlwifi_1', { temp1_input: '40000' });
    const { read } = machine();
    expect((await read()).samples).toHaveLength(2);
    chip(2, 'k10temp', { temp1_input: '50000' });
    await clock.pass(HOUR_MS - MINUTE_MS);
    expect((await read()).sections).toBeUndefined();
    await clock.pass(MINUTE_MS);
    expect(factsOf(await read())).toHaveLength(3);
    rmSync(join(root.path, 'sys/class/hwmon/hwmon1'));
    expect((await read()).partial).toHaveLength(1);
    const after = await read();
    expect(after.partial).toEqual([]);
    expect(of('hw.temperature', after)).toEqual([
      ['acpitz temp1', 30],
      ['k10temp temp1', 50],
    ]);
  });

  it('is nothing when all of it is gone', async () => {
    chip(0, 'acpitz', { temp1_input: '30000' });
    const { read } = machine();
    await read();
    rmSync(join(root.path, 'sys/class/hwmon'), { recursive: true });
    await read();
    await expect(read()).rejects.toMatchObject({ reason: { code: 'no_hardware' } });
  });

  it.each<[what: string, files: Record<string, string>, code: string, detail: RegExp]>([
    ['an empty machine', {}, 'no_hardware', /No driver/],
    ['QEMU', { 'sys/class/dmi/id/sys_vendor': 'QEMU\n' }, 'virtual', /QEMU/],
    [
      'Hyper-V',
      {
        'sys/class/dmi/id/sys_vendor': 'Microsoft Corporation\n',
        'sys/class/dmi/id/product_name': 'Virtual Machine\n',
      },
      'virtual',
      /Hyper-V/,
    ],
    [
      'a Surface',
      { 'sys/class/dmi/id/sys_vendor': 'Microsoft Corporation\n', 'sys/class/dmi/id/product_name': 'Surface Pro 9\n' },
      'no_hardware',
      /No driver/,
    ],
    ['Xen', { 'sys/hypervisor/type': 'xen\n' }, 'virtual', /xen/],
    [
      'Firecracker',
      { 'proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n' },
      'virtual',
      /its CPU/,
    ],
    ['a real CPU', { 'proc/cpuinfo': 'model name\t: hypervisor\nflags\t\t: fpu vme\n' }, 'no_hardware', /No driver/],
    ['chips that measure nothing', { 'sys/class/hwmon/hwmon0/name': 'BAT0\n' }, 'no_hardware', /No driver/],
  ])('is nothing on %s, and why', async (_, files, code, detail) => {
    write(files);
    expect(await machine().probe()).toMatchObject({
      ok: false,
      reason: { code, detail: expect.stringMatching(detail) as string },
    });
  });
});

describe('a fan', () => {
  const cooled = (rpm: string, celsius: string): void => {
    chip(0, 'nct6798', { fan1_input: rpm, temp9_input: '110000', temp9_label: 'AUXTIN0' });
    chip(1, 'k10temp', { temp1_input: celsius });
  };
  const set = (rpm: string, celsius: string): void => {
    change(0, 'nct6798', 'fan1_input', rpm);
    change(1, 'k10temp', 'temp1_input', celsius);
  };
  const STILL = 0;
  const TURNING = 1;
  const STALLED = 2;
  const stateOf = async (read: () => Promise<Reading>) => of('fettle.fan.state', await read())[0]?.[1];

  it('is stalled when it was turning, stands, and the CPU is hot; it stays so until it turns', async () => {
    cooled('900', '50000');
    const { read } = machine();
    expect(await stateOf(read)).toBe(TURNING);
    set('0', '70000');
    expect(await stateOf(read)).toBe(STILL);
    set('0', '70125');
    expect(await stateOf(read)).toBe(STALLED);
    await clock.pass(3 * DAY_MS);
    expect(await stateOf(read)).toBe(STALLED);
    set('0', '60000');
    expect(await stateOf(read)).toBe(STILL);
    set('0', '90000');
    expect(await stateOf(read)).toBe(STALLED);
    set('850', '90000');
    expect(await stateOf(read)).toBe(TURNING);
  });

  it('that never turned, or not for a day, just stands', async () => {
    cooled('0', '95000');
    const { read } = machine();
    expect(await stateOf(read)).toBe(STILL);
    set('900', '50000');
    expect(await stateOf(read)).toBe(TURNING);
    set('0', '50000');
    await clock.pass(DAY_MS + MINUTE_MS);
    set('0', '95000');
    expect(await stateOf(read)).toBe(STILL);
  });

  it('is remembered over restarts, in few writes', async () => {
    const values: Record<string, unknown> = {};
    let writes = 0;
    const memory = {
      ...memoryOf(values),
      write: (id: string, value: unknown) => ((writes += 1), memoryOf(values).write(id, value)),
    };
    cooled('900', '50000');
    const { read } = machine({ memory });
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await read();
      await clock.pass(MINUTE_MS);
    }
    expect(writes).toBe(4); // a day of turning
    set('0', '95000');
    expect(await stateOf(machine({ memory }).read)).toBe(STALLED);
  });

  it.each<[what: string, kept: unknown]>([
    ['nothing', undefined],
    ['text', 'x'],
    ['other shapes', { a: 1 }],
    ['other numbers', { 'nct6798@nct6798.0/fan1': { turnedMs: -1, isStalled: false } }],
  ])('is learned again when the memory holds %s', async (_, kept) => {
    cooled('0', '95000');
    expect(await stateOf(machine({ memory: memoryOf({ fans: kept }) }).read)).toBe(STILL);
  });

  it('of a graphics card rests while the card is cool, however hot the CPU is', async () => {
    chip(0, 'amdgpu', { fan1_input: '900', temp1_input: '45000' });
    chip(1, 'k10temp', { temp1_input: '90000' });
    const { read } = machine();
    await read();
    change(0, 'amdgpu', 'fan1_input', '0');
    expect(await stateOf(read)).toBe(STILL);
    change(0, 'amdgpu', 'temp1_input', '95000');
    expect(await stateOf(read)).toBe(STALLED);
  });

  it('of a laptop is judged by the firmware zone where the CPU says nothing', async () => {
    chip(0, 'dell_smm', { fan1_input: '900' });
    chip(1, 'acpitz', { temp1_input: '80000' });
    const { read } = machine();
    await read();
    change(0, 'dell_smm', 'fan1_input', '0');
    expect(await stateOf(read)).toBe(STALLED);
  });

  it('with a speed that no fan has is not read', async () => {
    chip(0, 'nct6798', { fan1_input: '1350000', fan2_input: '800' });
    expect(of('hw.fan.speed', await machine().read())).toEqual([['nct6798 fan2', 800]]);
  });
});
