// The thread that answers questions, so that a chart holds up neither sockets nor the writer.
import { parentPort } from 'node:worker_threads';

import { messageOf } from '@fettle/shared/error';

import { readFettle } from '../store/fettle.ts';
import { readMetrics } from '../store/metrics.ts';
import { type Stores, answers } from '../store/questions.ts';
import type { ReaderAnswer, ReaderRequest, ThreadData } from './messages.ts';
import { beginThread } from './serve.ts';

const reply = (request: Exclude<ReaderRequest, 'close'>, stores: Stores): ReaderAnswer => {
  const { id, kind, actor, question } = request;
  try {
    // the question's shape is its kind's: both are made by the same typed call
    const answer = answers[kind] as (stores: Stores, actor: unknown, question: object) => unknown;
    return { id, answer: answer(stores, actor, question) };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
};

const serve = ({ folder }: ThreadData): void => {
  const stores: Stores = { fettle: readFettle(folder), metrics: readMetrics(folder) };
  parentPort?.on('message', (request: ReaderRequest) => {
    if (request !== 'close') return parentPort?.postMessage(reply(request, stores));
    stores.fettle.db.close();
    stores.metrics.db.close();
    parentPort?.close();
  });
};

beginThread(serve);
