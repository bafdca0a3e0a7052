// Who may do what. Every route names one of these; a route without one does not start.
import { type Actor, mayAct } from '../domain/actor.ts';

export const policies = {
  /** No sign-in needed: it tells nothing and changes nothing but what a secret in the request allows. */
  public: () => true,
  /** Whoever is signed in, for what their tenants have. */
  reader: (actor: Actor | undefined) => actor?.kind === 'person',
  /** Those who work on it, too; viewers do not. */
  changer: (actor: Actor | undefined) => actor?.kind === 'person' && mayAct(actor),
  owner: (actor: Actor | undefined) => actor?.kind === 'person' && actor.role === 'owner',
} as const satisfies Record<string, (actor: Actor | undefined) => boolean>;

export type Policy = keyof typeof policies;
