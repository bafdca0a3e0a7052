// Polls of a machine with disks, by a real program in place of smartctl.
import { HOUR_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { installProgram } from '../fixture.ts';
import { PlayedMachine, READ, SCAN, at, hdd, idsOf, scansIn, ssd, valuesOf } from './fixture.ts';

let machine: PlayedMachine;
beforeEach(() => {
  machine = new PlayedMachine();
});
afterEach(() => machine.remove());

describe('the disks of a machine', () => {
  it('are found by one scan, and asked one after the other by the type that it found', async () => {
    machine.finds(at('/dev/sda'), at('/dev/nvme0', 'nvme'));
    machine.says('/dev/sda', hdd('A', { power_on_time: { hours: 10 } }), 64);
    machine.says(
      '/dev/nvme0',
      ssd('N', { nvme_smart_health_information_log: { percentage_used: 3, media_errors: 0 } }),
    );
    const reading = await machine.poll();
    expect(valuesOf(reading, 'A')).toEqual({
      presence: 1,
      activity: 0,
      'smart.verdict': 0,
      power_on: 36_000,
      temperature: 35,
      'temperature.headroom': 25,
    });
    expect(valuesOf(reading, 'N')).toMatchObject({ wear: 0.03, 'errors.media': 0, 'temperature.headroom': 45 });
    expect(reading.partial).toEqual([]);
    expect(machine.calls()).toEqual([
      SCAN,
      `${READ} -d sat -n standby,3 /dev/sda`,
      `${READ} -d nvme -n standby,3 /dev/nvme0`,
    ]);
  });

  it('are scanned for once a day', async () => {
    machine.finds(at('/dev/sda'));
    machine.says('/dev/sda', hdd('A'));
    await machine.poll();
    machine.passes(22 * HOUR_MS);
    await machine.poll();
    expect(scansIn(machine.calls())).toBe(1);
    await machine.poll();
    expect(scansIn(machine.calls())).toBe(1);
  });

  it('are told to people, a missing one too', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('WD-0001', { user_capacity: { bytes: 4_000_787_030_016 }, firmware_version: 'F1' }));
    machine.says('/dev/sdb', hdd('WD-0002', { power_on_time: { hours: 1_234 }, smart_status: { passed: false } }));
    await machine.poll();
    machine.finds(at('/dev/sda'));
    machine.isGone('/dev/sdb');
    const { sections } = await machine.poll();
    expect(sections).toEqual([
      {
        id: 'disks',
        title: 'Disks',
        facts: [
          {
            label: 'ST4000 0001',
            value:
              'ST4000, serial WD-0001, firmware F1, 4.0 TB, SATA, 7200 rpm, limit 60 °C (usual for its class), SMART: passed',
          },
          {
            label: 'ST4000 0002',
            value:
              'missing: ST4000, serial WD-0002, SATA, 7200 rpm, over 1200 h on, limit 60 °C (usual for its class), SMART: failed',
          },
        ],
      },
    ]);
  });

  it('with the same model and end of the serial number have different names, and keep them', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('AA-0001'));
    machine.says('/dev/sdb', hdd('BB-0001'));
    const namesOf = async () => new Set((await machine.poll()).samples.map(({ attributes }) => attributes['hw.name']));
    expect(await namesOf()).toEqual(new Set(['ST4000 0001', 'ST4000 BB-0001']));
    machine.says('/dev/sda', hdd('BB-0001'));
    machine.says('/dev/sdb', hdd('AA-0001'));
    expect(await namesOf()).toEqual(new Set(['ST4000 0001', 'ST4000 BB-0001']));
  });

  it('that can be reached on two ways are told once', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('A'));
    machine.says('/dev/sdb', hdd('A'));
    const reading = await machine.poll();
    expect(reading.samples.filter(({ metric }) => metric === 'fettle.disk.presence')).toHaveLength(1);
    expect(reading.partial).toEqual([]);
  });

  it('that were given the same serial number are told once, with the reason', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('A'));
    machine.says('/dev/sdb', hdd('A', { model_name: 'Another' }));
    expect((await machine.poll()).partial).toMatchObject([
      { detail: '/dev/sdb says the serial number of another disk, and is left out' },
    ]);
  });
});

