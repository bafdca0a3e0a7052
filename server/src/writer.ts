// Where every durable change happens. Each event under a savepoint of its own: load what it is about, decide, apply; a poisoned
// one is refused alone. A whole group is one transaction per file, on the disk before anyone is told.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { AgentEvent, FettleEvent, MetricEvent, Outcome, Result, WriterEvent } from './domain/event.ts';
import { isMetricEvent } from './domain/event.ts';
import type { RuleBook } from './domain/rule-book.ts';
import type { Times } from './domain/times.ts';
import type { Db } from './store/database.ts';
import type { FettleStore } from './store/fettle.ts';
import type { MetricsStore } from './store/metrics.ts';
import { applyAdmin } from './write/admin.ts';
import { DONE, type WriteContext } from './write/context.ts';
import { applyEnrol, applyHello, applyPresence, applySeen } from './write/devices.ts';
import { MetricWriter } from './write/metrics.ts';
import { applyRecord, passRecord } from './write/records.ts';
import { applyAck, applyTicketEvent, applyTimer, takeDue } from './write/tickets.ts';

export type WriterParts = {
  readonly fettle: FettleStore;
  readonly metrics: MetricsStore;
  readonly times: Times;
  readonly book: RuleBook;
  readonly newId: (letter: string) => string;
};

/** What the disk says when nothing can be written: not the event's fault. */
const UNAVAILABLE = /^SQLITE_(?:FULL|IOERR|BUSY|READONLY|CORRUPT|NOTADB|CANTOPEN|NOMEM|LOCKED)/;

/** Never said of what is on the disk. */
const UNDECIDED: Result = { outcome: { is: 'unavailable', message: 'The event was not reached.' }, feed: [] };

export class Writer {
  readonly #parts: WriterParts;
  readonly #metricWriter: MetricWriter;
  readonly #fettleGroup: Group;
  readonly #metricsGroup: Group;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#metricWriter = new MetricWriter(parts.metrics);
    this.#fettleGroup = new Group(parts.fettle.db);
    this.#metricsGroup = new Group(parts.metrics.db);
  }

  /** @returns a result per event, in their order. When it returns, what is `done` is on the disk. */
  commit(events: readonly WriterEvent[], nowMs: number): readonly Result[] {
    const results = new Map<WriterEvent, Result>();
    const readings = events.filter(isMetricEvent);
    const others = events.filter((event) => !isMetricEvent(event));
    const isKept = this.#metricsGroup.commit(readings, results, (event) => this.#applyReading(event));
    if (!isKept) this.#metricWriter.forgetAll();
    this.#fettleGroup.commit(others, results, (event) => this.#applyOther(event, nowMs));
    return events.map((event) => results.get(event) ?? UNDECIDED);
  }

  #applyReading(event: MetricEvent): Result {
    const outcome = this.#metricsGroup.alone(() => this.#metricWriter.apply(event));
    if (outcome.is === 'refused') this.#metricWriter.pass(event);
    return { outcome, feed: [] };
  }

  #applyOther(event: FettleEvent, nowMs: number): Result {
    if (event.type === 'due') return this.#applyDue(nowMs);
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
    return { store, nowMs, times, book, newId, feed: [], watches: [] };
  }
}

/** One transaction at a time on one file, with savepoints inside. */
class Group {
  readonly #db: Db;
  readonly #savepoint;
  readonly #release;
  readonly #rollback;

  constructor(db: Db) {
    this.#db = db;
    this.#savepoint = db.prepare('SAVEPOINT event');
    this.#release = db.prepare('RELEASE event');
    this.#rollback = db.prepare('ROLLBACK TO event');
  }

  /** @returns whether the group is on the disk; if not, every event of it is `unavailable` */
  commit<E extends WriterEvent>(
    events: readonly E[],
    results: Map<WriterEvent, Result>,
    apply: (event: E) => Result,
  ): boolean {
    if (events.length === 0) return true;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const event of events) results.set(event, apply(event));
      this.#db.exec('COMMIT');
      return true;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      const outcome = unavailable(error);
      for (const event of events) results.set(event, { outcome, feed: [] });
      return false;
    }
  }

  /** What goes wrong with one event undoes that event; what the disk refuses ends the group. */
  alone(apply: () => Outcome): Outcome {
    this.#savepoint.run();
    try {
      const outcome = apply();
      this.#release.run();
      return outcome;
    } catch (error) {
      if (error instanceof Error && 'code' in error && UNAVAILABLE.test(String(error.code))) throw error;
      this.#rollback.run();
      this.#release.run();
      return { is: 'refused', code: 'internal', message: error instanceof Error ? error.message : String(error) };
    }
  }
}

const unavailable = (error: unknown): Outcome => {
  const code = error instanceof Error && 'code' in error ? { code: String(error.code) } : {};
  return { is: 'unavailable', message: error instanceof Error ? error.message : String(error), ...code };
};

const decide = (event: Exclude<FettleEvent, { type: 'due' }>, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'record':
    case 'pass record':
    case 'hello':
    case 'enrol':
      return decideAgent(event, context);
    case 'presence':
      return applyPresence(event, context);
    case 'prove writing':
      context.store.proveWriting();
      return DONE;
    case 'seen':
      return applySeen(event, context);
    case 'ack alert':
      return applyAck(event, context);
    case 'take ticket':
    case 'resolve ticket':
    case 'note ticket':
      return applyTicketEvent(event, context);
    default:
      return applyAdmin(event, context);
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
  }
};
