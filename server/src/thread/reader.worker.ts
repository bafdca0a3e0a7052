// The thread that answers questions, so that a chart holds up neither sockets nor the writer.
import { parentPort } from 'node:worker_threads';

import { messageOf } from '@fettle/shared/error';

import { answers } from '../store/answers.ts';
import { type BackTestQuestion, backTest } from '../store/back-test.ts';
import { readFettle } from '../store/fettle.ts';
import { readMetrics } from '../store/metrics.ts';
import type { Stores } from '../store/questions.ts';
import type { ReaderAnswer, ReaderRequest, ThreadData } from './messages.ts';
import { inPieces } from './pieces.ts';
import { beginThread } from './serve.ts';

const reply = async (request: Exclude<ReaderRequest, 'close'>, stores: Stores): Promise<ReaderAnswer> => {
  const { id, kind, actor, question } = request;
  try {
    if (kind === 'back-test') {
      const asked = question as BackTestQuestion;
      const work = backTest(stores, actor, asked);
      return { id, answer: await inPieces(work, asked.withinMs, () => performance.now()) };
    }
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
    if (request !== 'close') return void reply(request, stores).then((answer) => parentPort?.postMessage(answer));
    stores.fettle.db.close();
    stores.metrics.db.close();
    parentPort?.close();
  });
};

beginThread(serve);