describe('what the administrator declares', () => {
  beforeEach(() => {
    machine.finds(at('/dev/sda', 'scsi'));
    machine.says('/dev/sda', hdd('A'));
    machine.says('/dev/sdx', hdd('X'));
  });

  it.each([
    ['nothing', [], ['-d scsi -n standby,3 /dev/sda']],
    ['another type', [{ device: '/dev/sda', type: 'sat,12' }], ['-d sat,12 -n standby,3 /dev/sda']],
    ['to leave it alone', [{ device: '/dev/sda', skip: true }, { device: '/dev/sdx' }], ['-n standby,3 /dev/sdx']],
    [
      'disks behind a controller',
      [
        { device: '/dev/sda', type: 'megaraid,0' },
        { device: '/dev/sda', type: 'megaraid,1', wake: true },
      ],
      ['-d megaraid,0 -n standby,3 /dev/sda', '-d megaraid,1 /dev/sda'],
    ],
    [
      'one more',
      [{ device: '/dev/sdx', type: 'sat' }],
      ['-d scsi -n standby,3 /dev/sda', '-d sat -n standby,3 /dev/sdx'],
    ],
    ['an option in place of a device', [{ device: '--all' }], ['-d scsi -n standby,3 /dev/sda']],
  ])('%s', async (_name, declared, asked) => {
    machine.declared = declared;
    await machine.poll();
    const calls = machine.calls().filter((call) => call !== SCAN);
    expect(calls).toEqual(asked.map((call) => `${READ} ${call}`));
  });

  it('is told where nothing is', async () => {
    machine.declared = [{ device: '/dev/sdx' }];
    machine.isGone('/dev/sdx');
    expect((await machine.poll()).partial).toMatchObject([
      { code: 'no_hardware', detail: 'Smartctl open device: /dev/sdx failed: No such device' },
    ]);
  });
});

it.each([['nothing that is meant'], [{ version: 2 }], [{ version: 1, places: [], disks: {} }], [null]])(
  'memory that is %j is as good as none',
  async (kept) => {
    machine.kept['smart'] = kept;
    machine.finds(at('/dev/sda'));
    machine.says('/dev/sda', hdd('A'));
    expect(idsOf(await machine.poll())).toEqual(['A']);
  },
);

it('reads by hand what there is, and remembers nothing', async () => {
  machine.keeps = false;
  machine.finds(at('/dev/sda'), at('/dev/sdb'));
  machine.says('/dev/sda', hdd('A'));
  machine.sleeps('/dev/sdb');
  const reading = await machine.poll();
  expect(valuesOf(reading, 'A')).toMatchObject({ presence: 1, activity: 0 });
  expect(reading.partial).toMatchObject([{ code: 'policy_blocked' }]);
  expect(machine.kept).toEqual({});
});

const skip = missing(needs.smartctl);

describe.skipIf(skip.skip)(`the real smartctl${skip.why}`, () => {
  it('says in the words that are known that a disk is asleep', async () => {
    const asked = 'REPORT-IOCTL: Device=/dev/sda Command=CHECK POWER MODE';
    machine.finds(at('/dev/sda'));
    machine.says('/dev/sda', hdd('A'));
    await machine.poll();
    // its device "-" replays what a disk answered; an error of this command means SLEEP (smartctl(8), -r ataioctl)
    const replay = `printf '%s\\n' '${asked}' '${asked} returned -1 errno=5' | /usr/sbin/smartctl -x --json=c -n standby,3 -`;
    installProgram(machine.root, 'usr/sbin/smartctl', replay);
    expect(valuesOf(await machine.poll(), 'A')).toMatchObject({ presence: 1, activity: 1 });
  });
});
