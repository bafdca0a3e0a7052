// Every collector on one machine, one after the other, in this very process: what they read can be recorded so.
import { type Collector, reasonOf } from '../../collect/collector.ts';
import { collectorsFor } from '../../collect/collectors.ts';
import { type SlowId, slowOnes } from '../../collect/slow.ts';
import { type ChildHost, HostError } from '../../host/host.ts';
import { loadSlow } from '../slow-code.ts';

export type Said = { readonly collector: string; readonly said: unknown };

/** Of one collector, where its own deadline is longer or does not hold. */
const DEADLINE_MS = 60_000;
/** They look at other machines, at those that are declared: nothing that a recording can hold. */
const LEFT_OUT: ReadonlySet<string> = new Set(['checks']);

/** New ones at each call: those that are read again and again, whose rates need two readings. */
export const residentOnes = (host: ChildHost): readonly Collector<ChildHost>[] =>
  collectorsFor(host.os).filter(({ id, tier }) => tier !== 'slow' && tier !== 'daily' && !LEFT_OUT.has(id));

export const slowCollectors = (): Promise<readonly Collector<ChildHost>[]> =>
  Promise.all(slowIds.map((id) => loadSlow[id]()));

const slowIds = Object.keys(slowOnes).filter((id): id is SlowId => Object.hasOwn(slowOnes, id));

/** What each says: whether it can read, and what; in the order of the list. Nothing that it throws goes further. */
export const readEach = async (
  collectors: readonly Collector<ChildHost>[],
  host: ChildHost,
  monoMs: number,
): Promise<readonly Said[]> => {
  const all: Said[] = [];
  for (const collector of collectors) {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const said = await within(signal, readOne(collector, host, { monoMs, signal })).catch((error: unknown) => ({
      failed: reasonOf(error),
    }));
    all.push({ collector: collector.id, said });
  }
  return all;
};

const readOne = async (
  collector: Collector<ChildHost>,
  host: ChildHost,
  moment: Parameters<Collector['collect']>[1],
): Promise<object> => {
  const capability = await collector.probe(host);
  if (!capability.ok) return { unavailable: capability.reason };
  const { samples, partial = [], sections = [], failed } = await collector.collect(host, moment);
  return { source: capability.source, samples, partial, sections, ...(failed && { failed }) };
};

const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(new HostError('timeout', `no answer within ${DEADLINE_MS / 1000} s`)));
  return Promise.race([work, late]);
};
