// What is told to who cannot see the screen: one short sentence, at most every five seconds.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import { type Clock, SECOND_MS } from '@fettle/shared/time';

import { type Store, createStore } from './store.ts';

const PAUSE_MS = 5 * SECOND_MS;

export type Announcer = { readonly spoken: Store<string>; readonly hear: (event: FeedEvent) => void };

const SPOKEN: ReadonlySet<string> = new Set(['fired', 'raised', 'reopened', 'woken']);

const sentence = (event: FeedEvent): string | null => {
  if (event.kind !== 'alert' || !SPOKEN.has(event.change) || event.alert.quiet !== null) return null;
  const { severity, title, deviceName } = event.alert;
  return `New ${severity} alert: ${title}, on ${deviceName}`;
};

export const createAnnouncer = (clock: Clock): Announcer => {
  const spoken = createStore('');
  let waiting: string[] = [];
  let isPaused = false;
  const speak = (): void => {
    const [first] = waiting;
    isPaused = first !== undefined;
    if (first === undefined) return;
    spoken.set(waiting.length === 1 ? first : `${waiting.length} new alerts`);
    waiting = [];
    clock.after(PAUSE_MS, speak);
  };
  return {
    spoken,
    hear: (event) => {
      const text = sentence(event);
      if (text === null) return;
      waiting.push(text);
      if (!isPaused) speak();
    },
  };
};
