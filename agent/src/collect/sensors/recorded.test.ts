// Sensors and fans of recorded machines.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Reading } from '../collector.ts';
import { makeLink, nodeExporter, sysfs, unpackTree } from '../trees/fixture.ts';
import { MachineOfChips, of } from './fixture.ts';

let machine: MachineOfChips;
beforeEach(() => {
  machine = new MachineOfChips();
});
afterEach(() => machine.remove());

describe('the recorded virtual laptop', () => {
  beforeEach(() => unpackTree(machine.root, sysfs('qemu-laptop')));

  it('has the sensors of its zone and its disks, and none of its battery', async () => {
    expect(await machine.sensors().probe()).toEqual({ ok: true, source: '/sys/class/hwmon' });
    const { samples, partial, sections } = await machine.sensors().read();
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
    rmSync(join(machine.root, 'sys/class/hwmon/hwmon0'));
    const found = await machine.sensors().read();
    expect(of('hw.temperature', found)[2]).toEqual(['acpitz temp', 93]);
    expect(of('fettle.temperature.headroom', found)).toEqual([['acpitz temp', 7]]);
    machine.write({ 'sys/devices/virtual/thermal/thermal_zone0/trip_point_0_type': 'passive\n' });
    expect(of('fettle.temperature.headroom', await machine.sensors().read())).toEqual([['acpitz temp', 5]]);
  });

  it('has the same names after a boot that counts the chips otherwise', async () => {
    const ids = ({ samples }: Reading) => new Set(samples.map(({ attributes }) => attributes['hw.id']));
    const before = ids(await machine.sensors().read());
    rmSync(join(machine.root, 'sys/class/hwmon/hwmon1'));
    rmSync(join(machine.root, 'sys/class/hwmon/hwmon2'));
    makeLink(join(machine.root, 'sys/class/hwmon/hwmon1'), '../../devices/pci0000:00/0000:00:04.0/nvme/nvme1/hwmon2');
    makeLink(join(machine.root, 'sys/class/hwmon/hwmon2'), '../../devices/pci0000:00/0000:00:03.0/nvme/nvme0/hwmon1');
    expect(ids(await machine.sensors().read())).toEqual(before);
  });
});

describe.skipIf(nodeExporter.skip)(`node_exporter's machine${nodeExporter.why}`, () => {
  beforeEach(() => unpackTree(machine.root, nodeExporter.archive(), /hwmon|thermal|applesmc/));

  it('has two processors, two fans of a Mac, one of a board, three radios and a chip without a name', async () => {
    const found = await machine.sensors().read();
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
    rmSync(join(machine.root, 'sys/class/hwmon'), { recursive: true });
    makeLink(
      join(machine.root, 'sys/class/hwmon/hwmon3'),
      '../../devices/pci0000:00/0000:00:02.1/0000:01:00.0/nvme/nvme0/hwmon3',
    );
    makeLink(
      join(machine.root, 'sys/class/hwmon/hwmon0'),
      '../../devices/pci0000:40/0000:40:01.3/0000:45:00.0/hwmon/hwmon0',
    );
    const found = await machine.sensors().read();
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
