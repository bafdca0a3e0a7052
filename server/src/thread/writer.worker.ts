// The thread that owns both databases for writing.
import { parentPort } from 'node:worker_threads';

import { ruleBookAt } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { Ballast } from '../store/ballast.ts';
import { refuseHalfRestored } from '../store/copies/restore.ts';
import { openFettle } from '../store/fettle.ts';
import { newId } from '../store/ids.ts';
import { openMetrics } from '../store/metrics.ts';
import { Writer } from '../writer.ts';
import type { ThreadData, WriterAnswer, WriterRequest } from './messages.ts';
import { beginThread } from './serve.ts';

const open = ({ folder, divisor }: ThreadData) => {
  const ballast = new Ballast(folder);
  refuseHalfRestored(folder);
  const fettle = openFettle(folder);
  const metrics = openMetrics(folder);
  fettle.tenants.putMeta('server_id', newId('s'));
  const [times, book] = [timesAt({ divisor }), ruleBookAt({ divisor })];
  const writer = new Writer({ fettle, metrics, times, book, newId, ballast });
  return { fettle, metrics, writer, ballast };
};

const serve = (data: ThreadData): void => {
  const { fettle, metrics, writer, ballast } = open(data);
  parentPort?.on('message', (request: WriterRequest) => {
    if (request === 'close') {
      ballast.stop();
      fettle.db.close();
      metrics.db.close();
      parentPort?.close();
      return;
    }
    const answer: WriterAnswer = { results: writer.commit(request.events, Date.now()) };
    parentPort?.postMessage(answer);
  });
};

beginThread(serve);
