// What should be looked at in its time and is no emergency: one living item for a tenant and rule, with its devices.
import type { PostureItem } from '@fettle/shared/api/quiet.schema';
import { DAY_MS } from '@fettle/shared/time';

import type { Device } from '../device.ts';
import type { RuleBook } from '../rule-book.ts';
import { instantOf } from '../view.ts';
import type { Alert } from './alert.ts';
import { type MaintenanceWindow, spanAt, windowOver } from './maintenance.ts';

export type PostureFacts = {
  /** Open ones, without a ticket. */
  readonly alerts: readonly Alert[];
  readonly devices: readonly Device[];
  readonly windows: readonly MaintenanceWindow[];
  readonly nowMs: number;
  readonly bookFor: (device: string) => RuleBook;
};

const DEVICES_MAX = 500;
/** A device that nobody has heard for so long is to be found or retired. */
const SILENT_MS = 30 * DAY_MS;
/** Longer than this nobody means to work on it. */
const LONG_WINDOW_MS = DAY_MS;

type Entry = {
  readonly kind: PostureItem['kind'];
  readonly rule: string;
  readonly device: Device;
  readonly instance: string;
  readonly sinceMs: number;
};

export const postureOf = (facts: PostureFacts): PostureItem[] => {
  const entries = [...ofAlerts(facts), ...ofSilent(facts), ...ofMaintenance(facts)];
  const groups = Map.groupBy(entries, ({ kind, rule, device }) => JSON.stringify([device.tenant, kind, rule]));
  return [...groups.values()]
    .flatMap((group) => itemOf(group, facts.bookFor) ?? [])
    .toSorted((a, b) => a.tenant.localeCompare(b.tenant) || b.count - a.count || a.rule.localeCompare(b.rule));
};

const itemOf = (entries: readonly Entry[], bookFor: PostureFacts['bookFor']): PostureItem | undefined => {
  const [first] = entries;
  if (!first) return undefined;
  const { kind, rule, device } = first;
  return {
    tenant: device.tenant,
    rule,
    title: TITLES[kind] ?? bookFor(device.id).byId.get(rule)?.title ?? rule,
    kind,
    count: entries.length,
    devices: entries.slice(0, DEVICES_MAX).map((entry) => ({
      id: entry.device.id,
      name: entry.device.hostname,
      site: entry.device.site,
      instance: entry.instance,
      since: instantOf(entry.sinceMs),
    })),
  };
};

const TITLES: { readonly [K in PostureItem['kind']]?: string } = {
  silent: 'Not heard for 30 days: find it, or retire it',
  maintenance: 'In maintenance for more than a day',
};

/** What was there before us, and what its rule makes no ticket of. */
const ofAlerts = ({ alerts, devices, bookFor }: PostureFacts): readonly Entry[] => {
  const byId = new Map(devices.map((device) => [device.id, device]));
  return alerts.flatMap(({ rule, device: id, instance, sinceMs, hush }) => {
    const device = byId.get(id);
    const kind = hush?.why === 'preexisting' ? 'preexisting' : isUpkeep(rule, bookFor(id)) ? 'upkeep' : undefined;
    return device && kind ? [{ kind, rule, device, instance, sinceMs }] : [];
  });
};

/** Its rule never opens a ticket by itself. */
const isUpkeep = (id: string, { byId }: RuleBook): boolean => {
  const ticket = byId.get(id)?.ticket;
  return ticket !== undefined && ticket.atOnce.length === 0 && ticket.afterMs === undefined;
};

const ofSilent = ({ devices, nowMs }: PostureFacts): readonly Entry[] =>
  devices
    .filter(({ presence, watchedBy, lastSeenMs, class: kind }) => {
      const isExpected = presence !== 'online' && presence !== 'retiring' && watchedBy === null && kind !== 'ephemeral';
      return isExpected && nowMs - lastSeenMs >= SILENT_MS;
    })
    .map((device) => ({
      kind: 'silent',
      rule: 'device.silent',
      device,
      instance: '',
      sinceMs: device.lastSeenMs,
    }));

const ofMaintenance = ({ devices, windows, nowMs }: PostureFacts): readonly Entry[] => {
  const long = windows.filter((window) => nowMs - (spanAt(window, nowMs)?.startMs ?? nowMs) > LONG_WINDOW_MS);
  if (long.length === 0) return [];
  return devices.flatMap((device) => {
    const over = windowOver(device, long, { nowMs, settleMs: 0 });
    const window = long.find(({ id }) => id === over?.id);
    const sinceMs = window && spanAt(window, nowMs)?.startMs;
    return sinceMs === undefined
      ? []
      : [{ kind: 'maintenance' as const, rule: 'maintenance.long', device, instance: '', sinceMs }];
  });
};
