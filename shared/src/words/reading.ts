// A reading in the catalogue's unit, as people read it.
import { findMetric } from '../metric/catalog.ts';
import { SECOND_MS } from '../time.ts';
import { NBSP, formatBytes, formatDuration, formatNumber, formatPercent } from './format.ts';

const stateWord = (states: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(states).find(([, number]) => number === value)?.[0] ?? formatNumber(value);

const inUnit = (value: number, unit: string): string => {
  if (unit === 'By') return formatBytes(value);
  if (unit === 'By/s') return `${formatBytes(value)}/s`;
  if (unit === 's') return formatDuration(value * SECOND_MS);
  if (unit === 'Cel') return `${formatNumber(value)}${NBSP}°C`;
  if (unit === '1') return formatNumber(value);
  return `${formatNumber(value)}${NBSP}${unit.replace(/^{(\w+)}/, value === 1 ? '$1' : '$1s')}`;
};

/** A reading in the catalogue's unit, for people; a metric this version does not know falls back on its unit. */
export const formatReading = (metric: string, value: number, unit: string): string => {
  const spec = findMetric(metric);
  if (spec?.states !== undefined) return stateWord(spec.states, value);
  return spec?.isShare ? formatPercent(value, 1) : inUnit(value, unit);
};
