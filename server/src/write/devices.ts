// A device comes, says hello, is there or not, and goes.
import type { Transition } from '@fettle/shared/alert/alert';
import { ruleHash } from '@fettle/shared/rule/hash';

import { SYSTEM } from '../domain/actor.ts';
import { resolutionOf } from '../domain/alert/alert.ts';
import { type Device, newDevice } from '../domain/device.ts';
import { decideEnroll, decideRekey } from '../domain/enroll.ts';
import type { AdminEvent, AgentEvent, Outcome, ServerEvent } from '../domain/event.ts';
import { absenceRule } from '../domain/rule-book.ts';
import { applyReturn } from './absences.ts';
import { applyTransition } from './alerts.ts';
import { type Audited, DONE, UNKNOWN_DEVICE, type WriteContext, audit, tell } from './context.ts';
import { lookAtReturn } from './outage.ts';

export const applyEnrol = (event: AgentEvent & { type: 'enrol' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const token = store.enrollTokens.get(event.tokenHash);
  const decision = decideEnroll(token, store.devices.ofKey(event.publicKey), nowMs);
  if (decision.is === 'refused') return decision;
  if (decision.is === 'known') return enrolled(decision.device);
  store.enrollTokens.use(event.tokenHash);
  const place = { tenant: token?.tenant ?? '', site: token?.site ?? '', cloneOf: null };
  const device = entrant(event, place, context);
  return enter(device, { action: 'device.enrol', detail: { token: token?.id, hostname: device.hostname } }, context);
};

/** Nothing of the original is touched. */
export const applyRekey = (event: AgentEvent & { type: 'rekey' }, context: WriteContext): Outcome => {
  const { devices } = context.store;
  const original = devices.get(event.original);
  if (!original) return UNKNOWN_DEVICE;
  const decision = decideRekey(original, devices.ofKey(event.publicKey), devices.clonesOf(original.id));
  if (decision.is === 'refused') return decision;
  if (decision.is === 'known') return enrolled(decision.device);
  const { id: cloneOf, tenant, site } = original;
  const device = entrant(event, { tenant, site, cloneOf }, context);
  return enter(device, { action: 'device.clone', detail: { of: cloneOf, hostname: device.hostname } }, context);
};

const enter = (device: Device, audited: Pick<Audited, 'action' | 'detail'>, context: WriteContext): Outcome => {
  context.store.devices.put(device);
  audit(context, { actor: SYSTEM, tenant: device.tenant, subject: device.id, ...audited });
  tell(context, device, { kind: 'device', change: 'enrolled', device });
  return enrolled(device);
};

const enrolled = ({ id, tenant, site }: Device): Outcome => ({ is: 'enrolled', deviceId: id, tenant, site });

const entrant = (
  event: AgentEvent & { type: 'enrol' | 'rekey' },
  place: Pick<Device, 'tenant' | 'site' | 'cloneOf'>,
  context: WriteContext,
): Device => {
  const { publicKey, hostname, os, class: deviceClass, agentVersion } = event;
  const told = { publicKey, hostname, os, class: deviceClass, agentVersion };
  return newDevice({ id: context.newId('d'), ...place, ...told }, context.nowMs);
};

export const applyHello = (event: AgentEvent & { type: 'hello' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const device = store.devices.get(event.device);
  if (!device) return UNKNOWN_DEVICE;
  const { hostname, os, class: deviceClass, agentVersion, bootId, clockOffsetMs } = event;
  const isBack = device.presence !== 'online';
  const changed: Device = {
    ...device,
    hostname,
    os,
    class: deviceClass,
    agentVersion,
    bootId,
    clockOffsetMs,
    ...(isBack ? { presence: 'online', presenceSinceMs: nowMs } : {}),
    goodbye: null,
    lastSeenMs: nowMs,
  };
  store.devices.put(changed);
  applyReturn(device, event, context);
  tell(context, changed, { kind: 'device', change: isBack ? 'presence' : 'changed', device: changed });
  return DONE;
};

export const applyPresence = (event: ServerEvent & { type: 'presence' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const device = store.devices.get(event.device);
  if (!device) return DONE;
  const { presence, lastSeenMs, goodbye } = event;
  const isOther = presence !== device.presence;
  const changed = { ...device, presence, lastSeenMs, goodbye, ...(isOther ? { presenceSinceMs: nowMs } : {}) };
  store.devices.put(changed);
  if (isOther) tell(context, changed, { kind: 'device', change: 'presence', device: changed });
  applySilence(changed, event.isAlerting, context);
  if (isOther && presence === 'retiring') endAll(changed, context);
  return DONE;
};

/** Its agent is gone for good, and nobody else would say that what stood is over. */
const endAll = (device: Device, context: WriteContext): void => {
  for (const alert of context.store.alerts.openOf(device.id))
    applyTransition(device, resolutionOf(alert, context.nowMs, 'instance removed'), context);
};

const applySilence = (device: Device, isAlerting: boolean, context: WriteContext): void => {
  const rule = absenceRule(context.bookFor(device));
  if (!rule) return;
  const told: Transition = {
    change: isAlerting ? 'fire' : 'resolve',
    rule: rule.id,
    ruleHash: ruleHash(rule),
    instance: '',
    severity: rule.levels[0]?.severity ?? 'critical',
    at: context.nowMs,
    since: device.lastSeenMs,
    reason: isAlerting ? 'silent' : 'back',
    evidence: [],
  };
  applyTransition(device, told, context);
  if (!isAlerting) lookAtReturn(device, context);
};

export const applySeen = ({ devices }: ServerEvent & { type: 'seen' }, { store }: WriteContext): Outcome => {
  for (const { id, atMs } of devices) store.devices.seen(id, atMs);
  return DONE;
};

/** With everything that belongs to them here; their readings are forgotten by events of their own. */
export const applyRemove = (
  { actor, tenant }: AdminEvent & { type: 'remove devices' },
  context: WriteContext,
): Outcome => {
  const devices = context.store.devices.ofTenant(tenant);
  for (const device of devices) {
    context.store.devices.remove(device.id);
    tell(context, device, { kind: 'device', change: 'removed', device });
  }
  const detail = { devices: devices.length };
  audit(context, { actor, tenant, action: 'device.remove', subject: tenant, detail });
  return { is: 'removed', devices: devices.map(({ id }) => id) };
};
