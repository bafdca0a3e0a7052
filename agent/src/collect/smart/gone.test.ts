// Disks that are gone: which of them are missing, and for how long.
import { DAY_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PlayedMachine, at, hdd, idsOf, scansIn, valuesOf } from './fixture.ts';

let machine: PlayedMachine;
beforeEach(() => {
  machine = new PlayedMachine();
});
afterEach(() => machine.remove());

describe('a disk that is gone', () => {
  beforeEach(async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('A'));
    machine.says('/dev/sdb', hdd('B'));
    await machine.poll();
    machine.calls();
    machine.finds(at('/dev/sda'));
    machine.isGone('/dev/sdb');
  });

  it('is looked for by a new scan, and then missing as long as it is', async () => {
    for (let hour = 0; hour < 3; hour += 1) {
      const reading = await machine.poll();
      expect(valuesOf(reading, 'B')).toEqual({ presence: 0 });
      expect(valuesOf(reading, 'A')).toMatchObject({ presence: 1 });
      expect(reading.partial).toEqual([]);
      expect(scansIn(machine.calls())).toBe(1);
    }
    machine.finds(at('/dev/sda'), at('/dev/sdc'));
    machine.says('/dev/sdc', hdd('B'));
    expect(valuesOf(await machine.poll(), 'B')).toMatchObject({ presence: 1, activity: 0 });
  });

  it('is forgotten after 90 days', async () => {
    await machine.poll();
    machine.passes(90 * DAY_MS);
    expect(idsOf(await machine.poll())).toEqual(['A']);
  });

  it('is not missing when it has another name', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdz'));
    machine.says('/dev/sdz', hdd('B'));
    expect(valuesOf(await machine.poll(), 'B')).toMatchObject({ presence: 1, activity: 0 });
  });

  it('is not missing as long as the scan does not work', async () => {
    machine.saysText('scan', 'no JSON', 1);
    const reading = await machine.poll();
    expect(valuesOf(reading, 'B')).toEqual({ presence: 1 });
    expect(valuesOf(reading, 'A')).toMatchObject({ activity: 0 });
  });

  it('is not missing as long as it could be one of those that cannot be told apart', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdc'));
    machine.sleeps('/dev/sdc');
    expect(valuesOf(await machine.poll(), 'B')).toEqual({ presence: 1 });
    machine.says('/dev/sdc', hdd('C'));
    expect(valuesOf(await machine.poll(), 'B')).toEqual({ presence: 0 });
  });

  it('is not missing when it is not to be asked any more', async () => {
    machine.declared = [{ device: '/dev/sdb', skip: true }];
    expect(idsOf(await machine.poll())).toEqual(['A']);
  });
});

describe('the only disk', () => {
  beforeEach(async () => {
    machine.finds(at('/dev/sda'));
    machine.says('/dev/sda', hdd('A'));
    await machine.poll();
    machine.finds();
    machine.isGone('/dev/sda');
  });

  it('is missing when it is gone, for the days after too', async () => {
    for (let day = 0; day < 3; day += 1) {
      expect(valuesOf(await machine.poll(), 'A')).toEqual({ presence: 0 });
      machine.passes(DAY_MS);
    }
  });

  it('is not missing when the agent may not see it any more', async () => {
    machine.kernelHas('sda', {});
    expect(valuesOf(await machine.poll(), 'A')).toEqual({ presence: 1 });
    machine.passes(DAY_MS);
    expect(await machine.poll()).toMatchObject({ samples: [], unavailable: { code: 'permission' } });
  });
});

it('a device that never said who it is does not hide that a disk is missing', async () => {
  machine.finds(at('/dev/sda'), at('/dev/sdb'), at('/dev/sdc'));
  machine.says('/dev/sda', hdd('A'));
  machine.says('/dev/sdb', hdd('B'));
  machine.sleeps('/dev/sdc');
  await machine.poll();
  machine.finds(at('/dev/sda'), at('/dev/sdc'));
  machine.isGone('/dev/sdb');
  expect(valuesOf(await machine.poll(), 'B')).toEqual({ presence: 0 });
});

it.each([
  ['on USB', {}, 'devices/pci/usb2/2-1/block/sda'],
  ['that can be taken out', { removable: '1\n' }, 'devices/pci/sda'],
])('a disk %s that is gone is not missing', async (_name, files, place) => {
  machine.kernelHas('sda', { 'device/wwid': 'naa.5000\n', ...files }, place);
  machine.finds(at('/dev/sda'), at('/dev/sdb'));
  machine.says('/dev/sda', hdd('U'));
  machine.says('/dev/sdb', hdd('A'));
  expect(idsOf(await machine.poll())).toEqual(['U', 'A']);
  machine.finds(at('/dev/sdb'));
  machine.isGone('/dev/sda');
  expect(idsOf(await machine.poll())).toEqual(['A']);
});
