// Polls of a machine with disks, by a real program in place of smartctl.
import { readFileSync } from 'node:fs';

import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { installProgram } from '../fixture.ts';
import { PlayedMachine, at, hdd, idsOf, ssd, valuesOf } from './fixture.ts';

let machine: PlayedMachine;
beforeEach(() => {
  machine = new PlayedMachine();
});
afterEach(() => machine.remove());

const SCAN = '--scan-open --json=c';
const READ = '-x --json=c';
const scansIn = (calls: readonly string[]): number => calls.filter((call) => call === SCAN).length;

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

describe('smartctl that is of no use', () => {
  const OLD = 'smartctl 6.6 2017-11-05 r4594 [x86_64-linux-4.19] (local build)\n=======> UNRECOGNIZED OPTION: json=c\n';
  const device = (open_error: string) => ({ ...at('/dev/sda'), open_error });

  it.each([
    ['too old', () => machine.saysText('scan', OLD, 1), { unavailable: { code: 'tool_too_old' } }],
    ['without an answer', () => machine.saysText('scan', '', 1), { failed: { code: 'parse_error' } }],
    [
      'that writes no JSON',
      () => machine.saysText('scan', 'Segmentation fault\n', 139),
      { failed: { code: 'parse_error' } },
    ],
    [
      'that may open nothing',
      () => machine.finds(device('Permission denied')),
      { unavailable: { code: 'permission' } },
    ],
    [
      'that knows no bridge',
      () => machine.finds(device('Unknown USB bridge [0x1234:0x5678 (0x100)]')),
      { unavailable: { code: 'no_hardware' } },
    ],
    ['where no disk is', () => undefined, { unavailable: { code: 'no_hardware' } }],
    ['where all disks are virtual', () => machine.kernelHas('vda', {}), { unavailable: { code: 'virtual' } }],
    ['where disks are out of sight', () => machine.kernelHas('sda', {}), { unavailable: { code: 'permission' } }],
    ['for the only disk', () => machine.finds(device('Input/output error')), { failed: { code: 'service_broken' } }],
  ])('%s', async (_name, prepare, outcome) => {
    prepare();
    expect(await machine.poll()).toMatchObject({ samples: [], ...outcome });
  });

  it('and is not installed, whatever somebody has planted in PATH', async () => {
    machine.uninstalls();
    installProgram(machine.root, 'planted/smartctl', `echo planted > ${machine.root}/calls`);
    vi.stubEnv('PATH', `${machine.root}/planted:${process.env['PATH']}`);
    const { unavailable } = await machine.poll();
    vi.unstubAllEnvs();
    expect(unavailable).toMatchObject({ code: 'tool_missing', fix: 'install the package smartmontools' });
    expect(machine.calls()).toEqual([]);
  });

  it('as it was recorded on a machine whose only disk is virtual', async () => {
    const recorded = new URL('../../../fixtures/linux/smartctl/virtio/scan.rc0.json', import.meta.url);
    machine.saysText('scan', readFileSync(recorded, 'utf8'), 0);
    machine.kernelHas('vda', {});
    const { unavailable } = await machine.poll();
    expect(unavailable).toMatchObject({ code: 'virtual' });
    expect(unavailable?.detail).toContain('virtual (vda)');
  });
});

describe('one disk that gives trouble', () => {
  beforeEach(() => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('A'));
    machine.says('/dev/sdb', hdd('B'));
  });

  const spoil = (text: string, code: number) => () => machine.saysText('.dev.sda', text, code);

  it.each([
    ['nothing at all', spoil('', 1), 'parse_error'],
    ['half of it', spoil('{"smartctl":{"exit_status":0},"serial_nu', 0), 'parse_error'],
    ['noise', spoil('\u0001\u0002�\u0000'.repeat(1000), 0), 'parse_error'],
    ['more than anybody reads', spoil(' '.repeat(2 ** 20 + 1), 0), 'parse_error'],
    ['another program', spoil('{"devices":[]}', 0), 'parse_error'],
    [
      'that SMART is off',
      () => machine.says('/dev/sda', { serial_number: 'A', smart_support: { available: true, enabled: false } }, 4),
      'policy_blocked',
    ],
    ['that it has no SMART', () => machine.says('/dev/sda', { serial_number: 'A' }, 4), 'no_hardware'],
    ['no serial number', () => machine.says('/dev/sda', hdd('')), 'no_hardware'],
    [
      'status 3 for another reason',
      () => machine.says('/dev/sda', { smartctl: { exit_status: 3 } }, 3),
      'service_broken',
    ],
  ])('says %s, and the other is read', async (_name, prepare, code) => {
    prepare();
    const reading = await machine.poll();
    expect(idsOf(reading)).toEqual(['B']);
    expect(reading.partial).toMatchObject([{ code }]);
    expect(reading.partial?.[0]?.detail).toContain(code === 'parse_error' ? '' : '/dev/sda');
  });

  it('does not say who it is: the error is told, not what else was remarked', async () => {
    const messages = [
      { string: 'CHECK POWER MODE not implemented, ignoring -n option', severity: 'information' },
      { string: 'Read Device Identity failed: Input/output error', severity: 'error' },
    ];
    machine.says('/dev/sda', { smartctl: { messages, exit_status: 2 } }, 2);
    expect((await machine.poll()).partial).toEqual([
      { code: 'service_broken', detail: '/dev/sda: Read Device Identity failed: Input/output error' },
    ]);
  });

  it('never answers: it is given up, still there, and asked last from then on', async () => {
    await machine.poll();
    machine.hangs('/dev/sda');
    const reading = await machine.poll();
    expect(valuesOf(reading, 'A')).toEqual({ presence: 1 });
    expect(valuesOf(reading, 'B')).toMatchObject({ presence: 1, activity: 0 });
    expect(reading.partial).toMatchObject([{ code: 'timeout', detail: '/dev/sda: smartctl did not end within 0.5 s' }]);
    expect(machine.calls().at(-1)).toMatch(/sdb$/);
    await machine.poll();
    expect(machine.calls().at(-1)).toMatch(/sda$/);
  });

  it('takes so long that there is no time for the next: that one is still there', async () => {
    await machine.poll();
    machine.slownessMs = 100_000;
    const reading = await machine.poll();
    expect(valuesOf(reading, 'A')).toMatchObject({ activity: 0 });
    expect(valuesOf(reading, 'B')).toEqual({ presence: 1 });
    expect(reading.partial).toMatchObject([{ detail: '/dev/sdb was not asked: the disks before it took too long' }]);
  });

  it.each([0x00, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xfc])(
    'has findings, status %i, and is read all the same',
    async (status) => {
      machine.says('/dev/sda', hdd('A'), status);
      const reading = await machine.poll();
      expect(valuesOf(reading, 'A')).toMatchObject({ activity: 0, 'smart.verdict': 0 });
      expect(reading.partial).toEqual([]);
    },
  );
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
