// Batteries and mains of recorded machines, and of machines made up for the ways in which batteries differ.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { HostError } from '../../host/host.ts';
import type { Host } from '../../host/host.ts';
import { hostAt, writeTree } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { nodeExporter, sysfs, temporaryRoot, unpackTree } from '../trees/fixture.ts';
import { battery } from './battery.ts';
import { HALF, ueventOf } from './fixture.ts';

let root: ReturnType<typeof temporaryRoot>;
beforeEach(() => {
  root = temporaryRoot();
});
afterEach(() => root.remove());

const FOLDER = 'sys/class/power_supply';
const put = (name: string, type: string, properties: Readonly<Record<string, string>>): void =>
  writeTree(root.path, { [`${FOLDER}/${name}/type`]: `${type}\n`, [`${FOLDER}/${name}/uevent`]: ueventOf(properties) });

const hostHere = (changes: Partial<Host> = {}): Host => ({ ...hostAt(root.path, new HandClock()), ...changes });
const read = (changes: Partial<Host> = {}) =>
  battery().collect(hostHere(changes), { monoMs: 0, signal: new AbortController().signal });
type Found = Awaited<ReturnType<typeof read>>;
/** By the last word of the metric, of the one battery. */
const values = ({ samples }: Found) =>
  Object.fromEntries(samples.map(({ metric, value }) => [metric.replace(/^.*\.(\w+)$/, '$1'), value]));
const factsOf = ({ sections = [] }: Found) =>
  sections.flatMap(({ facts }) => facts.map(({ label, value }) => `${label}: ${value}`));

describe('recorded batteries', () => {
  it('of the virtual laptop: ACPI, 612 cycles, 70 % of its design', async () => {
    unpackTree(root.path, sysfs('qemu-laptop'));
    expect(await battery().probe(hostHere())).toEqual({ ok: true, source: '/sys/class/power_supply' });
    const found = await read();
    const attributes = { 'hw.id': '0042', 'hw.name': 'BAT0' };
    expect(found.samples).toEqual([
      { metric: 'hw.battery.charge', attributes, value: 0.6 },
      { metric: 'fettle.battery.health', attributes, value: 0.7 },
      { metric: 'fettle.battery.cycles', attributes, value: 612 },
      { metric: 'hw.battery.time_left', attributes, value: 8_400 }, // 21 Wh at 9 W
      { metric: 'fettle.battery.state', attributes, value: 0 },
      { metric: 'fettle.power.source', attributes: {}, value: 0 },
    ]);
    expect(factsOf(found)).toEqual([
      'Maker: ACME',
      'Model: TESTBAT',
      'Serial number: 0042',
      'Technology: Li-ion',
      'Design capacity: 50.0 Wh',
    ]);
    expect(found.partial).toEqual([]);
  });

  it.skipIf(nodeExporter.skip)(
    `of node_exporter's ThinkPad, which does not count cycles${nodeExporter.why}`,
    async () => {
      unpackTree(root.path, nodeExporter.archive(), /power_supply/);
      const found = await read();
      const { charge, health, left, ...rest } = values(found);
      expect(rest).toEqual({ time_left: 26_327, state: 0, source: 0 }); // 36.58 Wh at 5.002 W
      expect([charge, health, left]).toEqual([36_580_000 / 45_070_000, 45_070_000 / 47_520_000, undefined]);
      expect(factsOf(found)).toContain('Serial number: 38109');
      expect(found.samples[0]?.attributes).toEqual({ 'hw.id': '38109', 'hw.name': 'BAT0' });
    },
  );
});

