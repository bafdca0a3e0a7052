// People, tenants and sites: made, changed, shut out. What narrows somebody's rights is counted, so that open feeds are looked at again.
import type { Outcome } from '../domain/event.ts';
import { type Person, type PeopleEvent, decideGrant, faultOf } from '../domain/people.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

/** An audit entry that belongs to no tenant. */
export const EVERYWHERE = '';

/** @throws nothing; whoever asks may rule: `applyAdmin` has looked */
export const applyPeople = (event: PeopleEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'add tenant':
      return addTenant(event, context);
    case 'add site':
      return addSite(event, context);
    case 'add user':
      return addUser(event, context);
    case 'change user':
      return changeUser(event, context);
    case 'disable user':
    case 'enable user':
      return letIn(event, event.type === 'enable user', context);
    case 'remove user':
      return removeUser(event, context);
  }
};

const faulty = (...faults: readonly (string | undefined)[]): Outcome | undefined => {
  const fault = faults.find((found) => found !== undefined);
  return fault === undefined ? undefined : refused('invalid_name', fault);
};

const addTenant = (event: PeopleEvent & { type: 'add tenant' }, context: WriteContext): Outcome => {
  const { actor, tenant, name, prefix } = event;
  const { tenants } = context.store;
  const fault = faulty(faultOf.id(tenant), faultOf.title(name), faultOf.prefix(prefix));
  if (fault) return fault;
  if (tenants.has(tenant)) return refused('tenant_exists', `There is a tenant "${tenant}" already.`);
  if (tenants.hasPrefix(prefix))
    return refused(
      'prefix_taken',
      `The tickets of another tenant begin with ${prefix} already. Choose another --prefix.`,
    );
  tenants.put(tenant, name, prefix);
  audit(context, { actor, tenant, action: 'tenant.create', subject: tenant, detail: { name, prefix } });
  return DONE;
};

const addSite = (event: PeopleEvent & { type: 'add site' }, context: WriteContext): Outcome => {
  const { actor, tenant, site, name } = event;
  const { tenants } = context.store;
  const fault = faulty(faultOf.id(site), faultOf.title(name));
  if (fault) return fault;
  if (!tenants.has(tenant)) return unknownTenant(tenant);
  if (tenants.site(site)) return refused('site_exists', `There is a site "${site}" already.`);
  tenants.putSite(site, tenant, name);
  audit(context, { actor, tenant, action: 'site.create', subject: site, detail: { name } });
  return DONE;
};

const unknownTenant = (tenant: string): Outcome =>
  refused('tenant_unknown', `There is no tenant "${tenant.slice(0, 80)}".`);

type UserEvent = PeopleEvent & { readonly type: 'add user' | 'change user' };

const addUser = (event: UserEvent, context: WriteContext): Outcome => {
  const { store, nowMs, newId } = context;
  const { actor, name } = event;
  const fault = faulty(faultOf.name(name));
  if (fault) return fault;
  if (store.people.named(name)) return refused('user_exists', `There is a user "${name}" already.`);
  const grant = decideGrant(event.role, event.tenants, store.tenants.has);
  if (grant.is === 'refused') return grant;
  const { role, tenants } = grant;
  const person: Person = { id: newId('p'), name, role, tenants, createdMs: nowMs, isDisabled: false };
  store.people.put(person, nowMs);
  audit(context, {
    actor,
    tenant: EVERYWHERE,
    action: 'person.create',
    subject: person.id,
    detail: { name, role, tenants },
  });
  return DONE;
};

const changeUser = (event: UserEvent, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const person = userOf(event.name, context);
  if ('is' in person) return person;
  const grant = decideGrant(event.role, event.tenants, store.tenants.has);
  if (grant.is === 'refused') return grant;
  const { role, tenants } = grant;
  store.people.put({ ...person, role, tenants }, nowMs);
  shutOut(person, context);
  const { id: subject, name } = person;
  audit(context, {
    actor: event.actor,
    tenant: EVERYWHERE,
    action: 'person.change',
    subject,
    detail: { name, role, tenants },
  });
  return DONE;
};

type NamedEvent = PeopleEvent & { readonly type: 'disable user' | 'enable user' | 'remove user' };

const letIn = ({ actor, name }: NamedEvent, isIn: boolean, context: WriteContext): Outcome => {
  const person = userOf(name, context);
  if ('is' in person) return person;
  context.store.people.put({ ...person, isDisabled: !isIn }, context.nowMs);
  if (!isIn) shutOut(person, context);
  const action = isIn ? 'person.enable' : 'person.disable';
  audit(context, { actor, tenant: EVERYWHERE, action, subject: person.id, detail: { name: person.name } });
  return DONE;
};

const removeUser = ({ actor, name }: NamedEvent, context: WriteContext): Outcome => {
  const person = userOf(name, context);
  if ('is' in person) return person;
  shutOut(person, context);
  context.store.people.remove(person.id);
  audit(context, {
    actor,
    tenant: EVERYWHERE,
    action: 'person.remove',
    subject: person.id,
    detail: { name: person.name },
  });
  return DONE;
};

const shutOut = ({ id }: Person, context: WriteContext): void => {
  context.store.people.shutOut(id);
  context.store.people.rightsChanged();
};

/** Anybody but the owner: without one nobody could be let in again. */
const userOf = (name: string, { store }: WriteContext): Person | Outcome => {
  const person = store.people.named(name);
  if (!person) return unknownUser(name);
  return person.role === 'owner' ? refused('forbidden', 'The owner stays as they are.') : person;
};

export const unknownUser = (name: string): Outcome =>
  refused('user_unknown', `There is no user "${name.slice(0, 80)}". See: fettle-server user list`);
