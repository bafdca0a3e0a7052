// Disks that sleep: what is still said of them, and when they are woken.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PlayedMachine, READ, SCAN, at, hdd, idsOf, ssd, valuesOf } from './fixture.ts';

let machine: PlayedMachine;
beforeEach(() => {
  machine = new PlayedMachine();
});
afterEach(() => machine.remove());

describe('a disk asleep', () => {
  beforeEach(() => machine.finds(at('/dev/sda')));

  it('keeps its last readings but for its temperature, and is not woken', async () => {
    machine.says('/dev/sda', hdd('A', { scsi_grown_defect_list: 7 }));
    await machine.poll();
    machine.calls();
    machine.sleeps('/dev/sda');
    for (let hour = 0; hour < 4; hour += 1) {
      expect(valuesOf(await machine.poll(), 'A')).toEqual({
        presence: 1,
        activity: 1,
        'smart.verdict': 0,
        'sectors.reallocated': 7,
      });
    }
    expect(new Set(machine.calls())).toEqual(new Set([`${READ} -d sat -n standby,3 /dev/sda`]));
  });

  it('that was never read is waited for', async () => {
    machine.sleeps('/dev/sda');
    const reading = await machine.poll();
    expect(reading).toMatchObject({ samples: [], partial: [{ code: 'policy_blocked' }] });
    expect(reading.failed).toBeUndefined();
    machine.says('/dev/sda', hdd('A'));
    expect(idsOf(await machine.poll())).toEqual(['A']);
  });

  it('is woken where the administrator wants that', async () => {
    machine.declared = [{ device: '/dev/sda', wake: true }];
    machine.says('/dev/sda', hdd('A'));
    await machine.poll();
    expect(machine.calls()).toContain(`${READ} -d sat /dev/sda`);
  });

  it.each([
    ['that is solid', ssd('A'), {}, true],
    ['that turns', hdd('A'), {}, false],
    ['that is solid for the kernel, and was never read', undefined, { 'queue/rotational': '0\n' }, true],
    ['that turns for the kernel, and was never read', undefined, { 'queue/rotational': '1\n' }, false],
  ] as const)('%s, after saying so three times, is asked without care: %#', async (_name, first, kernel, isAsked) => {
    machine.kernelHas('sda', { 'device/wwid': 'naa.5000\n', ...kernel });
    if (first) {
      machine.says('/dev/sda', first);
      await machine.poll();
    }
    machine.sleeps('/dev/sda');
    for (let hour = 0; hour < 3; hour += 1) await machine.poll();
    const before = machine.calls();
    expect(before.filter((call) => call !== SCAN).every((call) => call.includes('-n standby,3'))).toBe(true);
    machine.says('/dev/sda', ssd('A'));
    await machine.poll();
    await machine.poll();
    expect(
      machine
        .calls()
        .filter((call) => call !== SCAN)
        .every((call) => !call.includes('standby')),
    ).toBe(isAsked);
  });

  it.each([
    ['another disk in its place', () => machine.kernelHas('sda', { 'device/wwid': 'naa.6000\n' })],
    ['a boot, where the kernel keeps no name of it', () => machine.reboots()],
  ])('is not taken for the last one after %s', async (name, change) => {
    if (name.startsWith('another')) machine.kernelHas('sda', { 'device/wwid': 'naa.5000\n' });
    machine.says('/dev/sda', hdd('A'));
    await machine.poll();
    machine.sleeps('/dev/sda');
    expect(valuesOf(await machine.poll(), 'A')).toMatchObject({ activity: 1 });
    change();
    const reading = await machine.poll();
    expect(valuesOf(reading, 'A')).toEqual({ presence: 1 });
    expect(reading.partial).toMatchObject([{ code: 'policy_blocked' }]);
  });
});
