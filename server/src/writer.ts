// Where every durable change happens. Each event under a savepoint of its own: load what it is about, decide, apply; a poisoned
// one is refused alone. A whole group is one transaction per file, on the disk before anyone is told.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import { mayAct } from './domain/actor.ts';
import type {
  AdminEvent,
  AgentEvent,
  FettleEvent,
  MetricEvent,
  Outcome,
  PersonEvent,
  Result,
  ServerEvent,
  WriterEvent,
} from './domain/event.ts';
import { isMetricEvent } from './domain/event.ts';
import type { NoticeEvent } from './domain/notice/event.ts';
import type { RuleBook } from './domain/rule-book.ts';
import { standingOf } from './domain/rules/override.ts';
import type { Times } from './domain/times.ts';
import type { Ballast } from './store/ballast.ts';
import type { FettleStore } from './store/fettle.ts';
import type { MetricsStore } from './store/metrics.ts';
import { applyAdmin } from './write/admin.ts';
import { applyAlertAct } from './write/alert-acts.ts';
import { DONE, FORBIDDEN, type WriteContext } from './write/context.ts';
import { applyEnrol, applyRekey, applyHello, applyPresence, applySeen } from './write/devices.ts';
import { applyExternal } from './write/external.ts';
import { applyForecast } from './write/forecast.ts';
import { Group, isFull } from './write/group.ts';
import { MetricWriter } from './write/metrics.ts';
import { applyNotice, isNoticeEvent } from './write/notice-events.ts';
import { applySelfCheck } from './write/outage.ts';
import { applyQuiet } from './write/quiet.ts';
import { applyRecord, passRecord } from './write/records.ts';
import { KeptShelf } from './write/rules.ts';
import { putCalendar, putTerms } from './write/sla-settings.ts';
import { openTicket } from './write/ticket-open.ts';
import { applyTicketEvent } from './write/tickets.ts';
import { applyTimer, takeDue } from './write/timers.ts';

export type WriterParts = {
  readonly fettle: FettleStore;
  readonly metrics: MetricsStore;
  readonly times: Times;
  readonly book: RuleBook;
  readonly newId: (letter: string) => string;
  /** Absent: what is full stays full. */
  readonly ballast?: Ballast;
};

/** While the disk is full: agents keep their readings, and what space there is goes to alerts, tickets and people. */
const HELD: Result = {
  outcome: { is: 'held', message: 'The disk is full: readings wait until there is room.' },
  feed: [],
};
/** Makes room in the file, and may take from the ballast for it. */
const FREEING: ReadonlySet<WriterEvent['type']> = new Set<WriterEvent['type']>(['expire batches', 'forget device']);

/** Never said of what is on the disk. */
const UNDECIDED: Result = { outcome: { is: 'unavailable', message: 'The event was not reached.' }, feed: [] };

