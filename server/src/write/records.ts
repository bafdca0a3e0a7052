// One record of an agent's alerts lane: it takes effect once, together with the mark that says so.
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import type { Device } from '../domain/device.ts';
import { repairs } from '../domain/digest.ts';
import type { AgentEvent, Outcome } from '../domain/event.ts';
import { absenceRule } from '../domain/rule-book.ts';
import { applyTransition } from './alerts.ts';
import { DONE, type WriteContext, refused, tell } from './context.ts';

type RecordEvent = AgentEvent & { readonly type: 'record' };

export const applyRecord = (event: RecordEvent, context: WriteContext): Outcome => {
  const { store } = context;
  const device = store.devices.get(event.device);
  if (!device) return refused('unknown_device', 'This device is not known here any more.');
  const mark = store.marks.get(device.id);
  if (mark?.epoch === event.epoch && event.seq <= mark.seq) return { is: 'duplicate' };
  applyBody(device, event.body, context);
  store.marks.put(device.id, { epoch: event.epoch, seq: event.seq });
  return DONE;
};

/** A record that cannot take effect leaves its place all the same, so that those behind it can. */
export const passRecord = (
  { device, epoch, seq }: { readonly device: string; readonly epoch: string; readonly seq: number },
  { store }: WriteContext,
): Outcome => {
  store.marks.put(device, { epoch, seq });
  return DONE;
};

const applyBody = (device: Device, body: RecordBody, context: WriteContext): void => {
  switch (body.kind) {
    case 'transition':
      return applyTransition(device, body.transition, context);
    case 'digest':
      return applyDigest(device, body, context);
    case 'start':
      return update(
        device,
        { bootId: body.bootId, bootedMs: context.nowMs - body.uptimeMs, agentVersion: body.agentVersion },
        context,
      );
    case 'capabilities':
      return update(device, { capabilities: body.collectors }, context);
    case 'inventory':
      return update(device, { inventory: { atMs: body.at, sections: body.sections } }, context);
    case 'gap':
      return update(device, { lostRecords: device.lostRecords + body.count }, context);
    case 'suspended':
      return tell(context, device, { kind: 'device', change: 'changed', device });
  }
};

const applyDigest = (device: Device, digest: RecordBody & { kind: 'digest' }, context: WriteContext): void => {
  const ofServer = absenceRule(context.book)?.id;
  const open = context.store.alerts.openOf(device.id).filter(({ rule }) => rule !== ofServer);
  for (const transition of repairs(open, digest)) applyTransition(device, transition, context);
};

const update = (device: Device, change: Partial<Device>, context: WriteContext): void => {
  const changed = { ...device, ...change };
  context.store.devices.put(changed);
  tell(context, changed, { kind: 'device', change: 'changed', device: changed });
};
