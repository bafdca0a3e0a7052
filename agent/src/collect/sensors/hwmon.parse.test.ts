import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { locationOf, parseLimit, parseRpm, parseTemperature, placeOf } from './hwmon.parse.ts';

describe('a temperature', () => {
  it.each<[text: string, celsius: number | undefined]>([
    ['49850\n', 49.85],
    ['-40000', -40],
    ['126999', 126.999],
    ['1000', 1],
    ['-1001', -1.001],
  ])('%j is %s °C', (text, celsius) => {
    expect(parseTemperature(text)).toBe(celsius);
  });

  it.each(['127000', '127875', '128000', '150000', '255000', '0', '-1', '-1000', '-40001', '-128000', '-273150'])(
    'not %s: that is what a probe says that is not connected',
    (text) => {
      expect(parseTemperature(text)).toBeUndefined();
    },
  );

  it.each([
    '',
    '\n',
    'NaN',
    'nan',
    '4e4',
    '0x10',
    '49.85',
    '49850 49850',
    'N/A',
    '--5',
    '9'.repeat(30),
    '\u{FEFF}49850',
  ])('not %j: that is no number of the kernel', (text) => {
    // a byte order mark is white space to JavaScript: the number behind it is right
    expect(parseTemperature(text)).toBe(text.startsWith('\u{FEFF}') ? 49.85 : undefined);
  });
});

describe('a limit', () => {
  it.each<[text: string, celsius: number | undefined]>([
    ['100000', 100],
    ['99850', 99.85],
    ['40000', 40],
    ['39999', undefined],
    ['0', undefined],
    ['127000', undefined],
    ['65261850', undefined], // an NVMe disk's second sensor, recorded
    ['-273150', undefined],
    ['', undefined],
  ])('%j is %s °C', (text, celsius) => {
    expect(parseLimit(text)).toBe(celsius);
  });
});

describe('the speed of a fan', () => {
  it.each<[text: string, rpm: number | undefined]>([
    ['1998\n', 1998],
    ['0', 0],
    ['40000', 40_000],
    ['65535', undefined],
    ['1350000', undefined],
    ['-1', undefined],
    ['', undefined],
    ['12.5', undefined],
  ])('%j is %s', (text, rpm) => {
    expect(parseRpm(text)).toBe(rpm);
  });
});

describe('whatever a file holds', () => {
  const parsers = [parseTemperature, parseLimit, parseRpm];

  it.each(faultyTexts('49850\n'))('is a plausible number or none: $name', ({ text }) => {
    for (const parse of parsers)
      expect(parse(text) ?? 50).toSatisfy((value: number) => value >= -40 && value <= 50_000);
  });

  it('is a plausible number or none, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (text) => {
        expect(parseTemperature(text) ?? 20).toSatisfy((value: number) => value >= -40 && value < 127 && value !== 0);
        expect(parseLimit(text) ?? 50).toSatisfy((value: number) => value >= 40 && value < 127);
        expect(parseRpm(text) ?? 0).toSatisfy(
          (value: number) => Number.isInteger(value) && value >= 0 && value <= 40_000,
        );
      }),
    );
  });
});

describe('where a sensor is', () => {
  it.each<[chip: string, label: string, location: string]>([
    ['coretemp', 'Core 0', 'cpu'],
    ['k10temp', 'Tctl', 'cpu'],
    ['zenpower', '', 'cpu'],
    ['cpu_thermal', '', 'cpu'],
    ['cpu0_thermal', '', 'cpu'],
    ['acpitz', '', 'board'],
    ['thinkpad', 'CPU', 'cpu'],
    ['nct6798', 'CPUTIN', 'cpu'],
    ['nct6798', 'PECI Agent 0', 'cpu'],
    ['nct6798', 'SYSTIN', 'board'],
    ['nct6798', 'AUXTIN0', 'board'],
    ['asusec', 'CPU Package', 'cpu'],
    ['asusec', 'CPU VRM', 'board'],
    ['amdgpu', 'junction', 'gpu'],
    ['nouveau', '', 'gpu'],
    ['nvme', 'Composite', 'disk'],
    ['iwlwifi_1', '', 'other'],
    ['mt7996_phy0_0', '', 'other'],
    ['pch_cannonlake', '', 'board'],
  ])('%s %s: %s', (chip, label, location) => {
    expect(locationOf(chip, label)).toBe(location);
  });
});

describe('the place of a chip', () => {
  it.each<[link: string, place: string]>([
    ['../../devices/platform/coretemp.0/hwmon/hwmon4', 'coretemp.0'],
    ['../../devices/pci0000:00/0000:00:18.3/hwmon/hwmon1', '0000:00:18.3'],
    ['../../devices/pci0000:00/0000:00:02.1/0000:01:00.0/nvme/nvme0/hwmon3', '0000:01:00.0'],
    ['../../devices/pci0000:00/0000:00:1f.4/i2c-7/7-0050/hwmon/hwmon2', '0000:00:1f.4/0050'],
    ['../../devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0/0003:1B1C:0C10.0005/hwmon/hwmon6', '0000:00:14.0/4/4:1.0'],
    ['../../devices/virtual/thermal/thermal_zone0/hwmon0', 'virtual/thermal/thermal_zone0'],
    ['../../devices/platform/soc/18000000.wifi/ieee80211/phy0/hwmon/hwmon8', 'soc/18000000.wifi/ieee80211/phy0'],
    ['', ''],
  ])('%s is %s', (link, place) => {
    expect(placeOf(link)).toBe(place);
  });

  it('is the same whatever the kernel counts', () => {
    const at = (n: number) => `../../devices/pci0000:00/0000:01:00.0/i2c-${n}/${n}-0050/nvme/nvme${n}/hwmon/hwmon${n}`;
    expect(placeOf(at(1))).toBe(placeOf(at(12)));
  });
});
