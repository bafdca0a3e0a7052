// Calendars, what tenants are promised, and how a ticket's clocks came to stand as they do.
import { z } from 'zod';

import { priorities, ticketView } from './alert.schema.ts';
import { instant } from './device.schema.ts';

const clock = z.string().max(5).describe('"09:00"; "24:00" is the end of the day');
const holiday = z.strictObject({ date: z.string().max(10).describe('"2026-12-25"'), name: z.string().max(100) });
const version = z.int().min(0).describe('that was looked at; 0: of what is not there yet');
const id = z.string().min(1).max(40);

const hours = {
  name: z.string().min(1).max(100),
  zone: z.string().max(100).describe('of the IANA list, such as Europe/Berlin'),
  week: z
    .array(z.array(z.strictObject({ from: clock, to: clock })).max(20))
    .max(20)
    .describe('seven days, Monday first'),
  holidays: z.array(holiday).max(2_000),
};

export const calendarView = z.strictObject({ id: z.string(), tenant: z.string(), version: z.int(), ...hours });
export const calendarCreation = z.strictObject({ tenant: id, ...hours });
export const calendarChange = z.strictObject({ version, ...hours });
export const calendarImport = z.strictObject({
  version,
  ics: z.string().max(1_000_000).describe('an iCalendar file (RFC 5545): its whole-day events become holidays'),
});
export const calendarImported = z.strictObject({
  calendar: calendarView,
  added: z.int(),
  skipped: z.int().describe('events that are no whole days, or recur in another way than yearly'),
});

const target = z.union([
  z.strictObject({ minutes: z.int().min(1).max(525_600) }),
  z.strictObject({ days: z.number().min(0.1).max(365).describe('of the calendar: an open day, on average') }),
]);
const tier = z.strictObject({
  response: target,
  resolution: target,
  coverage: id.describe('always, standard (Monday to Friday nine to five, UTC) or a calendar’s id'),
});
const row = z.strictObject({ high: z.enum(priorities), medium: z.enum(priorities), low: z.enum(priorities) });

export const slaTerms = z.strictObject({
  tiers: z.strictObject({ critical: tier, high: tier, normal: tier, low: tier }),
  matrix: z.strictObject({ high: row, medium: row, low: row }).describe('priority by urgency, then by impact'),
  categories: z.array(z.string().min(1).max(100)).max(200).describe('that tickets can have; none: any'),
});
export const termsView = z.strictObject({ tenant: z.string(), version: z.int(), ...slaTerms.shape });
export const termsChange = z.strictObject({ version, ...slaTerms.shape });

const moment = z.strictObject({
  state: z.enum(['runs', 'stands', 'over']),
  usedMs: z.int().describe('of working time, at the end of the stretch'),
});
const clockName = z.enum(['response', 'resolution']);

export const ticketTimeline = z.strictObject({
  stretches: z.array(
    z.strictObject({ from: instant, to: instant, why: z.string(), response: moment, resolution: moment }),
  ),
  leftOut: z.int().describe('older stretches that are not shown'),
  stages: z.array(
    z.strictObject({
      clock: clockName,
      stage: z.enum(['75', '90', 'breach']),
      reachedAt: instant,
      toldAt: instant,
      late: z.boolean(),
    }),
  ),
});

export const dueTicket = z.strictObject({
  ticket: ticketView,
  responseDueAt: instant.nullable(),
  resolutionDueAt: instant.nullable(),
});
