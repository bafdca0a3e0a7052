// What is made of the battery's five classes, of which a driver may leave out any but the first.
import { describe, expect, it } from 'vitest';

import { isBattery, parseBattery, parsePowerSource } from '../battery/battery.parse.ts';
import { parseAnswer } from './answer.parse.ts';
import { parseBatteries } from './battery.parse.ts';
import { recorded, rowsIn } from './fixture.ts';

const laptop = parseAnswer(recorded('powershell/laptop-de/answer.txt'));
const rows = (id: string) => rowsIn(laptop, id);

describe('a battery', () => {
  const all = {
    batteries: rows('batteries'),
    status: rows('batteryStatus'),
    full: rows('batteryFull'),
    cycles: rows('batteryCycles'),
    design: rows('batteryDesign'),
  };
  const parsed = (of: Partial<typeof all>) => {
    const supplies = parseBatteries({ ...all, ...of });
    return { batteries: supplies.filter(isBattery).map(parseBattery), source: parsePowerSource(supplies) };
  };

  it('has its charge, health and cycles by its own amounts', () => {
    expect(parsed({})).toEqual({
      batteries: [
        {
          name: 'BAT0',
          state: 'discharging',
          charge: 0.5, // 20 of 40 Wh, not the 56 % of Win32_Battery
          health: 0.8,
          cycles: 312,
          secondsLeft: 7_200,
          serial: '4711',
          maker: 'Acme',
          model: 'Acme 50',
          design: '50.0 Wh',
        },
      ],
      source: 'battery',
    });
  });

  it('whose driver says little has its charge in percent', () => {
    const { batteries, source } = parsed({ status: [], full: [], cycles: [], design: [] });
    expect(batteries).toEqual([{ name: 'BAT0', state: 'discharging', charge: 0.56, model: 'Acme Akku' }]);
    expect(source).toBe('battery');
  });

  it('of which nobody knows what it held when it was new has no health', () => {
    expect(parsed({ design: [] }).batteries[0]).not.toHaveProperty('health');
    const none = [{ InstanceName: 'ACPI\\PNP0C0A\\1_0', DesignedCapacity: 0xffff_ffff }];
    expect(parsed({ design: none }).batteries[0]).not.toHaveProperty('health');
  });

  it('on mains charges, is full, or rests', () => {
    const on = (of: object) => {
      const status = [{ ...rows('batteryStatus')[0], PowerOnline: true, Discharging: false, ...of }];
      const { batteries, source } = parsed({ status });
      return [batteries[0]?.state, source];
    };
    expect(on({ Charging: true })).toEqual(['charging', 'mains']);
    expect(on({ RemainingCapacity: 39_900 })).toEqual(['full', 'mains']);
    expect(on({})).toEqual(['not charging', 'mains']);
  });

  it('may have another beside it', () => {
    const status = [...rows('batteryStatus'), { InstanceName: 'ACPI\\PNP0C0A\\2_0', RemainingCapacity: 1 }];
    expect(parsed({ status }).batteries.map(({ name }) => name)).toEqual(['BAT0', 'BAT1']);
  });
});
