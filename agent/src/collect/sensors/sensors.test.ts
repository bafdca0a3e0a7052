// Sensors of machines made up for what no machine at hand has, and what is told where there is none.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Host } from '../../host/host.ts';
import { MachineOfChips, factsOf, of } from './fixture.ts';

let machine: MachineOfChips;
beforeEach(() => {
  machine = new MachineOfChips();
});
afterEach(() => machine.remove());

const failing = (path: string, code: string): Partial<Host> => {
  const { readSensor, readKernel } = machine.host();
  const fail = () => Object.assign(new Error(`${code}: read '${path}'`), { code });
  return {
    readSensor: (asked) => (asked.endsWith(path) ? Promise.reject(fail()) : readSensor(asked)),
    readKernel: (asked) => {
      if (asked.endsWith(path)) throw fail();
      return readKernel(asked);
    },
  };
};

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
    machine.chip(0, name, { temp1_input: '50000', ...files });
    expect(of('fettle.temperature.headroom', await machine.sensors().read())[0]?.[1]).toBe(headroom);
  });

  it('of a disk by drivetemp is not even looked at', async () => {
    machine.chip(0, 'drivetemp', { temp1_input: '30000' });
    machine.chip(1, 'acpitz', { temp1_input: '30000' });
    const asked: string[] = [];
    const { readSensor } = machine.host();
    const found = await machine.sensors({ readSensor: (path) => (asked.push(path), readSensor(path)) }).read();
    expect(of('hw.temperature', found)).toEqual([['acpitz temp1', 30]]);
    expect(asked.filter((path) => path.includes('hwmon0'))).toEqual([]);
  });

  it('of a graphics card that sleeps is left alone until it wakes', async () => {
    machine.chip(0, 'amdgpu', { temp1_input: '40000', 'device/power/runtime_status': 'suspended' });
    const { read } = machine.sensors();
    expect(await read()).toMatchObject({ samples: [], partial: [] });
    machine.change(0, 'amdgpu', 'device/power/runtime_status', 'active');
    expect(of('hw.temperature', await read())).toEqual([['amdgpu temp1', 40]]);
  });

  it.each(['127000', '127875', '0', '-1', 'NaN', ''])(
    'that says %j from the start is not connected: a fact',
    async (text) => {
      machine.chip(0, 'nct6798', { temp1_input: '35000', temp2_input: text, temp2_label: 'AUXTIN0' });
      const found = await machine.sensors().read();
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
      machine.chip(0, 'iwlwifi_1', { temp1_input: '35000' });
      machine.chip(1, 'acpitz', { temp1_input: '30000' });
      let host: Partial<Host> = {};
      const base = machine.host();
      const { read } = machine.sensors({ readSensor: (path) => (host.readSensor ?? base.readSensor)(path) });
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
    machine.chip(0, 'acpitz', {
      temp1_input: '1'.repeat(20 * 2 ** 20),
      temp2_input: '\u0000\u00FF\u{FFFD}',
      temp3_input: '20000',
    });
    const found = await machine.sensors().read();
    expect(of('hw.temperature', found)).toEqual([['acpitz temp3', 20]]);
    expect(JSON.stringify(found.sections).length).toBeLessThan(1_000);
  });
});

describe('a driver that hangs', () => {
  it('costs three seconds once, and only its own chip', async () => {
    machine.chip(0, 'i2cthing', { temp1_input: '30000', temp2_input: '31000' });
    machine.chip(1, 'acpitz', { temp1_input: '30000' });
    const { read } = machine.sensors();
    await read();
    const fifo = join(machine.root, 'sys/devices/platform/i2cthing.0/hwmon/hwmon0/temp1_input');
    rmSync(fifo);
    execFileSync('mkfifo', [fifo]);
    const reading = read();
    await machine.clock.pass(3_000);
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
    machine.chip(0, 'acpitz', { temp1_input: '30000' });
    machine.chip(1, 'iwlwifi_1', { temp1_input: '40000' });
    const { read } = machine.sensors();
    expect((await read()).samples).toHaveLength(2);
    machine.chip(2, 'k10temp', { temp1_input: '50000' });
    await machine.clock.pass(HOUR_MS - MINUTE_MS);
    expect((await read()).sections).toBeUndefined();
    await machine.clock.pass(MINUTE_MS);
    expect(factsOf(await read())).toHaveLength(3);
    rmSync(join(machine.root, 'sys/class/hwmon/hwmon1'));
    expect((await read()).partial).toHaveLength(1);
    const after = await read();
    expect(after.partial).toEqual([]);
    expect(of('hw.temperature', after)).toEqual([
      ['acpitz temp1', 30],
      ['k10temp temp1', 50],
    ]);
  });

  it('is nothing when all of it is gone', async () => {
    machine.chip(0, 'acpitz', { temp1_input: '30000' });
    const { read } = machine.sensors();
    await read();
    rmSync(join(machine.root, 'sys/class/hwmon'), { recursive: true });
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
    machine.write(files);
    expect(await machine.sensors().probe()).toMatchObject({
      ok: false,
      reason: { code, detail: expect.stringMatching(detail) as string },
    });
  });
});
