// A reading in the catalogue's unit, as people read it.
import { findMetric } from '../metric/catalog.ts';
import { SECOND_MS } from '../time.ts';
import { NBSP, formatBytes, formatDuration, formatNumber, formatPercent } from './format.ts';

const stateWord = (states: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(states).find(([, number]) => number === value)?.[0] ?? formatNumber(value);

const isRatio = (metric: string): boolean => {
  const spec = findMetric(metric);
  return spec?.unit === '1' && spec.max === 1 && spec.states === undefined;
};

const inUnit = (value: number, unit: string): string => {
  if (unit === 'By') return formatBytes(value);
  if (unit === 'By/s') return `${formatBytes(value)}/s`;
  if (unit === 's') return formatDuration(value * SECOND_MS);
  if (unit === '1') return formatNumber(value);
  return `${formatNumber(value)}${NBSP}${unit.replace(/^{(\w+)}/, '$1s')}`;
};

/** A reading in the catalogue's unit, for people; a metric this version does not know falls back on its unit. */
export const formatReading = (metric: string, value: number, unit: string): string => {
  const states = findMetric(metric)?.states;
  if (states !== undefined) return stateWord(states, value);
  return isRatio(metric) ? formatPercent(value, 1) : inUnit(value, unit);
};
