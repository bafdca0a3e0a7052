// Who may come in: sites, enrolment tokens, login links, sessions, API tokens. Only hashes of secrets come here.
import { type Actor, SYSTEM, isWithin, mayRule } from '../domain/actor.ts';
import type { AdminEvent, Outcome } from '../domain/event.ts';
import type { ExternalEvent } from '../domain/external/external.ts';
import { type Person, type PeopleEvent, scopeOf } from '../domain/people.ts';
import { ONCE_MS } from '../domain/ticket/once.ts';
import { ALERT_LIFE_MS } from '../domain/times.ts';
import { DONE, FORBIDDEN, MORE, type WriteContext, audit, refused } from './context.ts';
import { applyRemove } from './devices.ts';
import { createEnrolToken, expireEnrolTokens, removeEnrolToken } from './enrol-tokens.ts';
import { EVERYWHERE, applyPeople, unknownUser } from './people.ts';
import { applyRuleChanges } from './rules.ts';

const OWNER_NAME = 'owner';

/** Of these each looks itself who is asking. */
type OwnEvent = AdminEvent & { readonly type: 'create enrol token' | 'create api token' };
type SessionEvent = AdminEvent & { readonly type: 'sign in' | 'use session' | 'sign out' | 'expire' };
type RuleEvent = AdminEvent & { readonly type: 'change rules' };
type RulerEvent = Exclude<AdminEvent, OwnEvent | SessionEvent | RuleEvent | ExternalEvent>;

export const applyAdmin = (event: Exclude<AdminEvent, ExternalEvent>, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'create enrol token':
      return createEnrolToken(event, context);
    case 'create api token':
      return createApiToken(event, context);
    case 'sign in':
      return signIn(event, context);
    case 'use session':
      return useSession(event.sessionHash, context);
    case 'sign out':
      return signOut(event.sessionHash, context);
    case 'change rules':
      return applyRuleChanges(event, context);
    case 'expire':
      return expire(event, context);
    default:
      return mayRule(event.actor) ? applyRule(event, context) : FORBIDDEN;
  }
};

/** What is the owner's alone. */
const applyRule = (event: RulerEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'create site':
      return createSite(event, context);
    case 'create login link':
      return createLoginLink(event, context);
    case 'remove enrol token':
      return removeEnrolToken(event, context);
    case 'remove devices':
      return applyRemove(event, context);
    default:
      return applyPeople(event satisfies PeopleEvent, context);
  }
};

/** The first owner is made here, by whoever can start the server, and by no other way. */
const ownerOf = (context: WriteContext): Person => {
  const { store, nowMs, newId } = context;
  const known = store.people.owner();
  if (known) return known;
  const owner: Person = {
    id: newId('p'),
    name: OWNER_NAME,
    role: 'owner',
    createdMs: nowMs,
    tenants: [],
    isDisabled: false,
  };
  store.people.put(owner, nowMs);
  audit(context, {
    actor: SYSTEM,
    tenant: EVERYWHERE,
    action: 'person.create',
    subject: owner.id,
    detail: { role: 'owner' },
  });
  return owner;
};

/** Whom a secret lets in. @param name absent: the owner */
const personOf = (name: string | undefined, context: WriteContext): Person | Outcome => {
  if (name === undefined) return ownerOf(context);
  const person = context.store.people.named(name);
  if (!person) return unknownUser(name);
  return person.isDisabled
    ? refused(
        'user_disabled',
        `"${person.name}" is disabled. Let them in again: fettle-server user enable ${person.name}`,
      )
    : person;
};

/** What every server begins with; what is there already stays. */
const createSite = (event: AdminEvent & { type: 'create site' }, { store }: WriteContext): Outcome => {
  store.tenants.put(event.tenant, event.tenantName, event.prefix);
  store.tenants.putSite(event.site, event.tenant, event.siteName);
  return DONE;
};

const createLoginLink = (event: AdminEvent & { type: 'create login link' }, context: WriteContext): Outcome => {
  const person = personOf(event.user, context);
  if ('is' in person) return person;
  context.store.people.putLink(event.hash, person.id, event.expiresMs);
  audit(context, { actor: event.actor, tenant: EVERYWHERE, action: 'login link.create', subject: person.id });
  return DONE;
};

/** A person makes them for themselves, whoever runs the server for anybody; none may more than whose it is. */
const createApiToken = (event: AdminEvent & { type: 'create api token' }, context: WriteContext): Outcome => {
  const { store, nowMs, newId } = context;
  const person = personOf(event.user, context);
  if ('is' in person) return person;
  if (!isFor(event.actor, person)) return FORBIDDEN;
  const { actor, hash, name, expiresMs, scope = null } = event;
  if (scope && !isWithin(scope, scopeOf(person)))
    return refused('forbidden', `A token may not do more than "${person.name}", whose it is.`);
  const id = newId('k');
  store.people.putToken({ hash, id, person: person.id, name, createdMs: nowMs, expiresMs, scope });
  store.people.rightsChanged(); // another of that name is no more
  const detail = { name, person: person.id, ...scope };
  audit(context, { actor, tenant: EVERYWHERE, action: 'api token.create', subject: id, detail });
  return DONE;
};

const isFor = (actor: Actor, { id }: Person): boolean => mayRule(actor) || (actor.kind === 'person' && actor.id === id);

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

const signOut = (sessionHash: string, context: WriteContext): Outcome => {
  const { people } = context.store;
  const session = people.session(sessionHash);
  if (!session) return DONE;
  people.dropSession(sessionHash);
  people.rightsChanged();
  audit(context, { actor: SYSTEM, tenant: EVERYWHERE, action: 'person.sign out', subject: session.person });
  return DONE;
};

/** Deleting is done in steps, an event each, so that nothing waits long behind it. */
const EXPIRE_AT_ONCE = 5_000;

const expire = (event: AdminEvent & { type: 'expire' }, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const { sessionsBeforeMs, eventsBeforeMs } = event;
  store.people.expire(nowMs, sessionsBeforeMs);
  expireEnrolTokens(context);
  const gone = [store.events, store.absences, store.told, store.deliveries, store.noticeGroups].map((table) =>
    table.expire(eventsBeforeMs, EXPIRE_AT_ONCE),
  );
  store.mutes.expire(eventsBeforeMs);
  store.maintenance.expire(eventsBeforeMs);
  gone.push(store.once.expire(nowMs - ONCE_MS, EXPIRE_AT_ONCE));
  gone.push(store.alerts.expire(nowMs - ALERT_LIFE_MS, EXPIRE_AT_ONCE));
  return gone.includes(EXPIRE_AT_ONCE) ? MORE : DONE;
};
