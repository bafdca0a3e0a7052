// What the files of power supplies mean, whatever they hold.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parseBattery, parsePowerSource, parseSupply } from './battery.parse.ts';
import { HALF, ueventOf } from './fixture.ts';

describe('what the machine runs on', () => {
  const supplies = (...all: readonly (readonly [type: string, properties: Readonly<Record<string, string>>])[]) =>
    all.map(([type, properties], index) => parseSupply(`S${index}`, ueventOf(properties), type));
  const bat = (status: string) => ['Battery', { STATUS: status }] as const;

  it.each<[what: string, found: ReturnType<typeof supplies>, expected: string | undefined]>([
    ['mains', supplies(['Mains', { ONLINE: '1' }], bat('Charging')), 'mains'],
    ['mains too weak to charge', supplies(['Mains', { ONLINE: '1' }], bat('Discharging')), 'mains'],
    ['battery', supplies(['Mains', { ONLINE: '0' }], bat('Discharging')), 'battery'],
    ['battery, full', supplies(['Mains', { ONLINE: '0' }], bat('Full')), 'battery'],
    ['a USB charger', supplies(['Mains', { ONLINE: '0' }], ['USB', { ONLINE: '1' }], bat('Charging')), 'mains'],
    ['a charger that is programmed', supplies(['USB', { ONLINE: '2' }], bat('Charging')), 'mains'],
    ['a battery alone, which discharges', supplies(bat('Discharging')), 'battery'],
    ['a battery alone, which charges', supplies(bat('Charging')), 'mains'],
    ['a battery alone, which says nothing', supplies(bat('Unknown')), undefined],
    [
      'a battery, beside a mouse on its cradle',
      supplies(['Mains', { ONLINE: '1', SCOPE: 'Device' }], bat('Discharging')),
      'battery',
    ],
    ['mains that does not say', supplies(['Mains', {}], bat('Full')), 'mains'],
    ['nothing', [], undefined],
  ])('%s', (_, found, expected) => {
    expect(parsePowerSource(found)).toBe(expected);
  });
});

describe('whatever the files hold', () => {
  const good = ueventOf({ ...HALF, POWER_NOW: '5000000', CYCLE_COUNT: '12', CAPACITY: '50', SERIAL_NUMBER: 'A1' });
  const isClean = (text: string): boolean => {
    const { charge = 0, health = 0, cycles = 1, secondsLeft = 0 } = parseBattery(parseSupply('BAT0', text, 'Battery'));
    const isShare = (value: number) => value >= 0 && value <= 1;
    return (
      isShare(charge) &&
      isShare(health) &&
      cycles >= 1 &&
      secondsLeft >= 0 &&
      [cycles, secondsLeft].every(Number.isSafeInteger)
    );
  };

  it.each(faultyTexts(good))('numbers are clean or missing: $name', ({ text }) => {
    expect(isClean(text)).toBe(true);
  });

  it('is read behind carriage returns too', () => {
    expect(parseBattery(parseSupply('BAT0', good.replaceAll('\n', '\r\n'), 'Battery\r\n'))).toMatchObject({
      charge: 0.5,
      cycles: 12,
    });
  });

  it('numbers are clean or missing, whatever each property is', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom('', '0', '-1', 'NaN', '1e9', '9'.repeat(12)),
    );
    const keys = [
      'STATUS',
      'ENERGY_NOW',
      'ENERGY_FULL',
      'ENERGY_FULL_DESIGN',
      'POWER_NOW',
      'CHARGE_NOW',
      'CHARGE_FULL',
      'CURRENT_NOW',
      'CYCLE_COUNT',
      'CAPACITY',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (properties) => {
        expect(isClean(ueventOf({ STATUS: 'Discharging', ...properties }))).toBe(true);
      }),
    );
  });
});
