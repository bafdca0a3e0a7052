// Fans: when one that stands is stalled, and what is remembered of them.
import { DAY_MS, MINUTE_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Reading } from '../collector.ts';
import { memoryOf } from '../fixture.ts';
import { MachineOfChips, of } from './fixture.ts';

let machine: MachineOfChips;
beforeEach(() => {
  machine = new MachineOfChips();
});
afterEach(() => machine.remove());

describe('a fan', () => {
  const cooled = (rpm: string, celsius: string): void => {
    machine.chip(0, 'nct6798', { fan1_input: rpm, temp9_input: '110000', temp9_label: 'AUXTIN0' });
    machine.chip(1, 'k10temp', { temp1_input: celsius });
  };
  const set = (rpm: string, celsius: string): void => {
    machine.change(0, 'nct6798', 'fan1_input', rpm);
    machine.change(1, 'k10temp', 'temp1_input', celsius);
  };
  const STILL = 0;
  const TURNING = 1;
  const STALLED = 2;
  const stateOf = async (read: () => Promise<Reading>) => of('fettle.fan.state', await read())[0]?.[1];

  it('is stalled when it was turning, stands, and the CPU is hot; it stays so until it turns', async () => {
    cooled('900', '50000');
    const { read } = machine.sensors();
    expect(await stateOf(read)).toBe(TURNING);
    set('0', '70000');
    expect(await stateOf(read)).toBe(STILL);
    set('0', '70125');
    expect(await stateOf(read)).toBe(STALLED);
    await machine.clock.pass(3 * DAY_MS);
    expect(await stateOf(read)).toBe(STALLED);
    set('0', '60000');
    expect(await stateOf(read)).toBe(STILL);
    set('0', '90000');
    expect(await stateOf(read)).toBe(STALLED);
    set('850', '90000');
    expect(await stateOf(read)).toBe(TURNING);
  });

  it('that never turned, or not for a day, just stands', async () => {
    cooled('0', '95000');
    const { read } = machine.sensors();
    expect(await stateOf(read)).toBe(STILL);
    set('900', '50000');
    expect(await stateOf(read)).toBe(TURNING);
    set('0', '50000');
    await machine.clock.pass(DAY_MS + MINUTE_MS);
    set('0', '95000');
    expect(await stateOf(read)).toBe(STILL);
  });

  it('is remembered over restarts, in few writes', async () => {
    const values: Record<string, unknown> = {};
    let writes = 0;
    const memory = {
      ...memoryOf(values),
      write: (id: string, value: unknown) => ((writes += 1), memoryOf(values).write(id, value)),
    };
    cooled('900', '50000');
    const { read } = machine.sensors({ memory });
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await read();
      await machine.clock.pass(MINUTE_MS);
    }
    expect(writes).toBe(4); // a day of turning
    set('0', '95000');
    expect(await stateOf(machine.sensors({ memory }).read)).toBe(STALLED);
  });

  it.each<[what: string, kept: unknown]>([
    ['nothing', undefined],
    ['text', 'x'],
    ['other shapes', { a: 1 }],
    ['other numbers', { 'nct6798@nct6798.0/fan1': { turnedMs: -1, isStalled: false } }],
  ])('is learned again when the memory holds %s', async (_, kept) => {
    cooled('0', '95000');
    expect(await stateOf(machine.sensors({ memory: memoryOf({ fans: kept }) }).read)).toBe(STILL);
  });

  it('of a graphics card rests while the card is cool, however hot the CPU is', async () => {
    machine.chip(0, 'amdgpu', { fan1_input: '900', temp1_input: '45000' });
    machine.chip(1, 'k10temp', { temp1_input: '90000' });
    const { read } = machine.sensors();
    await read();
    machine.change(0, 'amdgpu', 'fan1_input', '0');
    expect(await stateOf(read)).toBe(STILL);
    machine.change(0, 'amdgpu', 'temp1_input', '95000');
    expect(await stateOf(read)).toBe(STALLED);
  });

  it('of a laptop is judged by the firmware zone where the CPU says nothing', async () => {
    machine.chip(0, 'dell_smm', { fan1_input: '900' });
    machine.chip(1, 'acpitz', { temp1_input: '80000' });
    const { read } = machine.sensors();
    await read();
    machine.change(0, 'dell_smm', 'fan1_input', '0');
    expect(await stateOf(read)).toBe(STALLED);
  });

  it('with a speed that no fan has is not read', async () => {
    machine.chip(0, 'nct6798', { fan1_input: '1350000', fan2_input: '800' });
    expect(of('hw.fan.speed', await machine.sensors().read())).toEqual([['nct6798 fan2', 800]]);
  });
});