describe('a battery', () => {
  it.each<[what: string, properties: Record<string, string>, expected: Record<string, number | undefined>]>([
    [
      'in charge, with a current',
      { CHARGE_NOW: '1000000', CHARGE_FULL: '2000000', CHARGE_FULL_DESIGN: '4000000', CURRENT_NOW: '500000' },
      { charge: 0.5, health: 0.5, time_left: 7_200 },
    ],
    [
      'whose current is below zero',
      { CHARGE_NOW: '1000000', CHARGE_FULL: '2000000', CURRENT_NOW: '-500000' },
      { charge: 0.5, time_left: 7_200, health: undefined },
    ],
    [
      'fuller than it was designed',
      { ENERGY_NOW: '8682', ENERGY_FULL: '8682', ENERGY_FULL_DESIGN: '8579' },
      { charge: 1, health: 1 },
    ],
    ['charged beyond full', { ENERGY_NOW: '9000', ENERGY_FULL: '8682' }, { charge: 1 }],
    ['that says only percent', { CAPACITY: '42' }, { charge: 0.42, health: undefined }],
    ['with a percentage that is none', { CAPACITY: '142' }, { charge: undefined }],
    [
      'that does not know its full',
      { ENERGY_NOW: '5', ENERGY_FULL: '0', ENERGY_FULL_DESIGN: '10', CAPACITY: '7' },
      { charge: 0.07, health: undefined },
    ],
    [
      'never mixes energy and charge',
      { ENERGY_FULL: '40', CHARGE_FULL_DESIGN: '80', CHARGE_FULL: '60', CHARGE_NOW: '30' },
      { charge: 0.5, health: 0.75 },
    ],
    ['that does not count cycles', { CYCLE_COUNT: '0', CAPACITY: '5' }, { cycles: undefined }],
    ['that counts no such thing', { CYCLE_COUNT: '-1', CAPACITY: '5' }, { cycles: undefined }],
    ['with cycles', { CYCLE_COUNT: '1203' }, { cycles: 1203 }],
    ['that nothing is drawn from', { ENERGY_NOW: '5', ENERGY_FULL: '10', POWER_NOW: '0' }, { time_left: undefined }],
    [
      'that next to nothing is drawn from',
      { ENERGY_NOW: '50000000', ENERGY_FULL: '50000000', POWER_NOW: '1' },
      { time_left: undefined },
    ],
  ])('%s', async (_, properties, expected) => {
    put('BAT1', 'Battery', { STATUS: 'Discharging', ...properties });
    const found = values(await read());
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]]))).toStrictEqual(expected);
  });

  it.each<[status: string, state: number | undefined, isTimed: boolean]>([
    ['Discharging', 0, true],
    ['Charging', 1, false],
    ['Full', 2, false],
    ['Not charging', 3, false],
    ['Unknown', undefined, false],
    ['Entladen', undefined, false],
    ['constructor', undefined, false],
  ])('that is %s', async (status, state, isTimed) => {
    put('BAT0', 'Battery', { ...HALF, STATUS: status, POWER_NOW: '5000000' });
    const found = values(await read());
    expect(found['state']).toBe(state);
    expect('time_left' in found).toBe(isTimed);
  });

  it.each<[serials: readonly [string, string], ids: readonly [string, string]]>([
    [
      ['AB12', 'AB13'],
      ['AB12', 'AB13'],
    ],
    [
      ['AB12', 'AB12'],
      ['BAT0', 'BAT1'],
    ],
    [
      ['0000', ' '],
      ['BAT0', 'BAT1'],
    ],
    [
      ['unknown', '00120'],
      ['BAT0', '00120'],
    ],
  ])('of two with the serials %j is known as %j', async ([first, second], ids) => {
    put('BAT0', 'Battery', { ...HALF, SERIAL_NUMBER: first });
    put('BAT1', 'Battery', { ...HALF, SERIAL_NUMBER: second });
    const found = await read();
    expect([...new Set(found.samples.flatMap(({ attributes }) => attributes['hw.id'] ?? []))]).toEqual(ids);
    expect(factsOf(found)).toContain('BAT1: Design capacity: 50.0 Wh');
  });

  it.each<[what: string, type: string, properties: Record<string, string>]>([
    ['a mouse', 'Battery', { ...HALF, SCOPE: 'Device' }],
    ['an empty bay', 'Battery', { ...HALF, PRESENT: '0' }],
    ['a UPS', 'UPS', HALF],
    ['mains', 'Mains', { ONLINE: '1' }],
  ])('is not %s', async (_, type, properties) => {
    put('X', type, properties);
    expect(await battery().probe(hostHere())).toMatchObject({ ok: false, reason: { code: 'no_hardware' } });
    expect(await read()).toMatchObject({ samples: [], partial: [] });
  });

  it('that is away for a while comes back; after an hour there is none', async () => {
    const collector = battery();
    const minute = () => collector.collect(hostHere(), { monoMs: 0, signal: new AbortController().signal });
    const away = async (minutes: number) => {
      rmSync(join(root.path, FOLDER, 'BAT0'), { recursive: true, force: true });
      for (let passed = 0; passed < minutes; passed += 1) expect((await minute()).samples).toEqual([]);
    };
    for (let times = 0; times < 2; times += 1) {
      put('BAT0', 'Battery', HALF);
      expect((await minute()).samples).not.toEqual([]);
      await away(59);
    }
    await expect(minute()).rejects.toMatchObject({ reason: { code: 'no_hardware' } });
  });

  it('is not there where the kernel knows none', async () => {
    expect(await battery().probe(hostHere())).toMatchObject({ ok: false, reason: { code: 'no_hardware' } });
  });

  it('that is taken out while it is read is gone, and the other stays', async () => {
    put('BAT0', 'Battery', HALF);
    put('BAT1', 'Battery', HALF);
    rmSync(join(root.path, FOLDER, 'BAT1/uevent'));
    const found = await read();
    expect(found.partial).toEqual([]);
    expect(new Set(found.samples.flatMap(({ attributes }) => attributes['hw.name'] ?? []))).toEqual(new Set(['BAT0']));
  });

  it.each<[code: string, reason: string, error: Error]>([
    ['EIO', 'service_broken', Object.assign(new Error('EIO: read'), { code: 'EIO' })],
    ['EACCES', 'permission', Object.assign(new Error('EACCES: open'), { code: 'EACCES' })],
    ['nothing for 30 s', 'timeout', new HostError('timeout', 'BAT1 did not answer within 3 s')],
  ])('whose controller answers %s is told, and the other is read', async (_, code, error) => {
    put('BAT0', 'Battery', HALF);
    put('BAT1', 'Battery', HALF);
    const { readSensor } = hostHere();
    const broken = { readSensor: (path: string) => (path.includes('BAT1') ? Promise.reject(error) : readSensor(path)) };
    const found = await read(broken);
    expect(found.partial).toMatchObject([{ code }]);
    expect(values(found)).toMatchObject({ charge: 0.5, health: 0.8 });
    expect(found.sections).toBeUndefined(); // what is known of the other stays known
    rmSync(join(root.path, FOLDER, 'BAT0'), { recursive: true });
    expect(await read(broken)).toMatchObject({ samples: [], partial: [{ code }] });
    expect(await battery().probe(hostHere(broken))).toMatchObject({ ok: false, reason: { code } });
  });
});
