// The System log, by wevtutil: failing hardware and crashes by class, and errors beside. Each event counts once; the first reading
// ever counts those since boot.
import type { MetricName } from '@fettle/shared/metric/catalog';
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError, type Output } from '../../host/host.ts';
import { type Capability, type Collector, type Reading, type Section, available, unavailable } from '../collector.ts';
import { type LineClass, crashClasses, hardwareClasses } from '../logs/kernel-lines.ts';
import { firstLine } from '../output.ts';
import { classOfEvent, warningProviders } from './event-classes.ts';
import { eventMemory } from './event-memory.schema.ts';
import { type Events, type WindowsEvent, parseEvents } from './event.parse.ts';
import { windowsSlow } from './slow.ts';

const ID = windowsSlow['event-log'].id;
const PAGE = 300;
/** Beyond that the rest is passed over: so many are enough to know. */
const PAGES_MAX = 4;
const SOURCES_MAX = 20;
/** Hardware corrects an error now and then; so many between two readings are no ordinary life. */
const MANY_CORRECTED = 100;
/** ERROR_ACCESS_DENIED of winerror.h */
const DENIED = 5;

export const eventLog = (): Collector<ChildHost> => ({ ...windowsSlow['event-log'], probe, collect });

const probe = (host: ChildHost): Promise<Capability> => {
  const path = host.find('wevtutil');
  return Promise.resolve(path === undefined ? unavailable('tool_missing', 'wevtutil.exe is missing') : available(path));
};

const collect = async (host: ChildHost): Promise<Reading> => {
  const newest = (await query(host, '*', ['/c:1', '/rd:true'])).events[0]?.recordId ?? 0;
  const known = eventMemory.safeParse(host.memory.read(ID));
  const isCleared = known.success && known.data.recordId > newest; // it was emptied, and counts from 1 again
  const after = known.success && !isCleared ? known.data.recordId : 0;
  const since = known.success ? '' : ` and TimeCreated[timediff(@SystemTime) <= ${Math.ceil(host.uptimeMs())}]`;
  const read = await readBetween(host, { after, newest, since });
  host.memory.write(ID, { recordId: newest });
  return readingOf(read);
};

type Span = { readonly after: number; readonly newest: number; readonly since: string };

/** Page by page, the oldest first. */
const readBetween = async (
  host: ChildHost,
  { after, newest, since }: Span,
): Promise<Events & { readonly isAll: boolean }> => {
  const events: WindowsEvent[] = [];
  let [from, unreadable] = [after, 0];
  for (let page = 0; page < PAGES_MAX && from < newest; page += 1) {
    const where = `(${LEVELS}) and EventRecordID > ${from} and EventRecordID <= ${newest}${since}`;
    const next = await query(host, `*[System[${where}]]`, [`/c:${PAGE}`, '/rd:false']);
    events.push(...next.events);
    unreadable += next.unreadable;
    if (next.events.length + next.unreadable < PAGE) return { events, unreadable, isAll: true };
    from = Math.max(from + 1, ...next.events.map(({ recordId }) => recordId));
  }
  return { events, unreadable, isAll: from >= newest };
};

const LEVELS = `Level=1 or Level=2 or (Level=3 and Provider[${warningProviders.map((name) => `@Name='${name}'`).join(' or ')}])`;

const query = async (host: ChildHost, path: string, rest: readonly string[]): Promise<Events> =>
  parseEvents(
    checked(await host.run('wevtutil', ['qe', 'System', `/q:${path}`, '/f:xml', '/uni:true', ...rest])).stdout,
  );

const checked = (output: Output): Output => {
  const { code, stderr } = output;
  if (code === DENIED)
    throw new HostError('permission', 'the System log may not be read', 'run the agent as LocalSystem');
  if (code !== 0) throw new HostError('service_broken', `wevtutil ended with ${code}: ${firstLine(stderr)}`);
  return output;
};

const readingOf = ({ events, unreadable, isAll }: Events & { readonly isAll: boolean }): Reading => {
  const counts = Map.groupBy(events, classOfEvent);
  const errors = (counts.get(undefined) ?? []).filter(({ level }) => level <= 2);
  return {
    samples: [
      ...hardwareClasses.map((name) => sampleOf('fettle.log.hardware', name, counted(name, counts.get(name) ?? []))),
      ...crashClasses.map((name) => sampleOf('fettle.log.crash', name, counted(name, counts.get(name) ?? []))),
      { metric: 'fettle.log.errors', attributes: {}, value: errors.length },
    ],
    partial: missing(unreadable, isAll, events.length),
    sections: [sectionOf(events)],
  };
};

const counted = (name: LineClass, { length }: readonly WindowsEvent[]): number =>
  name === 'corrected' && length < MANY_CORRECTED ? 0 : length;

const sampleOf = (metric: MetricName, name: LineClass, value: number): Sample => ({
  metric,
  attributes: { 'fettle.log.class': name },
  value,
});

const missing = (unreadable: number, isAll: boolean, taken: number): readonly Reason[] => [
  ...(isAll ? [] : [{ code: 'timeout' as const, detail: `there are more than these ${taken} events` }]),
  ...(unreadable > 0 ? [{ code: 'parse_error' as const, detail: `${unreadable} events are not as expected` }] : []),
];

/** Which came, the most frequent first. */
const sectionOf = (events: readonly WindowsEvent[]): Section => ({
  id: 'log.errors',
  title: 'Errors in the System log',
  facts: [...Map.groupBy(events, ({ provider, id }) => `${provider} ${id}`)]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .slice(0, SOURCES_MAX)
    .map(([label, all]) => ({
      label,
      value: `${all.length} ${all.length === 1 ? 'event' : 'events'} in the last reading`,
    })),
});
