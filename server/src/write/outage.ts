// One alert for a place of which most went silent together, in place of one for each device there; and one for everybody at once.
import type { Transition } from '@fettle/shared/alert/alert';
import { ruleHash } from '@fettle/shared/rule/hash';

import type { Alert } from '../domain/alert/alert.ts';
import { type Device, newThing } from '../domain/device.ts';
import type { Outcome, ServerEvent } from '../domain/event.ts';
import { isOutage, isOutageOver } from '../domain/presence/outage.ts';
import { absenceRule } from '../domain/rule-book.ts';
import { idOf } from '../store/ids.ts';
import { applyTransition } from './alerts.ts';
import { DONE, type WriteContext } from './context.ts';
import { SITE_OUTAGE, alwaysOnAt } from './hush-facts.ts';

/** A device has been silent for a moment: did others of its site go with it? */
export const lookAtOutage = (device: Device, silence: Alert, context: WriteContext): void => {
  const { store, times } = context;
  const rule = absenceRule(context.book);
  if (silence.rule !== rule?.id || store.alerts.countAt(device.site, SITE_OUTAGE) > 0) return;
  const { sinceMs } = silence;
  const withinMs = times.outageMs;
  const about = { fromMs: sinceMs - withinMs, toMs: sinceMs + withinMs };
  const silences = store.alerts.silencesAt(device.site, rule.id, about);
  // of twice as many these are not most of the site
  const alwaysOn = alwaysOnAt(device.site, context, 2 * silences.length);
  if (isOutage(silences, sinceMs, { alwaysOn, withinMs })) sayOutage('fire', device, sinceMs, context);
};

/** A device is back: is most of its site? */
export const lookAtReturn = (device: Device, context: WriteContext): void => {
  const { store } = context;
  const [outage] = store.alerts.openAt(device.site, SITE_OUTAGE);
  const rule = absenceRule(context.book);
  if (!outage || !rule) return;
  const away = store.alerts.countAt(device.site, rule.id);
  if (isOutageOver(away, alwaysOnAt(device.site, context))) sayOutage('resolve', device, outage.sinceMs, context);
};

const sayOutage = (change: 'fire' | 'resolve', device: Device, since: number, context: WriteContext): void =>
  say(SITE_OUTAGE, change, { place: placeOf(device, device.site, context), since }, context);

/** It is us whom nobody reaches, or everybody else has gone: told of where the server itself belongs. */
export const applySelfCheck = (
  { isSuspected }: ServerEvent & { type: 'self check' },
  context: WriteContext,
): Outcome => {
  const home = context.store.tenants.firstSite();
  if (!home) return DONE;
  const place = placeOf({ tenant: home.tenant, site: home.id }, SERVER, context);
  say('server.selfcheck', isSuspected ? 'fire' : 'resolve', { place, since: context.nowMs }, context);
  return DONE;
};

/** What people see as the name of the device. */
const SERVER = 'this server';

const say = (
  id: string,
  change: 'fire' | 'resolve',
  { place, since }: { readonly place: Device; readonly since: number },
  context: WriteContext,
): void => {
  const { byId, disabled } = context.bookFor(place);
  const rule = byId.get(id);
  if (!rule || (change === 'fire' && disabled.has(id))) return;
  const told: Transition = {
    change,
    rule: id,
    ruleHash: ruleHash(rule),
    instance: '',
    severity: 'critical',
    at: context.nowMs,
    since,
    reason: change === 'fire' ? 'silent' : 'back',
    evidence: [],
  };
  applyTransition(place, told, context);
};

/** A site, or this server, as something that an alert can be about. */
const placeOf = (
  { tenant, site }: Pick<Device, 'tenant' | 'site'>,
  what: string,
  { store, nowMs }: WriteContext,
): Device => {
  const id = idOf('d', 'place', site, what);
  const known = store.devices.get(id);
  if (known) return known;
  const hostname = what === site ? (store.tenants.site(site)?.name ?? site) : what;
  const place = newThing({ id, tenant, site, hostname, tags: ['critical'], isPlace: true }, nowMs);
  store.devices.put(place);
  return place;
};
