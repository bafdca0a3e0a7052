// The time of an alert has come: what kept it quiet has ended, it has stayed clear, or it has stopped coming and going.
import { type Alert, type AlertStep, confirm, settle, wake } from '../domain/alert/alert.ts';
import type { Timer } from '../domain/ticket/ticket.ts';
import { applyAlert } from './alerts.ts';
import type { WriteContext } from './context.ts';
import { windowOf } from './hush-facts.ts';
import { lookAtOutage } from './outage.ts';

export const applyAlertTimer = (kind: Timer['kind'], id: string, context: WriteContext): void => {
  const { store, nowMs } = context;
  const alert = store.alerts.get(id);
  const device = alert && store.devices.get(alert.device);
  if (!alert || !device) return;
  if (kind === 'look at alert') lookAtOutage(device, alert, context);
  const step = stepAt(kind, alert, nowMs);
  // in a maintenance window nobody is told that something is over either
  const window = step?.change === 'confirmed' ? windowOf(device, context) : undefined;
  if (window) store.timers.put({ kind, subject: id, dueMs: window.untilMs });
  else if (step) applyAlert(device, step, context);
};

const stepAt = (kind: Timer['kind'], alert: Alert, nowMs: number): AlertStep | undefined => {
  if (kind === 'look at alert') return wake(alert);
  return kind === 'end flapping' ? settle(alert, nowMs) : confirm(alert);
};
