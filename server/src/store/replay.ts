// Stored readings to a rule, in the order of time and in pieces: what a back-test reads.
import type { CompiledRule } from '@fettle/shared/rule/compile';
import type { Replay } from '@fettle/shared/rule/replay';
import { instanceOf } from '@fettle/shared/rule/rule';
import { MISSING } from '@fettle/shared/rule/window';
import { HOUR_MS } from '@fettle/shared/time';
import { decodeSome } from '@fettle/shared/wire/decode';

import type { BlockRow, MetricsStore } from './metrics.ts';

/** So much of one device is read at once: a few milliseconds. */
const SLICE_MS = 12 * HOUR_MS;
/** A reading is good for this many of its intervals: as the agent has it. */
const FRESH_INTERVALS = 2.5;

type Column = { readonly place: number; readonly column: number; readonly instance: string };
type Part = { readonly column: Column; readonly values: Float64Array };
/** Of a set: how many columns it has, and which of them the rule looks at. */
type Layout = { readonly width: number; readonly wanted: readonly Column[]; readonly places: readonly number[] };
const NOTHING = new Uint8Array();
const NO_VALUES = new Float64Array();
type Known = { atMs: number; readonly values: Map<string, number> };

export class RowFeed {
  readonly #metrics: MetricsStore;
  readonly #rule: CompiledRule;
  readonly #everyMs: readonly number[];
  readonly #isPlain: boolean;
  readonly #isEvent: boolean;
  readonly #isChange: boolean;
  readonly #layouts = new Map<number, Layout>();
  readonly #rows = new Map<string, number[]>();
  readonly #now = new Map<string, readonly number[]>();
  /** By column of the rule: the newest reading of all its series. */
  readonly #known: readonly Known[];

  /** @param everyMsOf how often the device reads a metric */
  constructor(metrics: MetricsStore, rule: CompiledRule, everyMsOf: (metric: string) => number) {
    this.#metrics = metrics;
    this.#rule = rule;
    this.#everyMs = rule.metrics.map(everyMsOf);
    this.#isPlain = rule.rule.kind === 'threshold' && rule.metrics.length === 1;
    this.#isEvent = rule.rule.kind === 'event';
    this.#isChange = rule.rule.kind === 'change';
    this.#known = rule.metrics.map(() => ({ atMs: Number.NEGATIVE_INFINITY, values: new Map() }));
  }

  /** How often the agent reads the signal. */
  get everyMs(): number {
    return this.#everyMs[0] ?? 0;
  }

  /** Stops after each piece. @param key of the device. @returns how many readings of series were looked at */
  *run(
    key: number,
    range: { readonly fromMs: number; readonly toMs: number },
    replay: Replay,
  ): Generator<void, number, boolean | undefined> {
    let readings = 0;
    for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += SLICE_MS) {
      const blocks = this.#metrics.blockRows(key, fromMs, Math.min(range.toMs, fromMs + SLICE_MS));
      for (let index = 0; index < blocks.length;) {
        // a device with many series has several blocks of the same time
        let end = index + 1;
        while (end < blocks.length && blocks[end]?.[0] === blocks[index]?.[0]) end += 1;
        readings += this.#judge(blocks, index, end, replay);
        index = end;
      }
      yield;
    }
    return readings;
  }

  #judge(blocks: readonly BlockRow[], from: number, to: number, replay: Replay): number {
    const { head, count, parts } = this.#decode(blocks, from, to);
    const [only] = parts;
    const isNew = head.t0 > (this.#known[0]?.atMs ?? head.t0); // not so where two agents of one machine overlap
    if (only && parts.length === 1 && this.#isPlain && isNew) this.#readPlain(only, head, replay);
    else {
      for (let step = 0; step < count; step += 1) {
        const at = head.t0 + step * head.stepMs;
        if (this.#take(parts, step, at)) replay.read(at, this.#rowsAt(at));
      }
    }
    return count * parts.length;
  }

  /** Of blocks of the same time the columns that the rule looks at. */
  #decode(blocks: readonly BlockRow[], from: number, to: number) {
    let head = { t0: 0, stepMs: 0 };
    let count = 0;
    const parts: Part[] = [];
    for (let index = from; index < to; index += 1) {
      const [, setId = 0, block = NOTHING] = blocks[index] ?? [];
      const { width, wanted, places } = this.#columnsOf(setId);
      if (places.length === 0) continue;
      const decoded = decodeSome(block, width, places);
      head = decoded;
      count = Math.max(count, decoded.count);
      for (let place = 0; place < wanted.length; place += 1) {
        const column = wanted[place];
        if (column) parts.push({ column, values: decoded.values[place] ?? NO_VALUES });
      }
    }
    return { head, count, parts };
  }

  /** One series that nothing else is looked at beside: no rows need be made of it. */
  #readPlain({ column, values }: Part, head: { readonly t0: number; readonly stepMs: number }, replay: Replay): void {
    let newest = values.length - 1;
    while (newest >= 0 && Number.isNaN(values[newest])) newest -= 1;
    const [known] = this.#known;
    if (!known || newest < 0) return;
    known.atMs = head.t0 + newest * head.stepMs;
    known.values.clear();
    known.values.set(column.instance, values[newest] ?? Number.NaN);
    replay.readColumn(column.instance, head, values);
  }

  /** @returns whether the signal was read */
  #take(parts: readonly Part[], step: number, at: number): boolean {
    let isRead = false;
    for (const { column, values } of parts) {
      const value = values[step];
      const known = this.#known[column.column];
      if (value === undefined || Number.isNaN(value) || !known) continue;
      if (known.atMs !== at) {
        known.values.clear();
        known.atMs = at;
      }
      if (!known.values.has(column.instance)) known.values.set(column.instance, value);
      isRead ||= column.column === 0 || this.#isChange;
    }
    return isRead;
  }

  /** The same rows are filled anew each time: whoever keeps one makes a copy. */
  #rowsAt(at: number): ReadonlyMap<string, readonly number[]> {
    this.#now.clear();
    const signals = this.#isChange ? this.#known.length : 1;
    for (let column = 0; column < signals; column += 1) {
      const known = this.#known[column];
      if (known?.atMs === at) for (const [instance, value] of known.values) this.#fill(instance, value, at);
    }
    return this.#now;
  }

  #fill(instance: string, value: number, at: number): void {
    if (this.#now.has(instance) || (this.#isEvent && value <= 0)) return;
    const row = this.#rows.get(instance) ?? this.#known.map(() => MISSING);
    for (let column = 0; column < row.length; column += 1) row[column] = this.#valueOf(column, instance, at);
    this.#rows.set(instance, row);
    this.#now.set(instance, row);
  }

  #valueOf(column: number, instance: string, at: number): number {
    const known = this.#known[column];
    if (!known || at - known.atMs > FRESH_INTERVALS * (this.#everyMs[column] ?? 0)) return MISSING;
    return known.values.get(instance) ?? MISSING;
  }

  #columnsOf(setId: number): Layout {
    const known = this.#layouts.get(setId);
    if (known) return known;
    const series = this.#metrics.seriesOf(setId);
    const { signal } = this.#rule.rule;
    const wanted = series.flatMap(({ metric, attributes }, place) => {
      const column = this.#rule.metrics.indexOf(metric);
      const instance = column < 0 ? undefined : instanceOf(signal, attributes);
      return instance === undefined ? [] : [{ place, column, instance }];
    });
    const found = { width: series.length, wanted, places: wanted.map(({ place }) => place) };
    this.#layouts.set(setId, found);
    return found;
  }
}
