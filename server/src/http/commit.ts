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

/** @returns the id of what was made. @throws HttpProblem for what is refused */
export const makeOrThrow = async (api: Pick<Api, 'commit'>, event: WriterEvent): Promise<string> => {
  const outcome = await commitOrThrow(api, event);
  if (outcome.is !== 'made') throw new Error(`${event.type} made nothing: ${outcome.is}`);
  return outcome.id;
};
