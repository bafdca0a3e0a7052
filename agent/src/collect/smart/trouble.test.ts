// smartctl that is of no use, and disks that answer wrongly, late or not at all.
import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { installProgram } from '../fixture.ts';
import { PlayedMachine, at, hdd, idsOf, valuesOf } from './fixture.ts';

let machine: PlayedMachine;
beforeEach(() => {
  machine = new PlayedMachine();
});
afterEach(() => machine.remove());

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
