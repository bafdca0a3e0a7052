// Whom work can be given to.
import { type Scope, maySee } from '../actor.ts';
import { type Person, scopeOf } from '../people.ts';

const works = ({ isDisabled, role }: Person): boolean => !isDisabled && role !== 'viewer';

/** Whoever works on what this tenant has, and can come in. */
export const mayBeGiven = (person: Person, tenant: string): boolean => works(person) && maySee(scopeOf(person), tenant);

/** What one of these tenants has. */
export const whoMayBeGiven = (people: readonly Person[], tenants: Scope['tenants']): readonly Person[] =>
  people.filter((person) => (tenants === 'all' ? works(person) : tenants.some((tenant) => mayBeGiven(person, tenant))));

const NAMED_MAX = 20;

/** @param named the one who was meant, if there is one. @param people all of them: who could be meant instead. @returns what to do, for people */
export const faultOfAssignee = (
  asked: string,
  named: Person | undefined,
  { tenant, people }: { readonly tenant: string; readonly people: () => readonly Person[] },
): string | undefined => {
  if (named && mayBeGiven(named, tenant)) return undefined;
  const others = whoMayBeGiven(people(), [tenant]);
  const names = others.slice(0, NAMED_MAX).map(({ name }) => name);
  const more = others.length > NAMED_MAX ? ` and ${others.length - NAMED_MAX} more` : '';
  const instead = names.length === 0 ? 'Nobody can be.' : `These can be: ${names.join(', ')}${more}.`;
  return `"${asked.slice(0, 80)}" cannot be given anything of ${tenant}. ${instead}`;
};
