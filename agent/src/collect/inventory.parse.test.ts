// What systeminformation says, made into facts: what is not known is left out, and nothing said can spoil the record.
import { recordBody } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseInventory } from './inventory.parse.ts';

/** As systeminformation 5 answers on a small server, cut to what is used and a little more. */
const found = {
  osInfo: { platform: 'linux', distro: 'Debian GNU/Linux', release: '13', build: '', kernel: '6.12.41', arch: 'x64' },
  system: { manufacturer: 'Dell Inc.', model: 'PowerEdge T150', serial: 'ABC1234', virtual: false },
  baseboard: { manufacturer: 'Dell Inc.', model: '0V8J6T' },
  bios: { vendor: 'Dell Inc.', version: '1.4.2', releaseDate: '2022-09-30' },
  chassis: { type: 'Tower' },
  cpu: { manufacturer: 'Intel', brand: 'Xeon E-2314', physicalCores: 4, cores: 8 },
  memLayout: [
    { size: 17_179_869_184, bank: 'A1', type: 'DDR4', partNum: 'HMA82GU7' },
    { size: 17_179_869_184, bank: 'A2', type: 'DDR4', partNum: '' },
  ],
};
const facts = (value: unknown) =>
  Object.fromEntries(
    parseInventory(value).map(({ id, facts: all }) => [
      id,
      Object.fromEntries(all.map((fact) => [fact.label, fact.value])),
    ]),
  );

const beside = (tables: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    parseInventory(found, { tables, deviceClass: 'server', memoryBytes: 2 ** 34 }).map(({ id, facts: all }) => [
      id,
      Object.fromEntries(all.map((fact) => [fact.label, fact.value])),
    ]),
  );
const SAMPLE_UUID = '03000200-0400-0500-0006-000700080009';

describe('the tables of the firmware', () => {
  it('go before what systeminformation says', () => {
    const tables = {
      sys_vendor: 'LENOVO',
      product_name: '20XW00',
      product_version: 'ThinkPad X1',
      product_uuid: '4c4c4544-0042-3510',
      chassis_type: '10',
    };
    expect(beside(tables)).toMatchObject({
      hardware: {
        Maker: 'LENOVO',
        Model: '20XW00',
        'Model version': 'ThinkPad X1',
        UUID: '4c4c4544-0042-3510',
        'Serial number': 'ABC1234',
        Chassis: 'Notebook',
        Class: 'server',
      },
      memory: { Usable: '16384 MiB' },
    });
  });

  it.each([
    '',
    'Default string',
    'To Be Filled By O.E.M.',
    '0000000000',
    '........',
    'XXXXXXX',
    '0123456789',
    SAMPLE_UUID,
  ])('that nobody has filled in (%j) go behind it, and are no serial number, UUID or asset tag', (nothing) => {
    const tables = { product_serial: nothing, product_uuid: nothing, chassis_asset_tag: nothing, chassis_type: '99' };
    const { hardware } = beside(tables);
    expect(hardware).toMatchObject({ 'Serial number': 'ABC1234', Chassis: 'Tower' });
    expect(hardware).not.toHaveProperty('UUID');
    expect(hardware).not.toHaveProperty('Asset tag');
  });
});

it('one memory module of which only the size is known is the whole memory, and no module', () => {
  expect(facts({ memLayout: [{ size: 2 ** 34, bank: '', type: '' }] })).toEqual({});
});

describe('a machine', () => {
  it('has its facts in sections', () => {
    expect(facts(found)).toEqual({
      os: { Name: 'Debian GNU/Linux', Release: '13', Kernel: '6.12.41', Architecture: 'x64' },
      hardware: {
        Maker: 'Dell Inc.',
        Model: 'PowerEdge T150',
        'Serial number': 'ABC1234',
        Chassis: 'Tower',
        Board: '0V8J6T',
      },
      firmware: { Maker: 'Dell Inc.', Version: '1.4.2', Date: '2022-09-30' },
      cpu: { Maker: 'Intel', Model: 'Xeon E-2314', Cores: '4', Threads: '8' },
      memory: { 'Module 1': '16384 MiB, DDR4, HMA82GU7, A1', 'Module 2': '16384 MiB, DDR4, A2' },
    });
  });

  it.each<unknown>([
    '',
    ' ',
    '-',
    '0',
    'Unknown',
    'None',
    'N/A',
    'Not Specified',
    'Default string',
    'System Serial Number',
    'To Be Filled By O.E.M.',
    'to be filled by OEM',
    'undefined',
    null,
    undefined,
    0,
    -1,
    Number.NaN,
    Infinity,
    true,
    {},
    { toString: 0 },
    ['x'],
  ])('%j as a serial number is none', (serial) => {
    expect(facts({ ...found, system: { ...found.system, serial } })['hardware']).not.toHaveProperty('Serial number');
  });

  it.each(['0', 'None', '', undefined])(
    'without a maker (%j) its model is a guess, and is left out',
    (manufacturer) => {
      const hardware = facts({ ...found, system: { manufacturer, model: 'Docker Container' } })['hardware'];
      expect(hardware).toEqual({ Chassis: 'Tower', Board: '0V8J6T' });
    },
  );

  it.each(['much', -1, 0, null, Infinity, '1e999'])('a module of size %j has none', (size) => {
    expect(facts({ memLayout: [{ size, type: 'DDR5' }] })).toEqual({ memory: { 'Module 1': 'DDR5' } });
  });

  it('more modules than any board has are cut', () => {
    const memLayout = Array.from({ length: 10_000 }, () => ({ size: 2 ** 30 }));
    expect(parseInventory({ memLayout })[0]?.facts).toHaveLength(64);
  });

  it.each([undefined, null, 7, 'text', [], {}, { osInfo: null, memLayout: {} }, { osInfo: 'x', memLayout: [null, 1] }])(
    '%j has no sections',
    (nothing) => {
      expect(parseInventory(nothing)).toEqual([]);
    },
  );
});

it('whatever is said, the record can be sent', () => {
  const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)); // also half a pair
  const text = fc.oneof(fc.string({ unit, maxLength: 40 }), fc.string({ unit, minLength: 490, maxLength: 520 }));
  const value = fc.oneof(text, fc.double(), fc.constantFrom('\ud800', 'a\nb', '\0'), fc.jsonValue());
  const section = (keys: readonly string[]) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
  const hostile = fc.record({
    osInfo: section(['distro', 'release', 'build', 'kernel', 'arch']),
    system: section(['manufacturer', 'model', 'serial', 'virtualHost']),
    bios: fc.oneof(section(['vendor', 'version', 'releaseDate']), value),
    memLayout: fc.oneof(fc.array(section(['size', 'type', 'partNum', 'bank']), { maxLength: 80 }), value),
  });
  fc.assert(
    fc.property(hostile, (all) => {
      const record = { kind: 'inventory', at: 0, sections: parseInventory(all) };
      expect(recordBody.safeParse(record).error).toBeUndefined();
    }),
  );
});
