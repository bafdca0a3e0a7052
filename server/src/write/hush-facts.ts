// What decides whether people are told of an alert, read from what is kept.
import type { Alert, AlertStep } from '../domain/alert/alert.ts';
import type { HushFacts } from '../domain/alert/hush.ts';
import { windowOver } from '../domain/alert/maintenance.ts';
import { parentsOf } from '../domain/alert/parents.ts';
import type { Device } from '../domain/device.ts';
import { OUTAGE_LEAST, canHaveOutage } from '../domain/presence/outage.ts';
import { absenceRule } from '../domain/rule-book.ts';
import { isOpenTicket } from '../domain/ticket/ticket.ts';
import type { WriteContext } from './context.ts';

export const SITE_OUTAGE = 'site.outage';

/** The maintenance window that keeps things of a device quiet now, or has until a moment ago. */
export const windowOf = (device: Device, { store, nowMs, times }: WriteContext): HushFacts['window'] => {
  const windows = store.maintenance.since(device.tenant, nowMs - times.settleMs);
  return windowOver(device, windows, { nowMs, settleMs: times.settleMs });
};

export const hushFactsOf = (device: Device, { alert, change }: AlertStep, context: WriteContext): HushFacts => {
  const { store, nowMs, times } = context;
  const isSilence = alert.rule === absenceRule(context.book)?.id;
  return {
    device,
    mute: store.mutes.get(alert.key),
    parent: isSilence ? store.alerts.openAt(device.site, SITE_OUTAGE)[0] : parentOf(device, alert, context),
    window: windowOf(device, context),
    hasOpenTicket: hasOpenTicket(alert, context),
    mayBeOutage: isSilence && change === 'fired' && canHaveOutage(alwaysOnAt(device.site, context, OUTAGE_LEAST)),
    nowMs,
    times,
  };
};

/** @param max where more make no difference */
export const alwaysOnAt = (site: string, { store, book }: WriteContext, max?: number): number =>
  store.devices.alwaysOnAt(site, absenceRule(book)?.scope.classes ?? [], max);

const hasOpenTicket = ({ ticket: id }: Alert, { store }: WriteContext): boolean => {
  const ticket = id === null ? undefined : store.tickets.get(id);
  return ticket !== undefined && isOpenTicket(ticket);
};

const parentOf = (device: Device, alert: Alert, { store, book }: WriteContext): Alert | undefined => {
  for (const { rule, instance } of parentsOf(alert)) {
    // it is back, and not believed to stay yet: what it tells now it tells itself
    if (rule === absenceRule(book)?.id && device.presence === 'online') continue;
    const parent = store.alerts.openOn(device.id, rule, instance);
    if (parent) return parent;
  }
  return undefined;
};
