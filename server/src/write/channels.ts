// Settings of notices: what a person makes, changes and takes away. Secrets stay out of the audit trail.
import { maySee } from '../domain/actor.ts';
import type { Outcome } from '../domain/event.ts';
import { isFor } from '../domain/notice/channel.ts';
import type { NoticeEvent, Setting } from '../domain/notice/event.ts';
import { circleOf } from '../domain/notice/rota.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

/** Of each kind: all of them are read for each change that is told. */
const SETTINGS_MAX = 500;

type Put = NoticeEvent & { type: 'put notice setting' };

export const applyPutSetting = (event: Put, context: WriteContext): Outcome => {
  const { actor, kind, setting } = event;
  const known = tableOf(kind, context).get(setting.id);
  const problem = problemOf(event, known?.tenant, context);
  if (problem) return problem;
  put(event, context);
  const action = `${kind}.${known ? 'change' : 'create'}`;
  audit(context, { actor, tenant: setting.tenant, action, subject: setting.id, detail: { name: setting.name } });
  return DONE;
};

const put = (event: Put, { store, nowMs }: WriteContext): void => {
  switch (event.kind) {
    case 'channel':
      return store.channels.put(event.setting, nowMs);
    case 'route':
      return store.routes.put(event.setting, nowMs);
    case 'rota':
      return store.rotas.put(event.setting, nowMs);
  }
};

const problemOf = (event: Put, knownTenant: string | undefined, context: WriteContext): Outcome | undefined => {
  const { actor, kind, setting } = event;
  if (!maySee(actor, setting.tenant) || (knownTenant !== undefined && !maySee(actor, knownTenant)))
    return refused('not_found', `There is no such ${kind}.`);
  if (knownTenant === undefined && tableOf(kind, context).all().length >= SETTINGS_MAX)
    return refused('too_many_settings', `There are ${SETTINGS_MAX} of this kind already. Remove one first.`);
  return missingOf(event, context) ?? (event.kind === 'rota' ? circleIn(event, context) : undefined);
};

/** What a setting names must be there, and be for its tenant. */
const missingOf = (event: Put, { store }: WriteContext): Outcome | undefined => {
  const { tenant } = event.setting;
  const isThere = ({ kind, id }: Reference): boolean => {
    const found = kind === 'channel' ? store.channels.get(id) : store.rotas.get(id);
    return (found !== undefined && isFor(found.tenant, tenant)) || id === event.setting.id;
  };
  const missing = referencesOf(event).find((reference) => !isThere(reference));
  return (
    missing &&
    refused('setting_unknown', `There is no ${missing.kind} "${missing.id}" that this ${event.kind} could use.`)
  );
};

type Reference = { readonly kind: 'channel' | 'rota'; readonly id: string };

const referencesOf = (event: Setting): readonly Reference[] => {
  if (event.kind === 'channel') return [];
  if (event.kind === 'route')
    return event.setting.to.map((to) =>
      'channel' in to ? { kind: 'channel', id: to.channel } : { kind: 'rota', id: to.rota },
    );
  const { people, escalation } = event.setting;
  const channels = people.map(({ channel }): Reference => ({ kind: 'channel', id: channel }));
  return escalation ? [...channels, { kind: 'rota', id: escalation.to }] : channels;
};

const circleIn = ({ setting }: Setting & { kind: 'rota' }, { store }: WriteContext): Outcome | undefined => {
  const circle = circleOf(setting, store.rotas.all());
  if (!circle) return undefined;
  const path = circle.join(', then ');
  return refused('escalation_circle', `The escalation goes round in a circle: ${path}. Let the last one end it.`);
};

const tableOf = (kind: Setting['kind'], { store }: WriteContext) =>
  ({ channel: store.channels, route: store.routes, rota: store.rotas })[kind];

export const applyRemoveSetting = (
  { actor, kind, id }: NoticeEvent & { type: 'remove notice setting' },
  context: WriteContext,
): Outcome => {
  const { store } = context;
  const table = kind === 'ingest token' ? store.ingestTokens : tableOf(kind, context);
  const found = kind === 'ingest token' ? store.ingestTokens.byId(id) : tableOf(kind, context).get(id);
  if (!found || !maySee(actor, found.tenant)) return refused('not_found', `There is no such ${kind}.`);
  const user = kind === 'ingest token' ? undefined : userOf(kind, id, context);
  if (user !== undefined) return refused('setting_used', `The ${kind} is used by "${user}". Change that first.`);
  table.remove(id);
  audit(context, { actor, tenant: found.tenant, action: `${kind}.remove`, subject: id, detail: { name: found.name } });
  return DONE;
};

/** @returns the name of a route or rota that uses it */
const userOf = (kind: Setting['kind'], id: string, { store }: WriteContext): string | undefined => {
  const users: readonly Setting[] = [
    ...store.routes.all().map((setting) => ({ kind: 'route', setting }) as const),
    ...store.rotas.all().map((setting) => ({ kind: 'rota', setting }) as const),
  ];
  return users.find((user) => referencesOf(user).some((used) => used.kind === kind && used.id === id))?.setting.name;
};

export const applyTested = (
  { actor, channel: id, isSent }: NoticeEvent & { type: 'tested channel' },
  context: WriteContext,
): Outcome => {
  const channel = context.store.channels.get(id);
  if (!channel || !maySee(actor, channel.tenant)) return refused('not_found', 'There is no such channel.');
  audit(context, { actor, tenant: channel.tenant, action: 'channel.test', subject: id, detail: { isSent } });
  return DONE;
};
