// The hours in which tenants are served. Each change holds from now on.
import { listOf } from '@fettle/shared/api/common.schema';
import {
  calendarChange,
  calendarCreation,
  calendarImport,
  calendarImported,
  calendarView,
} from '@fettle/shared/api/sla.schema';
import { z } from 'zod';

import { type Calendar, type CalendarText, calendarText, parseCalendar } from '../domain/sla/calendar.ts';
import type { Questions } from '../store/questions.ts';
import type { Api } from './api.ts';
import { makeOrThrow } from './commit.ts';
import { HttpProblem, notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { readHolidays } from './holidays.ts';
import { type Routes, about, answers, byId, ofOwner, ofReader } from './routes.ts';

type Request = Parameters<typeof actorOf>[0];
type Found = NonNullable<Questions['calendar']['answer']>;

/** A calendar file is longer than what is sent otherwise. */
const IMPORT_MAX_BYTES = 2 * 1024 * 1024;

export const calendarRoutes = (app: Routes, api: Api): void => {
  readRoutes(app, api);
  app.post(
    '/api/v1/calendars',
    {
      config: ofOwner,
      schema: {
        ...about('sla', 'createCalendar', 'A new calendar'),
        body: calendarCreation,
        response: answers(calendarView),
      },
    },
    (request) => {
      const { tenant, name, ...text } = request.body;
      return put(api, request, { id: null, version: 0, tenant, name, text });
    },
  );

  app.put(
    '/api/v1/calendars/:id',
    {
      config: ofOwner,
      schema: {
        ...about('sla', 'changeCalendar', 'Change a calendar, from now on'),
        params: byId,
        body: calendarChange,
        response: answers(calendarView),
      },
    },
    async (request) => {
      const { tenant, id } = await find(api, request, request.params.id);
      const { version, name, ...text } = request.body;
      return put(api, request, { id, version, tenant, name, text });
    },
  );

  importRoute(app, api);
};

const readRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/calendars',
    {
      config: ofReader,
      schema: {
        ...about('sla', 'listCalendars', 'Calendars by tenant and name'),
        querystring: z.strictObject({}),
        response: answers(listOf(calendarView)),
      },
    },
    async (request) => ({ items: (await api.ask('calendars', actorOf(request), {})).map(view), next: null }),
  );

  app.get(
    '/api/v1/calendars/:id',
    {
      config: ofReader,
      schema: { ...about('sla', 'getCalendar', 'A calendar'), params: byId, response: answers(calendarView) },
    },
    async (request) => view(await find(api, request, request.params.id)),
  );
};

const importRoute = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/calendars/:id/holidays',
    {
      config: ofOwner,
      bodyLimit: IMPORT_MAX_BYTES,
      schema: {
        ...about('sla', 'importHolidays', 'Add the holidays of a calendar file'),
        params: byId,
        body: calendarImport,
        response: answers(calendarImported),
      },
    },
    async (request) => {
      const { id, tenant, name, calendar } = await find(api, request, request.params.id);
      const { version, ics } = request.body;
      const read = readHolidays(ics, new Date(api.nowMs()).getUTCFullYear());
      if (read.is === 'refused') throw new HttpProblem(400, 'calendar_invalid', read.why);
      const holidays = {
        ...calendar.holidays,
        ...Object.fromEntries(read.holidays.map((one) => [one.date, one.name])),
      };
      const text = calendarText({ ...calendar, holidays });
      const changed = await put(api, request, { id, version, tenant, name, text });
      const added = Object.keys(holidays).length - Object.keys(calendar.holidays).length;
      return { calendar: changed, added, skipped: read.skipped };
    },
  );
};

type Wanted = {
  readonly id: string | null;
  readonly version: number;
  readonly tenant: string;
  readonly name: string;
  readonly text: CalendarText;
};

const put = async (api: Api, request: Request, { text, ...wanted }: Wanted) => {
  const calendar = calendarOf(text);
  const id = await makeOrThrow(api, { type: 'put calendar', actor: actorOf(request), ...wanted, calendar });
  return view(await find(api, request, id));
};

const calendarOf = (text: CalendarText): Calendar => {
  const parsed = parseCalendar(text);
  if (parsed.is === 'refused') throw new HttpProblem(400, 'calendar_invalid', parsed.why);
  return parsed.calendar;
};

const find = async (api: Api, request: Request, id: string): Promise<Found> => {
  const found = await api.ask('calendar', actorOf(request), { id });
  if (!found) throw notFound('calendar');
  return found;
};

const view = ({ id, tenant, name, version, calendar }: Found) => {
  const { zone, week, holidays } = calendarText(calendar);
  return { id, tenant, version, name, zone, week: week.map((day) => [...day]), holidays: [...holidays] };
};
