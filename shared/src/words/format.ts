// Values as people read them. Here and only here a ratio becomes percent and bytes become GiB.
import { SECOND_MS } from '../time.ts';

export const NBSP = '\u00A0';
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

const trimmed = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

/** 0.962 -> "96.2 %" with one decimal, "96 %" with none. */
export const formatPercent = (ratio: number, decimals = 0): string => `${trimmed(ratio * 100, decimals)}${NBSP}%`;

/** 9985798144 -> "9.3 GiB"; three digits at most. */
export const formatBytes = (bytes: number): string => {
  const rounded = (power: number): number => Number((bytes / 1024 ** power).toFixed(1));
  let power = 0;
  while (power < BYTE_UNITS.length - 1 && Math.abs(rounded(power)) >= 1000) power += 1;
  const value = rounded(power);
  const decimals = power === 0 || Math.abs(value) >= 100 ? 0 : 1;
  return `${trimmed(value, decimals)}${NBSP}${BYTE_UNITS[power] ?? 'B'}`;
};

/** 12.34 -> "12.3" */
export const formatNumber = (value: number): string =>
  trimmed(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${NBSP}${bigUnit}` : `${big}${NBSP}${bigUnit} ${small}${NBSP}${smallUnit}`;

/** 12000000 -> "3 h 20 min": the two largest units. */
export const formatDuration = (durationMs: number): string => {
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)}${NBSP}ms`;
  const seconds = Math.round(durationMs / SECOND_MS);
  if (seconds < 60) return `${seconds}${NBSP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'min', minutes < 10 ? seconds % 60 : 0, 's');
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? pair(hours, 'h', minutes % 60, 'min') : pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
};
