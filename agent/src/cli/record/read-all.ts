// Every collector on one machine, one after the other, in this very process: what they read can be recorded so.
import type { Collector, Moment } from '../../collect/collector.ts';
import { collectorsFor } from '../../collect/collectors.ts';
import { Deadlines } from '../../collect/deadlines.ts';
import { systemClock } from '../../host/clock.ts';
import type { ChildHost } from '../../host/host.ts';
import { slowCode } from '../slow-code.ts';

export type Said = { readonly collector: string; readonly said: unknown };

/** Of one collector, where its own deadline is longer or does not hold. */
const DEADLINE_MS = 60_000;
/** They look at other machines, at those that are declared: nothing that a recording can hold. */
const LEFT_OUT: ReadonlySet<string> = new Set(['checks']);

/** New ones at each call: those that are read again and again, whose rates need two readings. */
export const residentOnes = (host: ChildHost): readonly Collector<ChildHost>[] =>
  collectorsFor(host.os).filter(({ id, tier }) => tier !== 'slow' && tier !== 'daily' && !LEFT_OUT.has(id));

export const slowCollectors = ({ os }: ChildHost): Promise<readonly Collector<ChildHost>[]> =>
  Promise.all(slowCode[os].values().map((load) => load()));

/** What each says: whether it can read, and what; in the order of the list. Nothing that it throws goes further. */
export const readEach = async (
  collectors: readonly Collector<ChildHost>[],
  host: ChildHost,
  monoMs: number,
): Promise<readonly Said[]> => {
  const deadlines = new Deadlines(systemClock);
  const all: Said[] = [];
  for (const collector of collectors) {
    const answer = await deadlines.within(DEADLINE_MS, (signal) => readOne(collector, host, { monoMs, signal }));
    all.push({ collector: collector.id, said: 'reason' in answer ? { failed: answer.reason } : answer.value });
  }
  return all;
};

const readOne = async (collector: Collector<ChildHost>, host: ChildHost, moment: Moment): Promise<object> => {
  const capability = await collector.probe(host);
  if (!capability.ok) return { unavailable: capability.reason };
  const { samples, partial = [], sections = [], failed } = await collector.collect(host, moment);
  return { source: capability.source, samples, partial, sections, ...(failed && { failed }) };
};
