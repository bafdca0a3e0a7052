// How a thread of ours begins: with the data that it is sent first, and a word on whether that went well.
import { parentPort } from 'node:worker_threads';

import { messageOf } from '@fettle/shared/error';

import type { Greeting, ThreadData } from './messages.ts';

/** @param serve hears and answers from then on */
export const beginThread = (serve: (data: ThreadData) => void): void => {
  parentPort?.once('message', (data: ThreadData) => {
    try {
      serve(data);
      greet({ ready: true });
    } catch (error) {
      greet({ ready: false, message: messageOf(error) });
    }
  });
};

const greet = (greeting: Greeting): void => parentPort?.postMessage(greeting);
