// Maintenance windows, and what people say of devices.
import { mayChange } from '../domain/actor.ts';
import { type MaintenanceWindow, windowProblem } from '../domain/alert/maintenance.ts';
import type { Outcome, QuietEvent } from '../domain/event.ts';
import { release } from './alerts.ts';
import { DONE, type WriteContext, audit, refused, tell } from './context.ts';

/** Of one tenant, those that are not over. */
const WINDOWS_MAX = 1_000;

export const applyQuiet = (event: QuietEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'open window':
      return openWindow(event, context);
    case 'close window':
      return closeWindow(event, context);
    case 'tag device':
      return tagDevice(event, context);
  }
};

const openWindow = (event: QuietEvent & { type: 'open window' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const { actor, id, tenant, scope, time, reason } = event;
  const unknown = unknownOf(event, context);
  if (unknown) return unknown;
  const problem = windowProblem(event, nowMs);
  if (problem !== undefined) return refused('bad_window', problem);
  if (store.maintenance.since(tenant, nowMs).length >= WINDOWS_MAX)
    return refused('too_many_windows', `There are ${WINDOWS_MAX} maintenance windows already: end some of them.`);
  store.maintenance.put({ id, tenant, scope, time, reason, by: actor.name });
  tellDevice(event, context);
  audit(context, { actor, tenant, action: 'maintenance.open', subject: id, detail: { scope, time, reason } });
  return DONE;
};

/** Whoever looks at the device sees the window come and go. */
const tellDevice = ({ scope }: Pick<MaintenanceWindow, 'scope'>, context: WriteContext): void => {
  const device = scope.kind === 'device' ? context.store.devices.get(scope.id) : undefined;
  if (device) tell(context, device, { kind: 'device', change: 'changed', device });
};

/** What it is about must be of its tenant, and be there. */
const unknownOf = (
  { actor, tenant, scope }: QuietEvent & { type: 'open window' },
  { store }: WriteContext,
): Outcome | undefined => {
  if (!mayChange(actor, tenant) || !store.tenants.has(tenant)) return refused('not_found', 'There is no such tenant.');
  if (scope.kind === 'site' && store.tenants.site(scope.id)?.tenant !== tenant)
    return refused('not_found', 'There is no such site.');
  if (scope.kind === 'device' && store.devices.get(scope.id)?.tenant !== tenant)
    return refused('not_found', 'There is no such device.');
  return undefined;
};

/** What it kept quiet speaks for itself after the time in which things settle. */
const closeWindow = ({ actor, window: id }: QuietEvent & { type: 'close window' }, context: WriteContext): Outcome => {
  const window: MaintenanceWindow | undefined = context.store.maintenance.get(id);
  if (!window || !mayChange(actor, window.tenant)) return refused('not_found', 'There is no such maintenance window.');
  context.store.maintenance.drop(id);
  release(id, context);
  tellDevice(window, context);
  audit(context, { actor, tenant: window.tenant, action: 'maintenance.close', subject: id });
  return DONE;
};

const tagDevice = (
  { actor, device: id, tags }: QuietEvent & { type: 'tag device' },
  context: WriteContext,
): Outcome => {
  const device = context.store.devices.get(id);
  if (!device || !mayChange(actor, device.tenant)) return refused('not_found', 'There is no such device.');
  const changed = { ...device, tags: [...new Set(tags)].toSorted() };
  context.store.devices.put(changed);
  tell(context, changed, { kind: 'device', change: 'changed', device: changed });
  audit(context, { actor, tenant: device.tenant, action: 'device.tag', subject: id, detail: { tags: changed.tags } });
  return DONE;
};
