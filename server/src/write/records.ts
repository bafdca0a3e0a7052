// One record of an agent's alerts lane: it takes effect once, together with the mark that says so.
import type { Transition } from '@fettle/shared/alert/alert';
import { type Rule, inScope } from '@fettle/shared/rule/rule';
import { recordHash } from '@fettle/shared/wire/record-hash';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import { repairs } from '../domain/alert/digest.ts';
import type { Device } from '../domain/device.ts';
import type { AgentEvent, Outcome } from '../domain/event.ts';
import { type Mark, type Place, placeOf } from '../domain/place.ts';
import { applyTransition } from './alerts.ts';
import { DONE, EARLY, UNKNOWN_DEVICE, type WriteContext, tell } from './context.ts';
import { applyFacts, applyTargets, openAlertsOf, subjectOf } from './targets.ts';

type RecordEvent = AgentEvent & { readonly type: 'record' };
type PassEvent = AgentEvent & { readonly type: 'pass record' };

export const applyRecord = (event: RecordEvent, context: WriteContext): Outcome => {
  const { device: id, body } = event;
  return inOrder(id, placeIn(event), context, (device) => applyBody(device, body, context));
};

/** A record that cannot take effect leaves its place all the same, so that those behind it can. */
export const passRecord = (event: RecordEvent | PassEvent, context: WriteContext): Outcome =>
  inOrder(event.device, placeIn(event), context, () => undefined);

const placeIn = (event: RecordEvent | PassEvent): Place & Mark => {
  const { epoch, seq } = event;
  if (event.type === 'pass record') return { epoch, from: seq, seq, hash: '' };
  const { body, hash = '' } = event;
  return { epoch, from: body.kind === 'gap' ? body.from : seq, seq, hash };
};

/** Together with the mark, or not at all. */
const inOrder = (
  id: string,
  place: Place & Mark,
  { store }: WriteContext,
  apply: (device: Device) => void,
): Outcome => {
  const device = store.devices.get(id);
  if (!device) return UNKNOWN_DEVICE;
  const found = placeOf(store.marks.get(id), place);
  if (found === 'duplicate') return { is: 'duplicate' };
  if (found === 'early') return EARLY;
  apply(device);
  const { epoch, seq, hash } = place;
  store.marks.put(id, { epoch, seq, hash });
  return DONE;
};

const applyBody = (device: Device, body: RecordBody, context: WriteContext): void => {
  switch (body.kind) {
    case 'transition':
      return isNews(device, body.transition, context) ? applyTold(device, body.transition, context) : undefined;
    case 'digest':
      return applyDigest(device, body, context);
    case 'start':
      applyTargets(device, body.targets ?? [], context);
      return update(
        device,
        { bootId: body.bootId, bootedMs: context.nowMs - body.uptimeMs, agentVersion: body.agentVersion },
        context,
      );
    case 'capabilities':
      context.store.capabilities.put(device, body.collectors);
      return tell(context, device, { kind: 'device', change: 'changed', device });
    case 'inventory':
      return applyFacts(device, body, context);
    case 'gap':
      return update(device, { lostRecords: device.lostRecords + body.count }, context);
    case 'suspended':
      return tell(context, device, { kind: 'device', change: 'changed', device });
  }
};

/** Judged here: of these no agent has anything to say. */
const OWN_KINDS: ReadonlySet<string> = new Set<Rule['kind']>(['absence', 'forecast']);

const applyDigest = (device: Device, digest: RecordBody & { kind: 'digest' }, context: WriteContext): void => {
  const book = context.bookFor(device);
  const isOurs = (rule: string): boolean => OWN_KINDS.has(context.book.byId.get(rule)?.kind ?? '');
  const open = openAlertsOf(device, context).filter(({ rule }) => !isOurs(rule));
  const { os } = device;
  const isInForce = (id: string): boolean => {
    const rule = book.byId.get(id);
    return (
      rule !== undefined && !book.disabled.has(id) && os !== 'unknown' && inScope(rule, { os, class: device.class })
    );
  };
  for (const transition of repairs(open, digest, isInForce)) applyTold(device, transition, context);
};

/** Under another number it may have been told before: it is the same change all the same, down to its times. */
const isNews = ({ id }: Device, told: Transition, { store, nowMs }: WriteContext): boolean =>
  store.told.isNews(id, recordHash(JSON.stringify(told)), nowMs);

const applyTold = (agent: Device, transition: Transition, context: WriteContext): void => {
  const about = subjectOf(agent, transition, context);
  if (about) applyTransition(about.device, about.told, context);
};

const update = (device: Device, change: Partial<Device>, context: WriteContext): void => {
  const changed = { ...device, ...change };
  context.store.devices.put(changed);
  tell(context, changed, { kind: 'device', change: 'changed', device: changed });
};