export class Writer {
  readonly #parts: WriterParts;
  readonly #metricWriter: MetricWriter;
  readonly #fettleGroup: Group;
  readonly #metricsGroup: Group;
  readonly #shelf: KeptShelf;
  #isFull = false;
  #stopped: Outcome | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#shelf = new KeptShelf(parts.fettle, parts.book);
    this.#metricWriter = new MetricWriter(parts.metrics);
    this.#fettleGroup = new Group(parts.fettle.db);
    this.#metricsGroup = new Group(parts.metrics.db);
  }

  /** @returns a result per event, in their order. When it returns, what is `done` is on the disk. */
  commit(events: readonly WriterEvent[], nowMs: number): readonly Result[] {
    const stopped = this.#stopped;
    if (stopped) return events.map(() => ({ outcome: stopped, feed: [] }));
    const results = new Map<WriterEvent, Result>();
    const readings = events.filter(isMetricEvent);
    const others = events.filter((event) => !isMetricEvent(event));
    this.#commitReadings(readings, results);
    this.#withRoom(() => {
      const why = this.#fettleGroup.commit(others, results, (event) => this.#applyOther(event, nowMs));
      if (why) this.#shelf.forget();
      return why;
    });
    return events.map((event) => results.get(event) ?? UNDECIDED);
  }

  #commitReadings(readings: readonly MetricEvent[], results: Map<WriterEvent, Result>): void {
    const write = (events: readonly MetricEvent[]) => {
      const why = this.#metricsGroup.commit(events, results, (event) => this.#applyReading(event));
      if (why) this.#metricWriter.forgetAll();
      return why;
    };
    if (!this.#isFull && !isFull(write(readings))) return;
    this.#isFull = true;
    for (const event of readings) results.set(event, HELD);
    this.#withRoom(() => write(readings.filter(({ type }) => FREEING.has(type))));
  }

  /** What must be kept on a full disk takes a slice of the ballast after the other. */
  #withRoom(write: () => Outcome | undefined): void {
    while (isFull(write())) {
      this.#isFull = true;
      if (!this.#parts.ballast?.give()) return;
    }
  }

  /** Is there room for everything? Then readings are taken again. */
  #lookForRoom(): Outcome {
    const { ballast, metrics } = this.#parts;
    const hasRoom = !ballast || ballast.look() || metrics.spareBytes() >= ballast.fullBytes;
    if (hasRoom) this.#isFull = false;
    return this.#isFull ? HELD.outcome : DONE;
  }

  #applyReading(event: MetricEvent): Result {
    const outcome = this.#metricsGroup.alone(() => this.#metricWriter.apply(event));
    if (outcome.is === 'refused') this.#metricWriter.pass(event);
    return { outcome, feed: [] };
  }

  #applyOther(event: FettleEvent, nowMs: number): Result {
    if (event.type === 'due') return this.#applyDue(nowMs);
    if (event.type === 'look for room') return { outcome: this.#lookForRoom(), feed: [] };
    if (event.type === 'stop writing') {
      this.#stopped = { is: 'unavailable', code: 'DAMAGED', message: event.why };
      return { outcome: DONE, feed: [] };
    }
    const context = this.#context(nowMs);
    const outcome = this.#fettleGroup.alone(() => decide(event, context));
    const { feed, watches } = context;
    if (outcome.is === 'done' && watches.length > 0) return { outcome: { ...outcome, watches }, feed };
    if (outcome.is !== 'refused') return { outcome, feed };
    if (event.type === 'record' && outcome.code !== 'unknown_device') passRecord(event, context);
    return { outcome, feed: [] };
  }

  /** Each timer alone, like an event: one that cannot be carried out holds up no other. */
  #applyDue(nowMs: number): Result {
    const feed: FeedEvent[] = [];
    let outcome = DONE;
    for (const timer of takeDue(this.#context(nowMs))) {
      const context = this.#context(nowMs);
      const one = this.#fettleGroup.alone(() => applyTimer(timer, context));
      if (one.is === 'refused') outcome = one;
      else feed.push(...context.feed);
    }
    return { outcome, feed };
  }

  #context(nowMs: number): WriteContext {
    const { fettle: store, times, book, newId } = this.#parts;
    // what has no agent is judged by that of the device that looks at it
    const bookFor: WriteContext['bookFor'] = (device) =>
      this.#shelf.bookFor(standingOf((device.watchedBy !== null && store.devices.get(device.watchedBy)) || device));
    return { store, nowMs, times, book, bookFor, newId, feed: [], watches: [] };
  }
}

type Decided = Exclude<FettleEvent, { type: 'due' | 'look for room' | 'stop writing' }>;

const decide = (event: Decided, context: WriteContext): Outcome => {
  if ('actor' in event && !mayAct(event.actor)) return FORBIDDEN;
  return isNoticeEvent(event) ? applyNotice(event, context) : decideOther(event, context);
};

const decideOther = (event: Exclude<Decided, NoticeEvent>, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'record':
    case 'pass record':
    case 'hello':
    case 'enrol':
    case 'rekey':
      return decideAgent(event, context);
    case 'presence':
    case 'self check':
    case 'forecast':
    case 'prove writing':
    case 'seen':
      return decideServer(event, context);
    default:
      return decidePerson(event, context);
  }
};

const decidePerson = (event: PersonEvent | AdminEvent, context: WriteContext): Outcome => {
  if ('alert' in event) return applyAlertAct(event, context);
  switch (event.type) {
    case 'open window':
    case 'close window':
    case 'tag device':
      return applyQuiet(event, context);
    case 'act on ticket':
      return applyTicketEvent(event, context);
    case 'open ticket':
      return openTicket(event, context);
    case 'put calendar':
      return putCalendar(event, context);
    case 'put terms':
      return putTerms(event, context);
    default:
      return decideAdmin(event, context);
  }
};

const decideAdmin = (event: AdminEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'set external':
    case 'external told':
    case 'external heard':
    case 'external failed':
      return applyExternal(event, context);
    default:
      return applyAdmin(event, context);
  }
};

const decideServer = (
  event: ServerEvent & { type: 'presence' | 'prove writing' | 'seen' | 'self check' | 'forecast' },
  context: WriteContext,
): Outcome => {
  switch (event.type) {
    case 'presence':
      return applyPresence(event, context);
    case 'prove writing':
      context.store.proveWriting();
      return DONE;
    case 'seen':
      return applySeen(event, context);
    case 'forecast':
      return applyForecast(event, context);
    case 'self check':
      return applySelfCheck(event, context);
  }
};

const decideAgent = (event: AgentEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'record':
      return applyRecord(event, context);
    case 'pass record':
      return passRecord(event, context);
    case 'hello':
      return applyHello(event, context);
    case 'enrol':
      return applyEnrol(event, context);
    case 'rekey':
      return applyRekey(event, context);
  }
};
