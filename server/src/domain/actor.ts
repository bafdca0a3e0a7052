// On whose behalf something is asked or done. First argument of every query and event; what it may see and change is decided here and nowhere else.

/** From most to least: the owner runs the server, technicians work for their tenants, viewers look. */
export const roles = ['owner', 'technician', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** How far somebody may go, and for whom. */
export type Scope = { readonly role: Role; readonly tenants: 'all' | readonly string[] };

export type Actor =
  | (Scope & { readonly kind: 'person'; readonly id: string; readonly name: string })
  | { readonly kind: 'agent'; readonly id: string; readonly name: string; readonly tenants: readonly [string] }
  | { readonly kind: 'system'; readonly id: 'system'; readonly name: string; readonly tenants: 'all' };

export const SYSTEM: Actor = { kind: 'system', id: 'system', name: 'Fettle', tenants: 'all' };

export const maySee = ({ tenants }: Pick<Actor, 'tenants'>, tenant: string): boolean =>
  tenants === 'all' || tenants.includes(tenant);

/** Anything at all, of the tenants that it may see. */
export const mayAct = (actor: Actor): boolean => actor.kind !== 'person' || actor.role !== 'viewer';

export const mayChange = (actor: Actor, tenant: string): boolean => maySee(actor, tenant) && mayAct(actor);

/** People, tenants, sites, and whatever concerns the server as a whole. */
export const mayRule = (actor: Actor): boolean =>
  actor.kind === 'system' || (actor.kind === 'person' && actor.role === 'owner');

/** What is left of both: never more than either allows. */
export const narrowed = (one: Scope, other: Scope): Scope => ({
  role: roles.indexOf(one.role) > roles.indexOf(other.role) ? one.role : other.role,
  tenants: inBoth(one.tenants, other.tenants),
});

const inBoth = (one: Scope['tenants'], other: Scope['tenants']): Scope['tenants'] => {
  if (one === 'all') return other;
  return other === 'all' ? one : one.filter((tenant) => other.includes(tenant));
};

/** Does the first allow nothing that the second does not? */
export const isWithin = (scope: Scope, limit: Scope): boolean => {
  if (roles.indexOf(scope.role) < roles.indexOf(limit.role)) return false;
  return scope.tenants === 'all' ? limit.tenants === 'all' : scope.tenants.every((tenant) => maySee(limit, tenant));
};
