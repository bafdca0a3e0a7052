// What people do about an alert: they have seen it, want it later, give it to somebody, or want to hear of its problem no more.
import { maySee } from '../domain/actor.ts';
import {
  type Alert,
  type AlertStep,
  ackAlert,
  assignAlert,
  muteAlert,
  snoozeAlert,
  wake,
} from '../domain/alert/alert.ts';
import type { AlertAct, Outcome } from '../domain/event.ts';
import { applyAlert } from './alerts.ts';
import { giveTo } from './assignee.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

export const applyAlertAct = (asked: AlertAct, context: WriteContext): Outcome => {
  const { store } = context;
  const alert = store.alerts.get(asked.alert);
  const device = alert && store.devices.get(alert.device);
  if (!alert || !device || !maySee(asked.actor, alert.tenant)) return refused('not_found', 'There is no such alert.');
  const event = toSomebody(asked, alert.tenant, context);
  if ('is' in event) return event;
  const late = lateOf(event, context.nowMs);
  if (late) return late;
  if (alert.state === 'resolved' && !ALSO_OF_RESOLVED.has(event.type))
    return refused('alert_resolved', 'The alert is resolved already.');
  keepMute(event, alert, context);
  const step = stepOf(event, alert, context);
  if (step) applyAlert(device, step, context);
  const action = `alert.${event.type.replace(' alert', '')}`;
  audit(context, { actor: event.actor, tenant: alert.tenant, action, subject: alert.id, detail: detailOf(event) });
  return DONE;
};

/** Of an assignment: to a person who is there. */
const toSomebody = (event: AlertAct, tenant: string, context: WriteContext): AlertAct | Outcome => {
  if (event.type !== 'assign alert' || event.assignee === null) return event;
  const given = giveTo(event.assignee, tenant, context);
  return 'is' in given ? given : { ...event, assignee: given.name };
};

/** A problem can be muted between two of its alerts. */
const ALSO_OF_RESOLVED: ReadonlySet<AlertAct['type']> = new Set(['mute alert', 'unmute alert']);

const lateOf = (event: AlertAct, nowMs: number): Outcome | undefined =>
  'untilMs' in event && event.untilMs <= nowMs
    ? refused('time_passed', 'until: this moment has passed; name one to come.')
    : undefined;

const keepMute = (event: AlertAct, { key, tenant }: Alert, { store, nowMs }: WriteContext): void => {
  if (event.type === 'unmute alert') store.mutes.drop(key);
  if (event.type !== 'mute alert') return;
  const { untilMs, reason, actor } = event;
  store.mutes.put({ key, tenant, untilMs, reason, by: actor.name, atMs: nowMs });
};

const stepOf = (event: AlertAct, alert: Alert, { nowMs }: WriteContext): AlertStep | undefined => {
  const { name } = event.actor;
  switch (event.type) {
    case 'ack alert':
      return ackAlert(alert, name, nowMs);
    case 'snooze alert':
      return snoozeAlert(alert, name, event.untilMs, nowMs);
    case 'assign alert':
      return assignAlert(alert, event.assignee, nowMs);
    case 'mute alert':
      return muteAlert(alert, name, event.untilMs, nowMs);
    case 'unmute alert':
      return alert.hush?.why === 'muted' ? wake({ ...alert, updatedMs: nowMs }) : undefined;
    case 'unsnooze alert':
      return endSnooze(alert, nowMs);
  }
};

const endSnooze = (alert: Alert, nowMs: number): AlertStep | undefined =>
  alert.hush?.why === 'snoozed'
    ? wake({ ...alert, updatedMs: nowMs, hush: { ...alert.hush, untilMs: nowMs } })
    : undefined;

const detailOf = (event: AlertAct): Readonly<Record<string, unknown>> => {
  const { actor: _, alert: _alert, type: _type, ...detail } = event;
  return detail;
};
