// Interfaces and supplies as devices tell them, with the numbers that are none.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SnmpValue } from '../../host/host.ts';
import { createOctetMeter } from './octets.ts';
import { interfaceValues, interfacesOf } from './snmp-interfaces.ts';
import { suppliesOf } from './snmp-supplies.ts';
import { UPS, upsValues } from './snmp-ups.ts';

type Rows = Readonly<Record<string, SnmpValue>>;

const column = (rows: Rows = {}): ReadonlyMap<string, SnmpValue> => new Map(Object.entries(rows));

const switchWith = (changes: Partial<Record<keyof Parameters<typeof interfacesOf>[0], Rows>> = {}) => {
  const { description, admin, oper, name, received64, sent64, received32, sent32 } = {
    description: { 1: 'GigabitEthernet1/0/1', 2: 'GigabitEthernet1/0/2', 3: 'Vlan1' },
    admin: { 1: 1, 2: 1, 3: 2 },
    oper: { 1: 1, 2: 2, 3: 2 },
    name: { 1: 'Gi1/0/1', 2: 'Gi1/0/2' },
    ...changes,
  };
  return interfacesOf({
    description: column(description),
    admin: column(admin),
    oper: column(oper),
    name: column(name),
    received64: column(received64),
    sent64: column(sent64),
    received32: column(received32),
    sent32: column(sent32),
  });
};

const statesOf = (declared: readonly string[], interfaces = switchWith()) =>
  interfaceValues(interfaces, declared, createOctetMeter()).map(({ part, value }) => [part, value]);

describe('interfaces', () => {
  it.each<[what: string, declared: string, state: readonly (readonly [string, number])[]]>([
    ['up', 'Gi1/0/1', [['Gi1/0/1', 1]]],
    ['down although it should be up', 'Gi1/0/2', [['Gi1/0/2', 0]]],
    ['switched off on the device: nothing to say', 'Vlan1', []],
    ['not there at all: down', 'Gi9/9/9', [['Gi9/9/9', 0]]],
  ])('%s', (_what, declared, state) => {
    expect(statesOf([declared])).toEqual(state);
  });

  it('are not judged where none is declared: most ports of a switch have no cable', () => {
    expect(statesOf([])).toEqual([]);
  });

  it('two of the same name are told apart, and one without any has its number', () => {
    const name = { 1: 'eth', 2: 'eth' };
    const names = switchWith({ name, description: {} }).map((one) => one.name);
    expect(names).toEqual(['eth', 'eth #2', 'interface #3']);
  });

  it.each([
    [
      '64 bits',
      { received64: { 1: 100 }, sent64: { 1: 200 }, received32: { 1: 1 } },
      { received64: { 1: 6_100 }, sent64: { 1: 6_200 }, received32: { 1: 1 } },
    ],
    [
      '32 bits, where it has no others',
      { received32: { 1: 2 ** 32 - 1_000 }, sent32: { 1: 0 } },
      { received32: { 1: 5_000 }, sent32: { 1: 6_000 } },
    ],
  ])('what goes through, by counters of %s', (_what, before, after) => {
    const meter = createOctetMeter();
    meter.begin(0, 10);
    expect(interfaceValues(switchWith(before), [], meter)).toEqual([]);
    meter.begin(60_000, 70);
    expect(interfaceValues(switchWith(after), [], meter)).toEqual([
      { metric: 'fettle.check.network.rate', part: 'Gi1/0/1', direction: 'receive', value: 100 },
      { metric: 'fettle.check.network.rate', part: 'Gi1/0/1', direction: 'transmit', value: 100 },
    ]);
  });

  it('text where a number should be, and less than nothing, give no number', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.double());
    fc.assert(
      fc.property(value, value, value, value, (admin, oper, before, after) => {
        const meter = createOctetMeter();
        meter.begin(0, 10);
        const read = (received: SnmpValue) =>
          interfaceValues(
            switchWith({ admin: { 1: admin }, oper: { 1: oper }, received64: { 1: received } }),
            ['Gi1/0/1'],
            meter,
          );
        read(before);
        meter.begin(60_000, 70);
        for (const one of read(after)) expect(one.value).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('supplies of a printer', () => {
  it.each<[what: string, level: SnmpValue, capacity: SnmpValue, share: readonly number[]]>([
    ['a part of its capacity', 900, 12_000, [0.075]],
    ['full', 100, 100, [1]],
    ['more than full, as refilled ones say', 120, 100, [1]],
    ['empty', 0, 100, [0]],
    ['-2, not known: no number', -2, 100, []],
    ['-3, some: no number', -3, 100, []],
    ['of a capacity that is not known', 40, -2, []],
    ['of no capacity', 40, 0, []],
    ['in words', 'OK', 100, []],
  ])('%s', (_what, level, capacity, share) => {
    const values = suppliesOf(column({ '1.1': level }), column({ '1.1': capacity }), column({ '1.1': 'Black' }));
    expect(values.map(({ part, value }) => [part, value])).toEqual(share.map((one) => ['Black', one]));
  });

  it('two of the same name are told apart', () => {
    const levels = column({ '1.1': 1, '1.2': 2 });
    const same = column({ '1.1': 'Toner', '1.2': 'Toner' });
    const values = suppliesOf(levels, column({ '1.1': 10, '1.2': 10 }), same);
    expect(values.map(({ part }) => part)).toEqual(['Toner', 'Toner #1.2']);
  });
});

describe('a UPS', () => {
  it.each<[what: string, source: SnmpValue, charge: SnmpValue, values: Record<string, number>]>([
    ['on its battery', 5, 40, { power: 0, charge: 0.4 }],
    ['on the mains', 3, 100, { power: 1, charge: 1 }],
    ['on the mains, made higher', 6, 0, { power: 1, charge: 0 }],
    ['that gives nothing, or something else', 2, 50, { charge: 0.5 }],
    ['in words', 'battery', 'full', {}],
    ['with a charge that cannot be', 5, 101, { power: 0 }],
    ['with less than none', 5, -1, { power: 0 }],
  ])('%s', (_what, source, charge, values) => {
    const found = upsValues(column({ [UPS.source]: source, [UPS.charge]: charge }));
    expect(Object.fromEntries(found.map(({ metric, value }) => [metric.replace('fettle.check.', ''), value]))).toEqual(
      values,
    );
  });

  it('is not everything', () => {
    expect(upsValues(column())).toEqual([]);
  });
});
