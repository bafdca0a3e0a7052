// Values that no recording has: each kind of verdict, packed counters, wear by maker, temperatures that are none.
import { describe, expect, it } from 'vitest';

import { type Disk, parseDisk } from './disk.parse.ts';
import { parseVerdict } from './verdict.parse.ts';

const IDENTITY = { serial_number: 'S1', model_name: 'Disk', smart_status: { passed: true } };

const diskOf = (document: Readonly<Record<string, unknown>>): Disk => {
  const disk = parseDisk({ ...IDENTITY, ...document });
  if (typeof disk === 'string') throw new Error(disk);
  return disk;
};

const attributes = (...table: readonly unknown[]) => ({ ata_smart_attributes: { table } });
const nvme = (log: Readonly<Record<string, unknown>>) => ({ nvme_smart_health_information_log: log });

describe('the verdict', () => {
  const hot = { id: 190, when_failed: 'now', flags: { prefailure: true } };
  const bad = { id: 5, when_failed: 'now', flags: { prefailure: true } };
  const old = { id: 5, when_failed: 'past', flags: { prefailure: true } };
  const said = (passed: boolean) => ({ smart_status: { passed } });

  it.each([
    ['nothing', {}, undefined],
    ['passed', said(true), 'passed'],
    ['failed', said(false), 'failed'],
    ['the exit bit of a failing disk alone', { smartctl: { exit_status: 0x08 } }, 'failed'],
    ['exit bits of past and logged errors alone', { smartctl: { exit_status: 0xf4 } }, undefined],
    ['an NVMe without warnings', nvme({ critical_warning: 0 }), 'passed'],
    ['an NVMe that is too hot', { ...said(false), ...nvme({ critical_warning: 0x02 }) }, 'passed'],
    [
      'an NVMe that is too hot, told by the status alone',
      { smart_status: { passed: false, nvme: { value: 2 } } },
      'passed',
    ],
    ['an NVMe that is too hot and short of spare', { ...said(false), ...nvme({ critical_warning: 0x03 }) }, 'failed'],
    ['an NVMe that can only be read', { ...said(false), ...nvme({ critical_warning: 0x08 }) }, 'failed'],
    ['an NVMe whose cache is not saved', { ...said(true), ...nvme({ critical_warning: 0x10 }) }, 'failed'],
    ['an NVMe that fails without a warning', { ...said(false), ...nvme({ critical_warning: 0 }) }, 'failed'],
    ['a SAS disk that is too hot', { smart_status: { passed: false, scsi: { asc: 0x0b, ascq: 0x01 } } }, 'passed'],
    [
      'a SAS disk beyond its critical heat',
      { smart_status: { passed: false, scsi: { asc: 0x0b, ascq: 0x0a } } },
      'passed',
    ],
    [
      'a SAS disk with a failed self-test',
      { smart_status: { passed: false, scsi: { asc: 0x0b, ascq: 0x03 } } },
      'failed',
    ],
    [
      'a SAS disk that predicts its end',
      { smart_status: { passed: false, scsi: { asc: 0x5d, ascq: 0x10 } } },
      'failed',
    ],
    ['a SATA disk beyond the limit of its temperature', { ...said(false), ...attributes(hot, old) }, 'passed'],
    ['a SATA disk beyond two limits', { ...said(false), ...attributes(hot, bad) }, 'failed'],
    ['a SATA disk that fails and does not say why', { ...said(false), ...attributes(old) }, 'failed'],
    ['a text in place of true', { smart_status: { passed: 'true' } }, undefined],
  ])('of %s', (_name, document, verdict) => {
    expect(parseVerdict(document)).toBe(verdict);
  });
});

