// The door to the reader: a question, its answer.
import type { Ask, Kind, Questions } from '../store/questions.ts';
import type { ReaderAnswer, ReaderRequest } from './messages.ts';
import type { Thread } from './thread.ts';

type Pending = { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void };

export const createAsker = (thread: Thread<ReaderRequest, ReaderAnswer>): Ask => {
  const pending = new Map<number, Pending>();
  let last = 0;
  thread.onAnswer((reply) => {
    const asked = pending.get(reply.id);
    pending.delete(reply.id);
    if ('error' in reply) asked?.reject(new Error(reply.error));
    // the answer's type is the question's kind's
    else asked?.resolve(reply.answer as never);
  });
  return <K extends Kind>(kind: K, actor: Parameters<Ask>[1], question: Questions[K]['ask']) => {
    const { promise, resolve, reject } = Promise.withResolvers<Questions[K]['answer']>();
    last += 1;
    pending.set(last, { resolve, reject });
    thread.post({ id: last, kind, actor, question });
    return promise;
  };
};
