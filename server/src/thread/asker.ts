// The door to the reader: a question, its answer.
import type { Ask, Kind, Questions } from '../store/questions.ts';
import type { ReaderAnswer, ReaderRequest } from './messages.ts';
import type { Thread } from './thread.ts';

type Pending = { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void };

const ENDED = 'The reader has ended.';

export const createAsker = (thread: Thread<ReaderRequest, ReaderAnswer>): Ask => {
  const pending = new Map<number, Pending>();
  let last = 0;
  let hasEnded = false;
  thread.onEnd(() => {
    hasEnded = true;
    for (const { reject } of pending.values()) reject(new Error(ENDED));
    pending.clear();
  });
  thread.onAnswer((reply) => {
    const asked = pending.get(reply.id);
    pending.delete(reply.id);
    if ('error' in reply) asked?.reject(new Error(reply.error));
    // the answer's type is the question's kind's
    else asked?.resolve(reply.answer as never);
  });
  return <K extends Kind>(kind: K, actor: Parameters<Ask>[1], question: Questions[K]['ask']) => {
    if (hasEnded) return Promise.reject(new Error(ENDED));
    const { promise, resolve, reject } = Promise.withResolvers<Questions[K]['answer']>();
    last += 1;
    pending.set(last, { resolve, reject });
    thread.post({ id: last, kind, actor, question });
    return promise;
  };
};
