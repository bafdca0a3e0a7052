// Batches into metrics.db, each with the mark that says it is there.
import { DAY_MS } from '@fettle/shared/time';
import { recordHash } from '@fettle/shared/wire/record-hash';

import type { MetricEvent, Outcome } from '../domain/event.ts';
import { type Mark, lastIn, placeOf } from '../domain/place.ts';
import type { MetricsStore, StoredSet } from '../store/metrics.ts';
import { DONE, EARLY, MORE } from './context.ts';

/** Deleting is done in steps, an event each, so that batches do not wait behind it. */
const EXPIRE_AT_ONCE = 2_000;
/** Numbers of devices and sets remembered, so that a batch costs no look-up. */
const REMEMBERED_MAX = 100_000;

export class MetricWriter {
  readonly #store: MetricsStore;
  readonly #keys = new Map<string, number>();
  readonly #sets = new Map<string, StoredSet>();
  readonly #marks = new Map<number, Mark>();
  /** When the newest block of a device begins: a later one cannot be there yet. */
  readonly #newest = new Map<number, number>();
  /** Where a step of the expiry has ended, for the next one: the devices before it have nothing left that is so old. */
  #expired: { readonly beforeMs: number; readonly key: number } | undefined;

  constructor(store: MetricsStore) {
    this.#store = store;
  }

  apply(event: MetricEvent): Outcome {
    switch (event.type) {
      case 'series set':
        this.#setOf(event.device, event.hash, event.series);
        return DONE;
      case 'batch':
        return this.#inOrder(markOf(event), event, (key) => this.#addBatch(key, event));
      case 'thinned':
        return this.#inOrder(markOf(event), event, (key, after) => this.#addThinned(key, startingAfter(event, after)));
      case 'metric gap':
        return this.#inOrder(markOf(event), event, (key, after) => this.#addGap(key, startingAfter(event, after)));
      case 'pass batch':
        return this.#inOrder(markOf(event), event, () => DONE);
      case 'expire batches':
        return this.#expire(event.beforeMs);
      case 'expire sets':
        return this.#expireSets(event.beforeMs, event.nowMs);
      case 'forget device':
        return this.#forget(event.device);
    }
  }

  /** A batch that cannot be kept leaves its place all the same, so that those behind it can. */
  pass(event: MetricEvent): void {
    this.forgetAll();
    if (event.type !== 'batch' && event.type !== 'thinned' && event.type !== 'metric gap') return;
    this.#store.putMark(this.#keyOf(event.device), markOf(event));
  }

  /** What was remembered may not be on the disk: a group was rolled back. */
  forgetAll(): void {
    this.#keys.clear();
    this.#sets.clear();
    this.#marks.clear();
    this.#newest.clear();
    this.#expired = undefined;
  }

