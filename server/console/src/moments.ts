// Moments that people choose: how long a snooze lasts, when maintenance ends. By the clock where the reader is.
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';

const MORNING = 8;

/** Tomorrow at eight, whatever the clock does tonight. */
export const nextMorning = (nowMs: number): number => {
  const at = new Date(nowMs);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, MORNING).getTime();
};

export type Choice = { readonly word: string; readonly untilMs: (nowMs: number) => number };

export const snoozeChoices: readonly Choice[] = [
  { word: '1 hour', untilMs: (nowMs) => nowMs + HOUR_MS },
  { word: '4 hours', untilMs: (nowMs) => nowMs + 4 * HOUR_MS },
  { word: 'Until tomorrow 8:00', untilMs: nextMorning },
];

export const maintenanceChoices: readonly Choice[] = snoozeChoices.slice(0, 2);

export const inDays = (days: number, nowMs: number): number => nowMs + days * DAY_MS;

const two = (number: number): string => String(number).padStart(2, '0');

/** As a field of type datetime-local has it: "2026-11-23T14:05", in the reader's time. */
export const localText = (atMs: number): string => {
  const at = new Date(atMs);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
};

/** Null for a field that is empty or half filled in. */
export const localMs = (text: string): number | null => {
  const atMs = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(atMs) ? null : atMs;
};
