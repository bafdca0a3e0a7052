// What the log says of changes that came to nothing.
import type { FastifyBaseLogger } from 'fastify';

import type { Outcome, WriterEvent } from './domain/event.ts';

/** Some others find nothing to do, and are done without a word to the disk. */
const WRITES: ReadonlySet<WriterEvent['type']> = new Set(['hello', 'record', 'batch', 'prove writing']);

/** A fault of ours is told of each time; a disk that takes nothing once, and once when it does again. */
export const createOutcomeLog = (log: FastifyBaseLogger) => {
  let isFailing = false;
  return ({ type: event }: WriterEvent, outcome: Outcome): void => {
    if (outcome.is === 'refused' && outcome.code === 'internal') {
      log.error({ event, message: outcome.message }, 'a change could not be made');
    } else if (outcome.is === 'unavailable' && outcome.code !== undefined && !isFailing) {
      isFailing = true;
      const { code, message } = outcome;
      log.error({ code, message }, 'nothing can be written: agents keep what they have until it can');
    } else if (outcome.is === 'done' && isFailing && WRITES.has(event)) {
      isFailing = false;
      log.warn('writing works again');
    }
  };
};