  /** @param add `after` is the last record that was there before */
  #inOrder(mark: Mark, { device, from }: Placed, add: (key: number, after: number) => Outcome): Outcome {
    const { epoch, seq } = mark;
    const key = this.#keyOf(device);
    const before = this.#marks.get(key) ?? this.#store.mark(device);
    const place = placeOf(before, { epoch, from: from ?? seq, seq });
    if (place === 'duplicate') return { is: 'duplicate' };
    const outcome = place === 'early' ? EARLY : add(key, lastIn(before, epoch));
    if (outcome.is !== 'done') return outcome;
    this.#store.putMark(key, mark);
    this.#marks.set(key, mark);
    return DONE;
  }

  #addBatch(key: number, event: MetricEvent & { type: 'batch' }): Outcome {
    const { setHash, t0Ms } = event;
    const set = this.#knownSet(key, setHash);
    if (!set) return UNKNOWN_SET;
    if (this.#isKept(key, set, event)) return DONE;
    this.#store.add(key, set.id, event);
    this.#newest.set(key, Math.max(t0Ms, this.#newest.get(key) ?? 0));
    if (t0Ms >= set.usedMs + DAY_MS) this.#use(`${key} ${setHash}`, { id: set.id, usedMs: t0Ms });
    return DONE;
  }

  #addThinned(key: number, event: MetricEvent & { type: 'thinned' }): Outcome {
    const { setHash, endMs } = event;
    const set = this.#knownSet(key, setHash);
    if (!set) return UNKNOWN_SET;
    if (this.#store.hasThinned(key, set.id, event)) return DONE;
    this.#store.addThinned(key, set.id, event);
    if (endMs >= set.usedMs + DAY_MS) this.#use(`${key} ${setHash}`, { id: set.id, usedMs: endMs });
    return DONE;
  }

  #knownSet(key: number, hash: string): StoredSet | undefined {
    const name = `${key} ${hash}`;
    const known = this.#sets.get(name);
    if (known) return known;
    const set = this.#store.setWithUse(key, hash);
    if (set) this.#remember(name, set);
    return set;
  }

  /** An agent that had to begin a new epoch sends again what it has no acknowledgement of. */
  #isKept(key: number, { id }: StoredSet, batch: MetricEvent & { type: 'batch' }): boolean {
    const newestMs = this.#newest.get(key) ?? this.#store.newestMs(key);
    this.#newest.set(key, newestMs);
    return batch.t0Ms <= newestMs && this.#store.hasBlock(key, id, batch);
  }

  /** Written once a day and set, so that a batch costs nothing more. */
  #use(name: string, set: StoredSet): void {
    this.#store.useSet(set.id, set.usedMs);
    this.#remember(name, set);
  }

  #addGap(key: number, event: MetricEvent & { type: 'metric gap' }): Outcome {
    this.#store.addGap(key, { ...event, count: Math.min(event.count, event.seq - event.from + 1) });
    return DONE;
  }

  #setOf(device: string, hash: string, series: (MetricEvent & { type: 'series set' })['series']): void {
    const key = this.#keyOf(device);
    const set = this.#store.setWithUse(key, hash) ?? { id: this.#store.addSet(key, hash, series), usedMs: 0 };
    this.#remember(`${key} ${hash}`, set);
  }

  #remember(name: string, set: StoredSet): void {
    if (this.#sets.size >= REMEMBERED_MAX) this.#sets.clear();
    this.#sets.set(name, set);
  }

  #keyOf(device: string): number {
    const known = this.#keys.get(device);
    if (known !== undefined) return known;
    const key = this.#store.keyOf(device) ?? this.#store.addKey(device);
    if (this.#keys.size >= REMEMBERED_MAX) this.forgetAll();
    this.#keys.set(device, key);
    return key;
  }

  #expire(beforeMs: number): Outcome {
    let left = EXPIRE_AT_ONCE;
    const from = this.#expired?.beforeMs === beforeMs ? this.#expired.key : 0;
    for (let key = this.#store.keyFrom(from); key !== undefined; key = this.#store.keyFrom(key + 1)) {
      left -= this.#store.expire(key, beforeMs, left);
      left -= this.#store.expireThinned(key, beforeMs, left);
      if (left > 0) continue;
      this.#expired = { beforeMs, key };
      return MORE;
    }
    this.#expired = undefined;
    this.#store.expireGaps(beforeMs);
    return DONE;
  }

  /** No batch that is kept uses them: the newest of theirs is over a day older than the oldest that is. */
  #expireSets(beforeMs: number, nowMs: number): Outcome {
    const dated = this.#store.dateSets(nowMs, EXPIRE_AT_ONCE);
    const gone = this.#store.expireSets(beforeMs - DAY_MS, EXPIRE_AT_ONCE);
    if (dated + gone > 0) this.forgetAll();
    return Math.max(dated, gone) === EXPIRE_AT_ONCE ? MORE : DONE;
  }

  #forget(device: string): Outcome {
    const key = this.#store.keyOf(device);
    this.forgetAll();
    if (key !== undefined) this.#store.removeKey(key);
    return DONE;
  }
}

/** Its set went with a group that failed; a new session announces it again. */
const UNKNOWN_SET: Outcome = { is: 'unavailable', message: 'The series of this batch are not known here.' };

/** Of what was taken before it, a record that stands for several says nothing: each is told of once. */
const startingAfter = <E extends { readonly from: number }>(event: E, after: number): E => ({
  ...event,
  from: Math.max(event.from, after + 1),
});

type Placed = { readonly device: string; readonly from?: number };

const markOf = (event: Extract<MetricEvent, { readonly seq: number }>): Mark => {
  const { epoch, seq } = event;
  switch (event.type) {
    case 'batch':
    case 'thinned':
      return { epoch, seq, hash: recordHash(event.block) };
    case 'metric gap':
      return { epoch, seq, hash: event.hash ?? '' };
    default:
      return { epoch, seq, hash: '' };
  }
};
