import type { MetricEvent, Outcome } from '../domain/event.ts';
import type { MetricsStore } from '../store/metrics.ts';
// Batches into metrics.db, each with the mark that says it is there.
import { DONE } from './context.ts';

/** Deleting is done in steps, so that batches do not wait behind it. */
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
        return this.#inOrder(event, (key) => this.#addBatch(key, event));
      case 'metric gap':
        return this.#inOrder(event, (key) => this.#store.addGap(key, event));
      case 'pass batch':
        return this.#inOrder(event, () => undefined);
      case 'expire batches':
        return this.#expire(event.beforeMs);
      case 'forget device':
        return this.#forget(event.device);
    }
  }

  /** A batch that cannot be kept leaves its place all the same, so that those behind it can. */
  pass(event: MetricEvent): void {
    if (event.type !== 'batch' && event.type !== 'metric gap') return;
    this.forgetAll();
    this.#store.putMark(this.#keyOf(event.device), event);
  }

  /** What was remembered may not be on the disk: a group was rolled back. */
  forgetAll(): void {
    this.#keys.clear();
    this.#sets.clear();
    this.#marks.clear();
  }

  #inOrder(
    { device, epoch, seq }: { device: string; epoch: string; seq: number },
    add: (key: number) => void,
  ): Outcome {
    const key = this.#keyOf(device);
    const mark = this.#marks.get(key) ?? this.#store.mark(device);
    if (mark?.epoch === epoch && seq <= mark.seq) return { is: 'duplicate' };
    add(key);
    this.#store.putMark(key, { epoch, seq });
    this.#marks.set(key, { epoch, seq });
    return DONE;
  }

  #addBatch(key: number, event: MetricEvent & { type: 'batch' }): void {
    const setId = this.#sets.get(`${key} ${event.setHash}`) ?? this.#store.setOf(key, event.setHash);
    if (setId === undefined) throw new Error('the batch is of a series set that was never announced');
    this.#store.add(key, setId, event);
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
    for (const key of this.#store.allKeys()) {
      while (this.#store.expire(key, beforeMs, EXPIRE_AT_ONCE) === EXPIRE_AT_ONCE);
    }
    return DONE;
  }

  #forget(device: string): Outcome {
    const key = this.#store.keyOf(device);
    this.forgetAll();
    if (key !== undefined) this.#store.removeKey(key);
    return DONE;
  }
}
