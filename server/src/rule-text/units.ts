// Values of rules as people write them: "85 %" for 0.85, "10m" for 600,000 ms. Nothing is said in words that would come back as another number.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import type { Path } from '../domain/rules/merge.ts';

const UNITS_MS: Readonly<Record<string, number>> = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS, ms: 1 };
const DURATION = /^(\d+(?:\.\d+)?) ?(d|h|m|s|ms)$/;
const PERCENT = /^(-?\d+(?:\.\d+)?) ?%$/;
const SHARES: ReadonlySet<unknown> = new Set(['fireAt', 'clearAt', 'below']);

const isDurationAt = (path: Path): boolean => String(path.at(-1)).endsWith('Ms') || path.at(-2) === 'forMsOn';

/** Can a share stand there? Whether it does depends on the metric. */
export const isThresholdAt = (path: Path): boolean => SHARES.has(path.at(-1));

export const isPercent = (value: unknown): value is string => typeof value === 'string' && PERCENT.test(value);

/** What is no such word stays as it is. */
export const fromWords = (path: Path, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (isDurationAt(path)) return durationOf(value) ?? value;
  return isThresholdAt(path) ? (ratioOf(value) ?? value) : value;
};

/** @param isShare whether the metric of a threshold is a ratio */
export const toWords = (path: Path, value: unknown, isShare: boolean): unknown => {
  if (typeof value !== 'number') return value;
  const words = isDurationAt(path) ? durationWord(value) : isShare && isThresholdAt(path) ? percentWord(value) : '';
  return Object.is(fromWords(path, words), value) ? words : value;
};

const durationOf = (text: string): number | undefined => {
  const [, amount, unit = ''] = DURATION.exec(text) ?? [];
  return amount === undefined ? undefined : rounded(Number(amount) * (UNITS_MS[unit] ?? 1));
};

const ratioOf = (text: string): number | undefined => {
  const [, percent] = PERCENT.exec(text) ?? [];
  return percent === undefined ? undefined : rounded(Number(percent) / 100);
};

/** Without what binary fractions add: 0.29 × 100 is 29. */
const rounded = (value: number): number => Number(value.toPrecision(15));

const percentWord = (ratio: number): string => `${rounded(ratio * 100)} %`;

const durationWord = (ms: number): string => {
  if (ms === 0) return '';
  const [unit = 'ms', size = 1] = Object.entries(UNITS_MS).find(([, unitMs]) => ms % unitMs === 0) ?? [];
  return `${ms / size}${unit}`;
};
