// One durable change from the command line, beside a running server or without one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import { ruleBookAt } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { openFettle } from '../store/fettle.ts';
import { newId } from '../store/ids.ts';
import { openMetrics } from '../store/metrics.ts';
import { StoreError } from '../store/store-error.ts';
import { Writer } from '../writer.ts';
import { CliError, EXIT } from './arguments.ts';

const PACE = { divisor: 1 };

/** @throws CliError */
export const refuseWithoutData = (folder: string): void => {
  if (existsSync(join(folder, 'fettle.db'))) return;
  const advice = 'Check data_dir (--data), or make a server of it: fettle-server init';
  throw new CliError(EXIT.failure, `${folder} has no data of a server. ${advice}`);
};

/** On data that are there: a mistyped folder is not made. @throws CliError when the folder cannot be used or the change is refused */
export const change = (folder: string, event: WriterEvent): Outcome => {
  refuseWithoutData(folder);
  try {
    return commitTo(folder, [event])[0] ?? { is: 'done' };
  } catch (error) {
    if (error instanceof StoreError) throw new CliError(EXIT.failure, error.message);
    throw error;
  }
};

/** All of them or none; the databases are made where there are none. @throws StoreError, and CliError when one is refused */
export const commitTo = (folder: string, events: readonly WriterEvent[]): readonly Outcome[] => {
  const [fettle, metrics] = [openFettle(folder), openMetrics(folder)];
  try {
    const writer = new Writer({ fettle, metrics, times: timesAt(PACE), book: ruleBookAt(PACE), newId });
    return writer.commit(events, Date.now()).map(({ outcome }) => {
      if (outcome.is === 'refused' || outcome.is === 'unavailable') throw new CliError(EXIT.failure, outcome.message);
      return outcome;
    });
  } finally {
    fettle.db.close();
    metrics.db.close();
  }
};
