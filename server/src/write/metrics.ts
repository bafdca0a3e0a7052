// Batches into metrics.db, each with the mark that says it is there.
import type { MetricEvent, Outcome } from '../domain/event.ts';
import { placeOf } from '../domain/place.ts';
import type { MetricsStore } from '../store/metrics.ts';
import { DONE, EARLY, MORE } from './context.ts';

/** Deleting is done in steps, an event each, so that batches do not wait behind it. */
const EXPIRE_AT_ONCE = 2_000;
/** Numbers of devices and sets remembered, so that a batch costs no look-up. */
const REMEMBERED_MAX = 100_000;

export class MetricWriter {
  readonly #store: MetricsStore;
  readonly #keys = new Map<string, number>();
  readonly #sets = new Map<string, number>();
  readonly #marks = new Map<number, { readonly epoch: string; readonly seq: number }>();

  constructor(store: MetricsStore) {
    this.#store = store;
  }

  apply(event: MetricEvent): Outcome {
    switch (event.type) {
      case 'series set':
        this.#setOf(event.device, event.hash, event.series);
        return DONE;
      case 'batch':
        return this.#inOrder(event, event.seq, (key) => this.#addBatch(key, event));
      case 'metric gap':
        return this.#inOrder(event, event.from, (key) => this.#addGap(key, event));
      case 'pass batch':
        return this.#inOrder(event, event.seq, () => DONE);
      case 'expire batches':
        return this.#expire(event.beforeMs);
      case 'forget device':
        return this.#forget(event.device);
    }
  }

  /** A batch that cannot be kept leaves its place all the same, so that those behind it can. */
  pass(event: MetricEvent): void {
    this.forgetAll();
    if (event.type !== 'batch' && event.type !== 'metric gap') return;
    this.#store.putMark(this.#keyOf(event.device), event);
  }

  /** What was remembered may not be on the disk: a group was rolled back. */
  forgetAll(): void {
    this.#keys.clear();
    this.#sets.clear();
    this.#marks.clear();
  }

  #inOrder(
    { device, epoch, seq }: { readonly device: string; readonly epoch: string; readonly seq: number },
    from: number,
    add: (key: number) => Outcome,
  ): Outcome {
    const key = this.#keyOf(device);
    const place = placeOf(this.#marks.get(key) ?? this.#store.mark(device), { epoch, from, seq });
    if (place === 'duplicate') return { is: 'duplicate' };
    const outcome = place === 'early' ? EARLY : add(key);
    if (outcome.is !== 'done') return outcome;
    this.#store.putMark(key, { epoch, seq });
    this.#marks.set(key, { epoch, seq });
    return DONE;
  }

  #addBatch(key: number, event: MetricEvent & { type: 'batch' }): Outcome {
    const setId = this.#sets.get(`${key} ${event.setHash}`) ?? this.#store.setOf(key, event.setHash);
    // its set went with a group that failed; a new session announces it again
    if (setId === undefined) return { is: 'unavailable', message: 'The series of this batch are not known here.' };
    this.#store.add(key, setId, event);
    return DONE;
  }

  #addGap(key: number, event: MetricEvent & { type: 'metric gap' }): Outcome {
    this.#store.addGap(key, event);
    return DONE;
  }

  #setOf(device: string, hash: string, series: (MetricEvent & { type: 'series set' })['series']): void {
    const key = this.#keyOf(device);
    if (this.#sets.size >= REMEMBERED_MAX) this.#sets.clear();
    this.#sets.set(`${key} ${hash}`, this.#store.setOf(key, hash) ?? this.#store.addSet(key, hash, series));
  }

  #keyOf(device: string): number {
    const known = this.#keys.get(device) ?? this.#store.keyOf(device) ?? this.#store.addKey(device);
    if (this.#keys.size >= REMEMBERED_MAX) this.forgetAll();
    this.#keys.set(device, known);
    return known;
  }

  #expire(beforeMs: number): Outcome {
    let left = EXPIRE_AT_ONCE;
    for (const key of this.#store.allKeys()) {
      left -= this.#store.expire(key, beforeMs, left);
      if (left === 0) return MORE;
    }
    this.#store.expireGaps(beforeMs);
    return DONE;
  }

  #forget(device: string): Outcome {
    const key = this.#store.keyOf(device);
    this.forgetAll();
    if (key !== undefined) this.#store.removeKey(key);
    return DONE;
  }
}
