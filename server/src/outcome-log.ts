// What the log says of changes that came to nothing.
import type { FastifyBaseLogger } from 'fastify';

import type { Outcome, WriterEvent } from './domain/event.ts';

/** Some others find nothing to do, and are done without a word to the disk. */
const WRITES: ReadonlySet<WriterEvent['type']> = new Set(['hello', 'record', 'batch', 'thinned', 'prove writing']);

/** A fault of ours is told of each time; a disk that takes nothing once, and once when it does again. */
export const createOutcomeLog = (log: FastifyBaseLogger) => {
  const failing = spell<{ readonly code: string; readonly message: string }>(
    (why) => log.error(why, 'nothing can be written: agents keep what they have until it can'),
    () => log.warn('writing works again'),
  );
  const full = spell<undefined>(
    () =>
      log.error('the disk is full: agents keep their readings until there is room; alerts, tickets and people go on'),
    () => log.warn('there is room on the disk again'),
  );
  return ({ type: event }: WriterEvent, outcome: Outcome): void => {
    if (outcome.is === 'held') return full.begin(undefined);
    if (outcome.is === 'done') {
      if (event === 'look for room') full.end();
      if (WRITES.has(event)) failing.end();
    }
    if (outcome.is === 'refused' && outcome.code === 'internal')
      log.error({ event, message: outcome.message }, 'a change could not be made');
    const { code, message } = outcome.is === 'unavailable' ? outcome : {};
    if (code !== undefined && message !== undefined) failing.begin({ code, message });
  };
};

/** Something that goes on for a while: its beginning and its end are told of, and not all between. */
const spell = <T>(onBegin: (about: T) => void, onEnd: () => void) => {
  let isOn = false;
  return {
    begin: (about: T): void => {
      if (!isOn) onBegin(about);
      isOn = true;
    },
    end: (): void => {
      if (isOn) onEnd();
      isOn = false;
    },
  };
};
