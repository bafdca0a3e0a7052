// People, the tenants that they work for, and the words that may name either.
import type { Actor, Role, Scope } from './actor.ts';

export type Person = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdMs: number;
  /** Of an owner none: an owner has all. */
  readonly tenants: readonly string[];
  /** Cannot come in, and is kept for the day when they may again. */
  readonly isDisabled: boolean;
};

export type PeopleEvent =
  | {
      readonly type: 'add tenant';
      readonly actor: Actor;
      readonly tenant: string;
      readonly name: string;
      /** Of its tickets' numbers. */
      readonly prefix: string;
    }
  | {
      readonly type: 'add site';
      readonly actor: Actor;
      readonly tenant: string;
      readonly site: string;
      readonly name: string;
    }
  /** Anew, or another role and other tenants for one who is known: then they sign in again. */
  | {
      readonly type: 'add user' | 'change user';
      readonly actor: Actor;
      readonly name: string;
      readonly role: string;
      readonly tenants: readonly string[];
    }
  | { readonly type: 'disable user' | 'enable user' | 'remove user'; readonly actor: Actor; readonly name: string };

export const scopeOf = ({ role, tenants }: Pick<Person, 'role' | 'tenants'>): Scope => ({
  role,
  tenants: role === 'owner' ? 'all' : tenants,
});

/** In a ticket's history a name says who it was: nobody is to be taken for the program, or for the owner. */
const TAKEN: ReadonlySet<string> = new Set(['owner', 'fettle', 'system', 'nobody']);
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u;
const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const PREFIX = /^[A-Z][A-Z0-9]{0,9}$/;
const TITLE = /^[^\p{C}]{1,100}$/u;
const TENANTS_MAX = 1_000;

/** @returns what is wrong with it and what would be right, for people; undefined: nothing */
export const faultOf = {
  name: (name: string): string | undefined => {
    if (TAKEN.has(name.toLowerCase())) return `"${name}" is a name that Fettle uses itself. Choose another.`;
    return NAME.test(name) && name === name.normalize('NFC').trim()
      ? undefined
      : `"${name.slice(0, 80)}" cannot be a name: up to 64 letters, digits, spaces and . _ @ + -, a letter or digit first.`;
  },
  id: (id: string): string | undefined =>
    ID.test(id)
      ? undefined
      : `"${id.slice(0, 80)}" cannot be an id: up to 40 of a to z, 0 to 9 and -, a letter or digit first.`,
  prefix: (prefix: string): string | undefined =>
    PREFIX.test(prefix)
      ? undefined
      : `"${prefix.slice(0, 80)}" cannot begin a ticket's number: up to 10 of A to Z and 0 to 9, a letter first.`,
  title: (title: string): string | undefined =>
    TITLE.test(title)
      ? undefined
      : `"${title.slice(0, 80)}" cannot be shown as a name: 1 to 100 characters, no control characters.`,
} as const;

type Grant = { readonly is: 'granted'; readonly role: Role; readonly tenants: readonly string[] };
type Refusal = { readonly is: 'refused'; readonly code: string; readonly message: string };

/** The owner is made by the first login link, and by nothing else. @param isTenant is there one of this id? */
export const decideGrant = (
  role: string,
  asked: readonly string[],
  isTenant: (id: string) => boolean,
): Grant | Refusal => {
  if (role !== 'technician' && role !== 'viewer')
    return { is: 'refused', code: 'role_unknown', message: `"${role.slice(0, 80)}" is no role: technician or viewer.` };
  const tenants = [...new Set(asked)];
  if (tenants.length === 0 || tenants.length > TENANTS_MAX)
    return { is: 'refused', code: 'tenant_unknown', message: `Name 1 to ${TENANTS_MAX} tenants: --tenant ID,ID` };
  const unknown = tenants.find((tenant) => !isTenant(tenant));
  return unknown === undefined
    ? { is: 'granted', role, tenants }
    : { is: 'refused', code: 'tenant_unknown', message: `There is no tenant "${unknown.slice(0, 80)}".` };
};
