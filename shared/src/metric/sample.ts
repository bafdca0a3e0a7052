// One reading of one metric, and its integer: the only place where a natural value and its stored form meet.
import { type MetricName, findMetric } from './catalog.ts';
import type { MetricSpec } from './spec.ts';

export type Attributes = Readonly<Record<string, string>>;

/** A reading in the catalogue's unit. Without a value there is no sample: null, NaN and zero-for-missing do not exist. */
export type Sample = {
  readonly metric: MetricName;
  readonly attributes: Attributes;
  readonly value: number;
};

export const NO_ATTRIBUTES: Attributes = Object.freeze({});

/** value ÷ resolution, rounded; undefined when the value is no number or outside the catalogue's range. */
export const quantise = (metric: string, value: number): number | undefined => {
  const spec = findMetric(metric);
  if (spec === undefined || !(value >= spec.min && value <= spec.max)) return undefined;
  return Math.round(value / spec.resolution);
};

/** The natural value of a stored integer, without the tail of digits that binary fractions would add. */
export const natural = (spec: Pick<MetricSpec, 'resolution'>, integer: number): number =>
  spec.resolution >= 1 ? integer * spec.resolution : integer / Math.round(1 / spec.resolution);

/** The same for the same metric and attributes, whatever the order of the keys. */
export const seriesKey = (metric: string, attributes: Attributes): string => {
  const keys = Object.keys(attributes);
  if (keys.length === 0) return metric;
  if (keys.length > 1) keys.sort();
  return JSON.stringify([metric, ...keys.flatMap((key) => [key, attributes[key]])]);
};
