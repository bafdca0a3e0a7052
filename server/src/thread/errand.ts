// A thread that runs one errand and ends: what takes minutes now and then, and is not worth a thread that waits.
import { Worker } from 'node:worker_threads';

export type Errand<Answer> = { readonly answer: Promise<Answer>; readonly stop: () => Promise<unknown> };

/** @param file a thread that posts its one answer; @returns rejects when it ends without one */
export const runErrand = <Ask, Answer>(file: URL, ask: Ask): Errand<Answer> => {
  const worker = new Worker(file, { workerData: ask });
  const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('it was stopped before its end')));
  return { answer, stop: () => worker.terminate() };
};
