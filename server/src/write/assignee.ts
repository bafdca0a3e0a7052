// Is there somebody of that name whom this can be given to?
import type { Outcome } from '../domain/event.ts';
import type { Person } from '../domain/people.ts';
import { faultOfAssignee } from '../domain/ticket/assignee.ts';
import { type WriteContext, refused } from './context.ts';

/** @returns the person, as they are called here; or why not */
export const giveTo = (name: string, tenant: string, { store }: WriteContext): Pick<Person, 'name'> | Outcome => {
  const person = store.people.named(name);
  const fault = faultOfAssignee(name, person, { tenant, people: () => store.people.all() });
  return person && fault === undefined ? person : refused('assignee_unknown', fault ?? '');
};
