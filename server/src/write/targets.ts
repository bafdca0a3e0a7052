// Things without an agent that an agent looks after: they come, go and come back as its administrator declares them.
import type { Transition } from '@fettle/shared/alert/alert';
import { checkName, openCheckName } from '@fettle/shared/metric/check-name';
import type { Inventory } from '@fettle/shared/wire/record.schema';

import { type Alert, resolutionOf } from '../domain/alert/alert.ts';
import { type Device, newThing } from '../domain/device.ts';
import { isAboutTargets } from '../domain/target.ts';
import { idOf } from '../store/ids.ts';
import { applyTransition } from './alerts.ts';
import { type WriteContext, tell } from './context.ts';

/** Of one agent, beside those that it looks after. The longest gone is forgotten. */
const RETIRED_MAX = 200;

/** Nobody but this agent can name it, and it can name no other device. */
const targetId = (agent: Device, name: string): string => idOf('d', 'target', agent.id, name);

/** @param names all of them. What is not among them any more retires, with its alerts */
export const applyTargets = (agent: Device, names: readonly string[], context: WriteContext): void => {
  const known = context.store.devices.watchedBy(agent.id);
  if (known.length === 0 && names.length === 0) return;
  const wanted = new Set(names);
  for (const name of wanted) welcome(agent, name, context);
  for (const { id, hostname } of known) if (!wanted.has(hostname)) retire(id, context);
  forgetOldest(agent, context);
};

const welcome = (agent: Device, name: string, context: WriteContext): void => {
  const known = context.store.devices.get(targetId(agent, name));
  if (known && known.presence !== 'retiring') return;
  const back: Device | undefined = known && { ...known, presence: 'unknown', presenceSinceMs: context.nowMs };
  put(back ?? newTarget(agent, name, context), known ? 'presence' : 'enrolled', context);
};

const newTarget = (agent: Device, hostname: string, { nowMs }: WriteContext): Device => {
  const { id: watchedBy, tenant, site } = agent;
  return newThing({ id: targetId(agent, hostname), tenant, site, hostname, watchedBy }, nowMs);
};

const put = (target: Device, change: 'enrolled' | 'presence', context: WriteContext): void => {
  context.store.devices.put(target);
  context.watches.push(target.id);
  tell(context, target, { kind: 'device', change, device: target });
};

const retire = (id: string, context: WriteContext): void => {
  const target = context.store.devices.get(id);
  if (!target || target.presence === 'retiring') return;
  for (const alert of context.store.alerts.openOf(id)) {
    applyTransition(target, resolutionOf(alert, context.nowMs, 'instance removed'), context);
  }
  put({ ...target, presence: 'retiring', presenceSinceMs: context.nowMs }, 'presence', context);
};

const forgetOldest = (agent: Device, context: WriteContext): void => {
  const retired = context.store.devices
    .watchedBy(agent.id)
    .filter(({ presence }) => presence === 'retiring')
    .toSorted((a, b) => b.presenceSinceMs - a.presenceSinceMs);
  for (const target of retired.slice(RETIRED_MAX)) {
    context.store.devices.remove(target.id);
    context.watches.push(target.id);
    tell(context, target, { kind: 'device', change: 'removed', device: target });
  }
};

type About = { readonly device: Device; readonly told: Transition };

/** Whom a transition of an agent is about. @returns undefined when that one is looked after no more */
export const subjectOf = (agent: Device, told: Transition, context: WriteContext): About | undefined => {
  const check = isAboutTargets(context.book.byId.get(told.rule)) ? openCheckName(told.instance) : undefined;
  const target = check && context.store.devices.get(targetId(agent, check.target));
  // not known here: better told of the agent than not at all
  if (!target) return { device: agent, told };
  return target.presence === 'retiring' ? undefined : { device: target, told: { ...told, instance: check.what } };
};

/** The open alerts of an agent and of all that it looks after, as the agent calls them. */
export const openAlertsOf = (agent: Device, { store }: WriteContext): readonly Alert[] => [
  ...store.alerts.openOf(agent.id),
  ...store.devices
    .watchedBy(agent.id)
    .flatMap(({ id, hostname }) =>
      store.alerts.openOf(id).map((alert) => ({ ...alert, instance: checkName(hostname, alert.instance) })),
    ),
];

/** Facts become those of whom they are about: of the agent's own device, or of what it looks after. */
export const applyFacts = (agent: Device, { at, sections }: Inventory, context: WriteContext): void => {
  for (const [name, theirs] of Map.groupBy(sections, ({ target }) => target)) {
    const device = name === undefined ? agent : context.store.devices.get(targetId(agent, name));
    if (!device) continue;
    context.store.inventory.put(device, { atMs: at, sections: theirs });
    tell(context, device, { kind: 'device', change: 'changed', device });
  }
};
