// The thread that owns both databases for writing.
import { parentPort } from 'node:worker_threads';

import { ruleBookAt } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { openFettle } from '../store/fettle.ts';
import { newId } from '../store/ids.ts';
import { openMetrics } from '../store/metrics.ts';
import { Writer } from '../writer.ts';
import type { Greeting, ThreadData, WriterAnswer, WriterRequest } from './messages.ts';

const open = ({ folder, divisor }: ThreadData) => {
  const fettle = openFettle(folder);
  const metrics = openMetrics(folder);
  fettle.tenants.putMeta('server_id', newId('s'));
  const writer = new Writer({ fettle, metrics, times: timesAt({ divisor }), book: ruleBookAt({ divisor }), newId });
  return { fettle, metrics, writer };
};

const serve = (data: ThreadData): void => {
  const { fettle, metrics, writer } = open(data);
  parentPort?.on('message', (request: WriterRequest) => {
    if (request === 'close') {
      fettle.db.close();
      metrics.db.close();
      parentPort?.close();
      return;
    }
    const answer: WriterAnswer = { results: writer.commit(request.events, Date.now()) };
    parentPort?.postMessage(answer);
  });
};

const greet = (greeting: Greeting): void => parentPort?.postMessage(greeting);

parentPort?.once('message', (data: ThreadData) => {
  try {
    serve(data);
    greet({ ready: true });
  } catch (error) {
    greet({ ready: false, message: error instanceof Error ? error.message : String(error) });
  }
});