describe('the counters of an ATA disk', () => {
  const REALLOCATED = 'fettle.disk.sectors.reallocated';
  const PENDING = 'fettle.disk.sectors.pending';
  const TIMEOUTS = 'fettle.disk.timeouts';
  const SECTORS = 'Reallocated_Sector_Ct';

  it.each([
    ['a plain one', [5, SECTORS, 3, '3'], REALLOCATED, 3],
    ['one with its halves behind it', [5, SECTORS, 0x50001, '1 (5 0)'], REALLOCATED, 1],
    ['one with words behind it', [5, SECTORS, 52_953_976, '888 (Average 808)'], REALLOCATED, 888],
    ['timeouts', [188, 'Command_Timeout', 33, '33'], TIMEOUTS, 33],
    ['timeouts in three words', [188, 'Command_Timeout', 17_180_131_332, '17180131332'], TIMEOUTS, 4],
    ['timeouts in three different words', [188, 'Command_Timeout', 8_590_065_670, '8590065670'], TIMEOUTS, 6],
    ['timeouts printed as three words', [188, 'Command_Timeout', 8_590_065_670, '2 1 6'], TIMEOUTS, 6],
    ['more than a disk has', [197, 'Current_Pending_Sector', 2 ** 40, String(2 ** 40)], PENDING, undefined],
    ['one of which the maker means something else', [197, 'ECC_Error_Count', 7, '7'], PENDING, undefined],
    ['one that is known to be wrong', [197, 'Bogus_Current_Pend_Sect', 1, '1'], PENDING, undefined],
    ['one that nobody knows', [5, 'Unknown_Attribute', 7, '7'], REALLOCATED, undefined],
    ['a fraction', [5, SECTORS, 1.5, '1.5'], REALLOCATED, undefined],
    ['a negative one', [5, SECTORS, -1, '-1'], REALLOCATED, undefined],
  ] as const)('%s', (_name, [id, name, value, string], metric, count) => {
    expect(diskOf(attributes({ id, name, value: 100, raw: { value, string } })).values[metric]).toBe(count);
  });

  it('what is packed in an unknown way is told', () => {
    const { doubts } = diskOf(
      attributes({ id: 197, name: 'Current_Pending_Sector', raw: { value: 2 ** 40, string: '' } }),
    );
    expect(doubts).toEqual(['attribute 197 (Current_Pending_Sector) is packed in a way that is not known: ']);
  });

  it('a temperature is never taken from attribute 194, which is packed', () => {
    const heat = {
      id: 194,
      name: 'Temperature_Celsius',
      value: 64,
      raw: { value: 206_159_675_430, string: '38 (Min/Max 19/48)' },
    };
    expect(diskOf(attributes(heat)).temperature).toBeUndefined();
  });
});

describe('the counters of a SAS disk', () => {
  it('are defects, those waiting, and what could not be corrected', () => {
    const { values } = diskOf({
      scsi_grown_defect_list: 3,
      scsi_pending_defects: { count: 2 },
      scsi_error_counter_log: {
        read: { total_uncorrected_errors: 1 },
        write: { total_uncorrected_errors: 535 },
        verify: {},
      },
    });
    expect(values).toMatchObject({
      'fettle.disk.sectors.reallocated': 3,
      'fettle.disk.sectors.pending': 2,
      'fettle.disk.errors.reported': 536,
    });
  });

  it('are not known where the pages are not there', () => {
    expect(diskOf({})).toMatchObject({ values: { 'fettle.smart.verdict': 0 } });
    expect(Object.keys(diskOf({}).values)).toEqual(['fettle.smart.verdict']);
  });
});

it('more media errors than a disk can have are told, not counted', () => {
  const { values, doubts } = diskOf(nvme({ media_errors: 2 ** 40 }));
  expect(values['fettle.disk.errors.media']).toBeUndefined();
  expect(doubts).toEqual([`fettle.disk.errors.media cannot be as many as ${2 ** 40}`]);
});

describe('wear', () => {
  const attribute = (id: number, name: string, value: number, raw: number) =>
    attributes({ id, name, value, raw: { value: raw, string: String(raw) } });
  const statistic = (value: number, valid: boolean) => ({
    ata_device_statistics: {
      pages: [{ table: [{ name: 'Percentage Used Endurance Indicator', value, flags: { valid } }] }],
    },
  });
  const SOLID = { rotation_rate: 0 };

  it.each([
    ['an NVMe', nvme({ percentage_used: 7 }), 0.07],
    ['an NVMe beyond its end', nvme({ percentage_used: 255 }), 2.55],
    ['a SAS disk', { scsi_percentage_used_endurance_indicator: 4 }, 0.04],
    ['the device statistics', statistic(19, true), 0.19],
    ['statistics that are not valid', statistic(19, false), undefined],
    [
      'statistics before attributes',
      {
        ...SOLID,
        model_name: 'INTEL SSD',
        ...statistic(19, true),
        ...attribute(233, 'Media_Wearout_Indicator', 50, 0),
      },
      0.19,
    ],
    [
      'Intel',
      { ...SOLID, model_name: 'INTEL SSDSC2BB240G4', ...attribute(233, 'Media_Wearout_Indicator', 22, 0) },
      0.78,
    ],
    ['Samsung', { ...SOLID, model_name: 'Samsung SSD 860', ...attribute(177, 'Wear_Leveling_Count', 81, 278) }, 0.19],
    ['Micron', { ...SOLID, model_name: 'Micron_5300', ...attribute(202, 'Percent_Lifetime_Remain', 88, 12) }, 0.12],
    [
      'Micron, beyond its end',
      { ...SOLID, model_name: 'Micron_5300', ...attribute(202, 'Percent_Lifetime_Remain', 0, 120) },
      1.2,
    ],
    [
      'Micron, whose two values contradict',
      { ...SOLID, model_name: 'Micron_5300', ...attribute(202, 'Percent_Lifetime_Remain', 88, 88) },
      undefined,
    ],
    ['another, whose two values agree', { ...SOLID, ...attribute(231, 'SSD_Life_Left', 74, 74) }, 0.26],
    ['another, whose two values contradict', { ...SOLID, ...attribute(231, 'SSD_Life_Left', 100, 74) }, undefined],
    [
      'another, by the number that Samsung uses',
      { ...SOLID, ...attribute(177, 'Wear_Leveling_Count', 1, 0) },
      undefined,
    ],
    [
      'a disk that turns',
      { rotation_rate: 7200, model_name: 'SAMSUNG HD103SJ', ...attribute(177, 'Wear_Leveling_Count', 1, 0) },
      undefined,
    ],
    ["smartctl's own guess", { ...SOLID, endurance_used: { current_percent: 100 } }, undefined],
  ])('of %s', (_name, document, wear) => {
    expect(diskOf(document).values['fettle.disk.wear']).toBe(wear);
  });
});

