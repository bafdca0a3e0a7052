// Who may come in: sites, enrolment tokens, login links, sessions, API tokens. Only hashes of secrets come here.
import { SYSTEM } from '../domain/actor.ts';
import type { AdminEvent, Outcome } from '../domain/event.ts';
import type { Person } from '../store/people.ts';
import { DONE, MORE, type WriteContext, audit, refused } from './context.ts';
import { applyRemove } from './devices.ts';

const OWNER_NAME = 'owner';
/** An audit entry that belongs to no tenant. */
const EVERYWHERE = '';

export const applyAdmin = (event: AdminEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'create site':
      return createSite(event, context);
    case 'create enrol token':
      return createEnrolToken(event, context);
    case 'create login link':
      return createLoginLink(event, context);
    case 'create api token':
      return createApiToken(event, context);
    case 'sign in':
      return signIn(event, context);
    case 'use session':
      return useSession(event.sessionHash, context);
    case 'sign out':
      context.store.people.dropSession(event.sessionHash);
      return DONE;
    case 'remove devices':
      return applyRemove(event, context);
    case 'expire':
      return expire(event, context);
  }
};

/** The first owner is made here, by whoever can start the server, and by no other way. */
const ownerOf = (context: WriteContext): Person => {
  const { store, nowMs, newId } = context;
  const known = store.people.owner();
  if (known) return known;
  const owner: Person = { id: newId('p'), name: OWNER_NAME, role: 'owner', createdMs: nowMs };
  store.people.put(owner);
  audit(context, {
    actor: SYSTEM,
    tenant: EVERYWHERE,
    action: 'person.create',
    subject: owner.id,
    detail: { role: 'owner' },
  });
  return owner;
};

const createSite = (event: AdminEvent & { type: 'create site' }, { store }: WriteContext): Outcome => {
  store.tenants.put(event.tenant, event.tenantName, event.prefix);
  store.tenants.putSite(event.site, event.tenant, event.siteName);
  return DONE;
};

const createEnrolToken = (event: AdminEvent & { type: 'create enrol token' }, context: WriteContext): Outcome => {
  const { store, nowMs, newId } = context;
  const site = store.tenants.site(event.site);
  if (!site) return refused('site_unknown', `There is no site "${event.site}".`);
  const id = newId('e');
  const { hash, expiresMs, maxUses } = event;
  store.enrollTokens.put({
    hash,
    id,
    tenant: site.tenant,
    site: site.id,
    createdMs: nowMs,
    expiresMs,
    maxUses,
    uses: 0,
  });
  audit(context, {
    actor: event.actor,
    tenant: site.tenant,
    action: 'enrol token.create',
    subject: id,
    detail: { maxUses },
  });
  return DONE;
};

const createLoginLink = (event: AdminEvent & { type: 'create login link' }, context: WriteContext): Outcome => {
  const { id } = ownerOf(context);
  context.store.people.putLink(event.hash, id, event.expiresMs);
  audit(context, { actor: event.actor, tenant: EVERYWHERE, action: 'login link.create', subject: id });
  return DONE;
};

const createApiToken = (event: AdminEvent & { type: 'create api token' }, context: WriteContext): Outcome => {
  const { store, nowMs, newId } = context;
  const id = newId('k');
  const { hash, name, expiresMs } = event;
  store.people.putToken({ hash, id, person: ownerOf(context).id, name, createdMs: nowMs, expiresMs });
  audit(context, { actor: event.actor, tenant: EVERYWHERE, action: 'api token.create', subject: id, detail: { name } });
  return DONE;
};

const signIn = ({ linkHash, sessionHash }: AdminEvent & { type: 'sign in' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const link = store.people.useLink(linkHash);
  if (!link || link.expiresMs < nowMs) {
    return refused('login_link_used', 'This login link has been used or has expired. Make a new one on the server.');
  }
  store.people.putSession({ hash: sessionHash, person: link.person, createdMs: nowMs, usedMs: nowMs });
  audit(context, { actor: SYSTEM, tenant: EVERYWHERE, action: 'person.sign in', subject: link.person });
  return DONE;
};

const useSession = (sessionHash: string, { store, nowMs }: WriteContext): Outcome => {
  const session = store.people.session(sessionHash);
  if (session) store.people.putSession({ ...session, usedMs: nowMs });
  return DONE;
};

/** Deleting is done in steps, an event each, so that nothing waits long behind it. */
const EXPIRE_AT_ONCE = 5_000;

const expire = (event: AdminEvent & { type: 'expire' }, { store, nowMs }: WriteContext): Outcome => {
  const { sessionsBeforeMs, eventsBeforeMs } = event;
  store.people.expire(nowMs, sessionsBeforeMs);
  const gone = [store.events, store.told].map((table) => table.expire(eventsBeforeMs, EXPIRE_AT_ONCE));
  return gone.includes(EXPIRE_AT_ONCE) ? MORE : DONE;
};
