// The texts and steps of a chart's axes.
import { NBSP, formatBytes, formatPercent } from '@fettle/shared/words/format';

import type { ChartSpec } from './specs.ts';

type Scale = ChartSpec['scale'];

/** A value of a chart, as long as it has to be. */
export const scaleText = (scale: Scale, value: number): string => {
  if (scale === 'ratio') return formatPercent(value, value < 0.1 ? 1 : 0);
  if (scale === 'bytes per second') return `${formatBytes(value)}/s`;
  if (scale === 'seconds' && value < 1) return `${Number((value * 1_000).toFixed(value < 0.01 ? 1 : 0))}${NBSP}ms`;
  return `${Number(value.toFixed(value < 10 ? 2 : 1))}${scale === 'seconds' ? `${NBSP}s` : ''}`;
};

const powersOfTwo = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** The steps that the axis may have, so that its numbers are round to people. */
export const stepsOf = (scale: Scale): number[] => {
  if (scale === 'bytes per second') return powersOfTwo;
  if (scale === 'ratio') return [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1];
  const seconds = scale === 'seconds' ? [0.001, 0.002, 0.005] : [];
  return [...seconds, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
};

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const secondFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const fullFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const isMidnight = (at: Date): boolean => at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;

/** "14:05", with the day in its place at midnight, and seconds only where the ticks are that close. */
export const tickTexts = (ticksMs: readonly number[]): string[] => {
  const hasSeconds = ticksMs.some((atMs) => atMs % 60_000 !== 0);
  return ticksMs.map((atMs) => {
    const at = new Date(atMs);
    if (isMidnight(at)) return dayFormat.format(at);
    return (hasSeconds ? secondFormat : minuteFormat).format(at);
  });
};

export const cursorText = (atMs: number): string => fullFormat.format(atMs);