describe('spare space of an NVMe', () => {
  it.each([
    ['above the threshold', { available_spare: 100, available_spare_threshold: 10 }, 0.9],
    ['at the threshold', { available_spare: 10, available_spare_threshold: 10 }, 0],
    ['below the threshold', { available_spare: 4, available_spare_threshold: 10 }, -0.06],
    ['without a threshold', { available_spare: 0, available_spare_threshold: 0 }, undefined],
    ['of more than there is', { available_spare: 200, available_spare_threshold: 10 }, undefined],
  ])('%s', (_name, log, headroom) => {
    expect(diskOf(nvme(log)).values['fettle.disk.spare.headroom']).toBe(headroom);
  });
});

describe('the temperature', () => {
  const SAS = { temperature_1: { current: 40 } };

  it.each([
    ['a disk that turns', { temperature: { current: 35 } }, [35, 60, 'class']],
    ['a solid one', { rotation_rate: 0, temperature: { current: 35 } }, [35, 80, 'class']],
    [
      'an NVMe with both limits',
      { temperature: { current: 35, op_limit_max: 82, critical_limit_max: 85 } },
      [35, 85, 'disk'],
    ],
    ['an NVMe with a warning only', { temperature: { current: 35, op_limit_max: 82 } }, [35, 82, 'disk']],
    [
      'an NVMe with thresholds apart',
      { temperature: { current: 35 }, nvme_composite_temperature_threshold: { warning: 70, critical: 75 } },
      [35, 75, 'disk'],
    ],
    ['a SATA disk with SCT', { temperature: { current: 35, op_limit_max: 60, limit_max: 70 } }, [35, 60, 'disk']],
    ['a SAS disk that trips', { temperature: { current: 35, drive_trip: 68 } }, [35, 68, 'disk']],
    ['a SAS disk that never trips', { temperature: { current: 35, drive_trip: 0 } }, [35, 60, 'class']],
    ['a SAS disk with sensors', { scsi_environmental_reports: SAS }, [40, 60, 'class']],
    ['a limit that is none', { temperature: { current: 35, op_limit_max: 255, limit_max: 25 } }, [35, 60, 'class']],
  ] as const)('of %s', (_name, document, [celsius, limit, limitOf]) => {
    expect(diskOf(document).temperature).toEqual({ celsius, limit, limitOf });
  });

  it.each([0, -1, -128, 127, 128, 255, 1e9, 33.5, '33', null])('%s is no temperature', (current) => {
    expect(diskOf({ temperature: { current } }).temperature).toBeUndefined();
  });
});

describe('who it is', () => {
  const wwn = { naa: 5, oui: 3_152, id: 40_961 };

  it.each([
    ['the serial number', { wwn }, 'S1'],
    ['the world wide name without one', { serial_number: '', wwn }, '5000c5000000a001'],
    ['the same where a bridge writes zeros', { serial_number: '000000000000', wwn }, '5000c5000000a001'],
    [
      'the logical unit of SCSI',
      { serial_number: undefined, logical_unit_id: '0x5000c500a1b2c3d4' },
      '5000c500a1b2c3d4',
    ],
  ])('%s', (_name, document, id) => {
    expect(diskOf(document).id).toBe(id);
  });

  it('nobody, without either', () => {
    expect(parseDisk({ ...IDENTITY, serial_number: ' ', wwn: { naa: 0, oui: 0, id: 0 } })).toBe('no identity');
  });

  it('time powered on, but not of more than a hundred years', () => {
    expect(diskOf({ power_on_time: { hours: 2, minutes: 30 } }).values['fettle.disk.power_on']).toBe(9_000);
    expect(diskOf({ power_on_time: { hours: 16_777_215 } }).values['fettle.disk.power_on']).toBeUndefined();
  });
});
