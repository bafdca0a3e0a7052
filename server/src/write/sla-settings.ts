// Calendars and terms, as people set them. Each change is an edition that holds from now on.
import { maySee } from '../domain/actor.ts';
import type { Outcome, PersonEvent } from '../domain/event.ts';
import { faultOfTerms } from '../domain/sla/terms.ts';
import type { KeptCalendar } from '../store/sla.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

/** Of one tenant. */
const CALENDARS_MAX = 50;

const changedMeanwhile = (version: number): Outcome =>
  refused('version_conflict', `It has changed meanwhile (version ${version}). Look again before you change it.`);

type CalendarEvent = PersonEvent & { type: 'put calendar' };

export const putCalendar = (event: CalendarEvent, context: WriteContext): Outcome => {
  const { store, nowMs, newId } = context;
  const { actor, tenant, name, calendar } = event;
  if (!isTenant(event, context)) return NO_TENANT;
  const known = event.id === null ? undefined : store.sla.calendar(event.id);
  const fault = faultOfCalendar(event, known, context);
  if (fault) return fault;
  const id = known?.id ?? newId('c');
  const version = (known?.version ?? 0) + 1;
  store.sla.putCalendar({ id, tenant, name, version }, { fromMs: known ? nowMs : 0, value: calendar });
  store.timers.lookAgain(tenant, nowMs);
  const action = known ? 'calendar.change' : 'calendar.create';
  audit(context, { actor, tenant, action, subject: id, detail: { name, version } });
  return { is: 'made', id };
};

const isTenant = ({ actor, tenant }: Pick<CalendarEvent, 'actor' | 'tenant'>, { store }: WriteContext): boolean =>
  maySee(actor, tenant) && store.tenants.get(tenant) !== undefined;

const NO_TENANT = refused('not_found', 'There is no such tenant.');

const faultOfCalendar = (
  { id, version, tenant, name }: CalendarEvent,
  known: KeptCalendar | undefined,
  { store }: WriteContext,
): Outcome | undefined => {
  if (id !== null && known?.tenant !== tenant) return refused('not_found', 'There is no such calendar.');
  if (known && known.version !== version) return changedMeanwhile(known.version);
  const same = store.sla.calendarNamed(tenant, name);
  if (same && same.id !== id) return refused('name_taken', `There is a calendar "${name}" already.`);
  return known || store.sla.calendars([tenant]).length < CALENDARS_MAX
    ? undefined
    : refused('too_many', `A tenant has ${CALENDARS_MAX} calendars at the most. Change one of them.`);
};

export const putTerms = (event: PersonEvent & { type: 'put terms' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const { actor, tenant, terms } = event;
  if (!isTenant(event, context)) return NO_TENANT;
  const version = store.sla.terms(tenant)?.version ?? 0;
  if (version !== event.version) return changedMeanwhile(version);
  const calendars = store.sla.calendars([tenant]).map(({ id }) => id);
  const fault = faultOfTerms(terms, calendars);
  if (fault !== undefined) return refused('terms_invalid', fault);
  store.sla.putTerms(tenant, { version: version + 1, terms }, nowMs);
  store.timers.lookAgain(tenant, nowMs);
  audit(context, { actor, tenant, action: 'sla.change', subject: tenant, detail: { version: version + 1 } });
  return DONE;
};
