import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { SaveSchedule } from './save-schedule.ts';

const memory = (news: number, lineMs = 0) => ({ news, calendar: { lineMs, uptimeMs: 0, wallMs: 0 } });

it('keeps news at once, but never twice within a minute', () => {
  const schedule = new SaveSchedule();
  schedule.noteSaved(memory(0), 0);
  expect(schedule.isDue(memory(0), 5 * MINUTE_MS)).toBe(false);
  expect(schedule.isDue(memory(1), 5 * MINUTE_MS)).toBe(true);
  schedule.noteSaved(memory(1), 5 * MINUTE_MS);
  expect(schedule.isDue(memory(2), 6 * MINUTE_MS - 1)).toBe(false);
  expect(schedule.isDue(memory(2), 6 * MINUTE_MS)).toBe(true);
  expect(schedule.isDue(memory(1), 6 * MINUTE_MS)).toBe(false);
});

it('keeps the calendar now and then', () => {
  const schedule = new SaveSchedule();
  schedule.noteSaved(memory(0), 0);
  expect(schedule.isDue(memory(0, 6 * HOUR_MS - 1), 6 * HOUR_MS)).toBe(false);
  expect(schedule.isDue(memory(0, 6 * HOUR_MS), 6 * HOUR_MS)).toBe(true);
});

it('keeps nothing before anything was judged', () => {
  expect(new SaveSchedule().isDue({ news: 0, calendar: undefined }, 0)).toBe(false);
});
