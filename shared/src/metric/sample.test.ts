import { isDeepStrictEqual } from 'node:util';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ATTRIBUTES_MAX, TEXT_MAX_BYTES, VALUE_MAX } from '../wire/limits.ts';
import { catalog, findMetric, isMetricName } from './catalog.ts';
import { NO_ATTRIBUTES, natural, quantise, seriesKey } from './sample.ts';
import type { MetricSpec } from './spec.ts';

const specs: readonly MetricSpec[] = catalog;
const NO_METRICS = ['', 'system', '__proto__', 'constructor', 'toString'];

describe('the catalogue', () => {
  it('has each metric once, and knows no other name', () => {
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
    expect(specs.filter(({ name }) => findMetric(name)?.name !== name || !isMetricName(name))).toEqual([]);
    expect(NO_METRICS.filter((name) => findMetric(name) !== undefined || isMetricName(name))).toEqual([]);
  });

  it.each(specs)('$name fits into a frame, from its least value to its largest', (spec) => {
    expect(spec.min).toBeLessThan(spec.max);
    expect(Math.abs(spec.min / spec.resolution)).toBeLessThanOrEqual(VALUE_MAX);
    expect(spec.max / spec.resolution).toBeLessThanOrEqual(VALUE_MAX);
    expect(spec.attributes.length).toBeLessThanOrEqual(ATTRIBUTES_MAX);
    expect(new Set(spec.attributes).size).toBe(spec.attributes.length);
    expect([spec.name, ...spec.attributes].filter((text) => text.length > TEXT_MAX_BYTES)).toEqual([]);
  });

  it.each(specs.filter(({ states }) => states))('the states of $name are values of it, each once', (spec) => {
    const values = Object.values(spec.states ?? {});
    expect(new Set(values).size).toBe(values.length);
    expect(values.filter((value) => natural(spec, quantise(spec.name, value) ?? -1) !== value)).toEqual([]);
  });
});

describe('quantise and natural', () => {
  it.each(specs)('give back any integer of $name', (spec) => {
    const integer = fc.integer({ min: spec.min / spec.resolution, max: Math.floor(spec.max / spec.resolution) });
    fc.assert(fc.property(integer, (it) => quantise(spec.name, natural(spec, it)) === it));
  });

  it.each(specs)('give back any value of $name to half its resolution', (spec) => {
    const value = fc.double({ min: spec.min, max: spec.max, noNaN: true });
    fc.assert(
      fc.property(value, (it) => {
        const integer = quantise(spec.name, it);
        expect(Number.isInteger(integer)).toBe(true);
        // a hundredth more than half: what binary fractions may add
        expect(Math.abs(natural(spec, integer ?? Number.NaN) - it)).toBeLessThanOrEqual(0.51 * spec.resolution);
      }),
    );
  });

  it('natural values have no tail of digits', () => {
    const spec = { resolution: 0.001 };
    expect(Array.from({ length: 1001 }, (_, integer) => String(natural(spec, integer)).length)).not.toContain(6);
    expect(natural({ resolution: 0.1 }, 3)).toBe(0.3);
    expect(natural({ resolution: 4096 }, 3)).toBe(12_288);
  });

  it.each<[unknown: string, value: number]>([
    ['system.cpu.utilization', Number.NaN],
    ['system.cpu.utilization', -0.001],
    ['system.cpu.utilization', 1.001],
    ['system.uptime', Number.POSITIVE_INFINITY],
    ['system.uptime', Number.NEGATIVE_INFINITY],
    ...NO_METRICS.map((name): [string, number] => [name, 0]),
  ])('"%s" has no value %d', (metric, value) => {
    expect(quantise(metric, value)).toBeUndefined();
  });
});

describe('seriesKey', () => {
  const attributes = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), {
    maxKeys: 3,
    noNullPrototype: true,
  });

  it('does not depend on the order of the keys', () => {
    fc.assert(
      fc.property(attributes, (it) => {
        const reversed = Object.fromEntries(Object.entries(it).toReversed());
        expect(seriesKey('m', reversed)).toBe(seriesKey('m', it));
      }),
    );
  });

  it('tells any two series apart', () => {
    fc.assert(
      fc.property(attributes, attributes, (one, other) => {
        const isSame = isDeepStrictEqual(one, other);
        expect(seriesKey('m', one) === seriesKey('m', other)).toBe(isSame);
        expect(seriesKey('m', one)).not.toBe(seriesKey('n', one));
      }),
    );
  });

  it('of a series without attributes is the name', () => {
    expect(seriesKey('system.uptime', NO_ATTRIBUTES)).toBe('system.uptime');
  });
});
