// A worker thread that says whether it is ready, takes requests, and ends when asked.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { StoreError } from '../store/database.ts';
import type { Greeting, ThreadData } from './messages.ts';

export type Thread<Request, Answer> = {
  readonly post: (request: Exclude<Request, 'close'>) => void;
  readonly onAnswer: (listener: (answer: Answer) => void) => void;
  /** The thread has closed its files and ended. */
  readonly close: () => Promise<void>;
};

/** @param onDeath called when the thread ends by itself: nothing can go on without it. @throws StoreError when it cannot start */
export const startThread = async <Request, Answer>(
  file: URL,
  data: ThreadData,
  onDeath: (error: Error) => void,
): Promise<Thread<Request, Answer>> => {
  const worker = new Worker(file);
  worker.postMessage(data);
  let isClosing = false;
  const greeting = await firstWord(worker);
  if (!greeting.ready) {
    await worker.terminate();
    throw new StoreError(greeting.message);
  }
  worker.on('error', onDeath);
  worker.on('exit', (code) => {
    if (!isClosing) onDeath(new Error(`a thread ended with ${code}`));
  });
  return {
    post: (request) => worker.postMessage(request),
    onAnswer: (listener) => void worker.on('message', listener),
    close: async () => {
      isClosing = true;
      const ended = once(worker, 'exit');
      worker.postMessage('close');
      await ended;
    },
  };
};

const firstWord = (worker: Worker): Promise<Greeting> => {
  const { promise, resolve, reject } = Promise.withResolvers<Greeting>();
  worker.once('message', resolve);
  worker.once('error', reject);
  return promise;
};
