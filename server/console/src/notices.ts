// Short notices about what the reader just did. A failure stays until it is dismissed.
import { type Clock, SECOND_MS } from '@fettle/shared/time';

import { type Store, createStore } from './store.ts';

export type Notice = { readonly id: number; readonly tone: 'done' | 'failed'; readonly text: string };

export type Notices = {
  readonly shown: Store<readonly Notice[]>;
  readonly done: (text: string) => void;
  readonly failed: (text: string) => void;
  readonly dismiss: (id: number) => void;
};

const MOST_SHOWN = 3;
const DONE_FOR_MS = 6 * SECOND_MS;

export const createNotices = (clock: Clock): Notices => {
  const shown = createStore<readonly Notice[]>([]);
  let lastId = 0;
  const dismiss = (id: number): void => shown.set(shown.get().filter((notice) => notice.id !== id));
  const show = (tone: Notice['tone'], text: string): number => {
    lastId += 1;
    shown.set([...shown.get(), { id: lastId, tone, text }].slice(-MOST_SHOWN));
    return lastId;
  };
  return {
    shown,
    done: (text) => {
      const id = show('done', text);
      clock.after(DONE_FOR_MS, () => dismiss(id));
    },
    failed: (text) => void show('failed', text),
    dismiss,
  };
};
