// The server of the month: the real writer on a real file, the real presence job, timers by `due`, in one thread and simulated time.
// The file is not synced: what a power cut would leave is for other tests, and the month would wait for the disk half a million times.
import { type FettleEvent, type Outcome, type WriterEvent, isMetricEvent } from '@fettle/server/domain/event';
import { type PresenceContext, stepPresence } from '@fettle/server/domain/presence/presence';
import { absenceRule, ruleBookAt, silenceIn } from '@fettle/server/domain/rule-book';
import { timesAt } from '@fettle/server/domain/times';
import { Fleet, type Member } from '@fettle/server/ingest/fleet';
import { lookAtPresence, writeSeen } from '@fettle/server/jobs/presence';
import { SelfCheck } from '@fettle/server/jobs/self-check';
import { type FettleStore, openFettle } from '@fettle/server/store/fettle';
import { type MetricsStore, openMetrics } from '@fettle/server/store/metrics';
import { GROUP_MAX } from '@fettle/server/thread/committer';
import { Writer } from '@fettle/server/writer';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import type { DeviceClass } from '@fettle/shared/rule/scope';
import { DAY_MS } from '@fettle/shared/time';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';

const PACE = { divisor: 1 };
export const book = ruleBookAt(PACE);
const times = timesAt(PACE);
const silence = silenceIn(book);

export type MonthServerParts = {
  readonly folder: string;
  readonly newId: (letter: string) => string;
  readonly onFeed: (event: FeedEvent) => void;
};

const ASSUMED: Outcome = { is: 'done' };

export class MonthServer {
  readonly #parts: MonthServerParts;
  readonly #fettle: FettleStore;
  readonly #metrics: MetricsStore;
  readonly #writer: Writer;
  readonly #fleet = new Fleet();
  /** Whose presence may yet change without anything happening to them. */
  readonly #restless = new Map<string, Member>();
  readonly #startedMs: number;
  readonly #selfCheck = new SelfCheck({
    members: () => this.#restless.values(),
    connected: () => this.#fleet.connectedCount,
    commit: (event) => this.#commitLater(event),
  });
  #queue: FettleEvent[] = [];

  constructor(parts: MonthServerParts, startedMs: number) {
    this.#parts = parts;
    this.#startedMs = startedMs;
    this.#fettle = openFettle(parts.folder);
    this.#metrics = openMetrics(parts.folder);
    for (const { db } of [this.#fettle, this.#metrics]) db.pragma('synchronous = OFF');
    const { newId } = parts;
    this.#writer = new Writer({ fettle: this.#fettle, metrics: this.#metrics, times, book, newId });
    const alerting = new Set(this.#fettle.alerts.devicesAlerting(absenceRule(book)?.id ?? ''));
    for (const device of this.#fettle.devices.all()) this.#stir(this.#fleet.add(device, alerting));
  }

  get store(): FettleStore {
    return this.#fettle;
  }

  /** To be written with the next group. */
  readonly tell = (event: FettleEvent): void => void this.#queue.push(event);

  /** Writes what waits, in groups. @throws Error when anything of it was not taken */
  write(nowMs: number): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    while (this.#queue.length > 0) {
      const group = this.#queue.slice(0, GROUP_MAX);
      this.#queue = this.#queue.slice(GROUP_MAX);
      for (const { outcome, feed } of this.#writer.commit(group, nowMs)) {
        if (outcome.is === 'refused' || outcome.is === 'unavailable') throw new Error(outcome.message);
        outcomes.push(outcome);
        for (const event of feed) this.#parts.onFeed(event);
      }
    }
    return outcomes;
  }

  admit(id: string): void {
    const device = this.#fettle.devices.get(id);
    if (device) this.#stir(this.#fleet.add(device, new Set()));
  }

  connected(id: string, deviceClass: DeviceClass, atMs: number): void {
    this.#fleet.connected(id, deviceClass, atMs);
    this.#stir(this.#fleet.get(id));
  }

  goodbye(id: string, reason: ByeReason, atMs: number): void {
    this.#fleet.goodbye(id, reason);
    this.lost(id, atMs);
  }

  lost(id: string, lastMs: number): void {
    this.#fleet.heard(id, lastMs);
    this.#fleet.disconnected(id);
    this.#stir(this.#fleet.get(id));
  }

  /** One look of the presence job, at all of whom it could find something new. */
  look(nowMs: number): void {
    if (this.#restless.size === 0) return;
    const context = this.#context(nowMs);
    lookAtPresence({
      selfCheck: this.#selfCheck,
      members: () => this.#restless.values(),
      watch: (id, sinceMs) => this.#fleet.watchOf(id, sinceMs),
      heard: (id, atMs) => this.#fleet.heard(id, atMs),
      moved: (id, change) => this.#fleet.moved(id, change),
      commit: (event) => this.#commitLater(event),
      context: () => context,
      silence: () => silence,
    });
    this.write(nowMs);
    for (const { id, facts } of this.#restless.values()) {
      if (isSettled(facts, context)) this.#restless.delete(id);
    }
  }

  due(nowMs: number): void {
    this.tell({ type: 'due' });
    this.write(nowMs);
  }

  /** Who is connected was heard just now. */
  async writeSeen(nowMs: number): Promise<void> {
    for (const { id, facts } of this.#fleet.all()) if (facts.isConnected) this.#fleet.heard(id, nowMs);
    await writeSeen({ members: () => this.#fleet.all(), commit: (event) => this.#commitLater(event) });
    this.write(nowMs);
  }

  /** What nobody looks at any more goes: the log of events would be the largest part of the file. */
  expire(nowMs: number): void {
    this.tell({ type: 'expire', eventsBeforeMs: nowMs - 2 * DAY_MS, sessionsBeforeMs: nowMs - 2 * DAY_MS });
    this.write(nowMs);
  }

  close(): void {
    this.#fettle.db.close();
    this.#metrics.db.close();
  }

  #commitLater(event: WriterEvent): Promise<Outcome> {
    if (isMetricEvent(event)) throw new Error(`The jobs of the month tell of no readings: ${event.type}`);
    this.tell(event);
    return Promise.resolve(ASSUMED);
  }

  #context(nowMs: number): PresenceContext {
    return {
      nowMs,
      times,
      ...silence,
      startedMs: this.#startedMs,
      isSuspected: false,
      deafUntilMs: Number.NEGATIVE_INFINITY,
    };
  }

  #stir(member: Member | undefined): void {
    if (member) this.#restless.set(member.id, member);
  }
}

/** Neither now nor when all waiting is over, which takes less than a day. */
const isSettled = (facts: Member['facts'], context: PresenceContext): boolean =>
  stepPresence(facts, context) === undefined &&
  stepPresence(facts, { ...context, nowMs: context.nowMs + DAY_MS }) === undefined;
