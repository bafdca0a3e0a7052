// What the records of an alerts lane must have come to on the server, each applied once and in order: the contract of PROTOCOL.md in
// thirty lines, written without a look at the server's code.
import type { RecordMessage } from '@fettle/shared/wire/agent-message.schema';

import type { Epoch } from './witness.ts';

export type Effect = 'opened' | 'changed' | 'closed';
type Body = RecordMessage['body'];

/** @param lanes each epoch with the last of its records that the server has. @returns by rule and instance, in order */
export const replay = (lanes: readonly { readonly epoch: Epoch; readonly last: number }[]): Map<string, Effect[]> => {
  const effects = new Map<string, Effect[]>();
  const open = new Map<string, string>();
  const note = (key: string, effect: Effect): void => {
    effects.set(key, [...(effects.get(key) ?? []), effect]);
  };
  const stand = (key: string, severity: string): void => {
    const before = open.get(key);
    if (before !== severity) note(key, before === undefined ? 'opened' : 'changed');
    open.set(key, severity);
  };
  const end = (key: string): void => {
    if (open.delete(key)) note(key, 'closed');
  };
  for (const { epoch, last } of lanes)
    for (const { seq, body } of [...epoch.told.values()].toSorted((a, b) => a.seq - b.seq))
      if (seq <= last) apply(body, open, stand, end);
  return effects;
};

const apply = (
  body: Body,
  open: ReadonlyMap<string, string>,
  stand: (key: string, severity: string) => void,
  end: (key: string) => void,
): void => {
  if (body.kind === 'transition') {
    const { change, severity } = body.transition;
    if (change === 'resolve') end(keyOf(body.transition));
    else stand(keyOf(body.transition), severity);
  }
  if (body.kind !== 'digest') return;
  const listed = new Set([...body.open, ...body.undecided].map(keyOf));
  for (const alert of body.open) stand(keyOf(alert), alert.severity);
  for (const key of open.keys()) if (body.judged.includes(ruleOf(key)) && !listed.has(key)) end(key);
};

export const keyOf = ({ rule, instance }: { readonly rule: string; readonly instance: string }): string =>
  `${rule}|${instance}`;

const ruleOf = (key: string): string => key.split('|')[0] ?? '';
