// Alerts that another system tells: of a device without an agent that stands for it at its site.
import { alertKey } from '@fettle/shared/alert/alert';

import { maySee } from '../domain/actor.ts';
import { stepAlert } from '../domain/alert/alert.ts';
import { type Device, newThing } from '../domain/device.ts';
import type { Outcome } from '../domain/event.ts';
import type { NoticeEvent } from '../domain/notice/event.ts';
import { type ExternalAlert, externalTransition } from '../domain/notice/external.ts';
import { idOf } from '../store/ids.ts';
import type { IngestToken } from '../store/ingest.ts';
import { applyAlert } from './alerts.ts';
import { DONE, type WriteContext, audit, refused, tell } from './context.ts';

export const applyCreateIngestToken = (
  { actor, id, hash, site: siteId, name }: NoticeEvent & { type: 'create ingest token' },
  context: WriteContext,
): Outcome => {
  const { store, nowMs } = context;
  const site = store.tenants.site(siteId);
  if (!site || !maySee(actor, site.tenant)) return refused('site_unknown', `There is no site "${siteId}".`);
  store.ingestTokens.put({ hash, id, tenant: site.tenant, site: site.id, name, madeMs: nowMs });
  audit(context, { actor, tenant: site.tenant, action: 'ingest token.create', subject: id, detail: { name } });
  return DONE;
};

export const applyExternalAlerts = (
  { tokenHash, alerts }: NoticeEvent & { type: 'external alerts' },
  context: WriteContext,
): Outcome => {
  const token = context.store.ingestTokens.get(tokenHash);
  if (!token) return refused('ingest_token_unknown', 'This token is not known here, or was taken away.');
  const device = deviceFor(token, context);
  for (const alert of alerts) applyOne(device, alert, context);
  return DONE;
};

/** The same is told again and again while it goes on: that changes nothing. */
const applyOne = (device: Device, told: ExternalAlert, context: WriteContext): void => {
  const { store, nowMs, times, newId } = context;
  const key = alertKey({ tenant: device.tenant, device: device.id, rule: told.rule, instance: told.instance });
  const last = store.alerts.newestOf(key);
  const transition = externalTransition(told, last !== undefined && last.state !== 'resolved');
  const step = stepAlert(last, transition, { device, nowMs, times, newId });
  if (!step) return;
  // the words first: its ticket and its notices are made with them
  store.alerts.put(step.alert);
  store.alertLabels.put(step.alert.id, device.tenant, told);
  applyAlert(device, step, context, told.atMs);
};

/** One for each site. It looks after itself, as far as presence goes: nobody ever looks, so it is neither there nor gone. */
const deviceFor = ({ tenant, site }: IngestToken, context: WriteContext): Device => {
  const id = idOf('d', 'external', tenant, site);
  const known = context.store.devices.get(id);
  if (known) return known;
  const about = { hostname: 'external', class: 'ephemeral', watchedBy: id } as const;
  const device = newThing({ id, tenant, site, ...about }, context.nowMs);
  context.store.devices.put(device);
  context.watches.push(id);
  tell(context, device, { kind: 'device', change: 'enrolled', device });
  return device;
};
