// A worker thread that says whether it is ready, takes requests, and ends when asked.
import { Worker } from 'node:worker_threads';

import { StoreError } from '../store/store-error.ts';
import type { Greeting, ThreadData } from './messages.ts';

export type Thread<Request, Answer> = {
  readonly post: (request: Exclude<Request, 'close'>) => void;
  readonly onAnswer: (listener: (answer: Answer) => void) => void;
  /** By itself, or because it was asked to: no answer comes any more. */
  readonly onEnd: (listener: () => void) => void;
  /** The thread has closed its files and ended. */
  readonly close: () => Promise<void>;
};

/** @param onDeath called once if the thread ends by itself: nothing can go on without it. @throws StoreError when it cannot start */
export const startThread = async <Request, Answer>(
  file: URL,
  data: ThreadData,
  onDeath: (error: Error) => void,
): Promise<Thread<Request, Answer>> => {
  const worker = new Worker(file);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  worker.once('exit', () => end());
  worker.postMessage(data);
  const greeting = await firstWord(worker);
  if (!greeting.ready) {
    await worker.terminate();
    throw new StoreError(greeting.message);
  }
  let isClosing = false;
  let failure: Error | undefined;
  worker.on('error', (error: Error) => {
    failure = error; // the exit follows
  });
  worker.on('exit', (code) => {
    if (!isClosing) onDeath(failure ?? new Error(`a thread ended with ${code}`));
  });
  return {
    post: (request) => worker.postMessage(request),
    onAnswer: (listener) => void worker.on('message', listener),
    onEnd: (listener) => void worker.once('exit', listener),
    close: () => {
      isClosing = true;
      worker.postMessage('close');
      return ended;
    },
  };
};

const firstWord = (worker: Worker): Promise<Greeting> => {
  const { promise, resolve, reject } = Promise.withResolvers<Greeting>();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`a thread ended with ${code} before it was ready`)));
  return promise;
};
