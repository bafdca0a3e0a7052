import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { Api } from './api.ts';
import { refusalOf, unavailable } from './errors.ts';

/** On the disk when it resolves. @throws HttpProblem for what is refused */
export const commitOrThrow = async (api: Pick<Api, 'commit'>, event: WriterEvent): Promise<Outcome> => {
  const outcome = await api.commit(event);
  if (outcome.is === 'refused') throw refusalOf(outcome.code, outcome.message);
  if (outcome.is === 'unavailable') throw unavailable();
  return outcome;
};
