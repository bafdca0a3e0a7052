// Enrolment tokens: made, taken away, and forgotten when they have long been of no use. Only hashes come here.
import { DAY_MS } from '@fettle/shared/time';

import { mayChange } from '../domain/actor.ts';
import type { AdminEvent, Outcome } from '../domain/event.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

/** At once: a script that makes one for each of its devices is to notice that something is wrong with it. */
const TOKENS_MAX = 10_000;
/** An agent that comes late is told that its token has expired, and not that there never was one. */
const REMEMBERED_MS = 30 * DAY_MS;

export const createEnrolToken = (
  event: AdminEvent & { type: 'create enrol token' },
  context: WriteContext,
): Outcome => {
  const { store, nowMs, newId } = context;
  const site = store.tenants.site(event.site);
  if (!site || !mayChange(event.actor, site.tenant))
    return refused('site_unknown', `There is no site "${event.site}".`);
  if (store.enrollTokens.count() >= TOKENS_MAX)
    return refused('too_many', `There are ${TOKENS_MAX} enrolment tokens. Take away those that nobody needs.`);
  const id = newId('e');
  const { hash, expiresMs, maxUses } = event;
  const place = { tenant: site.tenant, site: site.id };
  store.enrollTokens.put({ hash, id, ...place, createdMs: nowMs, expiresMs, maxUses, uses: 0 });
  const detail = { maxUses };
  audit(context, { actor: event.actor, tenant: site.tenant, action: 'enrol token.create', subject: id, detail });
  return { is: 'made', id };
};

export const removeEnrolToken = (
  { actor, id }: AdminEvent & { type: 'remove enrol token' },
  context: WriteContext,
): Outcome => {
  const { enrollTokens } = context.store;
  const token = enrollTokens.byId(id);
  if (!token) return refused('not_found', 'There is no such enrolment token.');
  enrollTokens.remove(id);
  audit(context, { actor, tenant: token.tenant, action: 'enrol token.remove', subject: id });
  return DONE;
};

export const expireEnrolTokens = ({ store, nowMs }: WriteContext): void =>
  store.enrollTokens.expire(nowMs - REMEMBERED_MS);
