// A rule over the stored readings of one device, as its agent judged them: each instance on its own, those that are gone are gone.
import type { BlockHead } from '../wire/frame.ts';
import type { CompiledRule } from './compile.ts';
import { type Band, isIdle, isSoon, quietBand } from './quiet.ts';
import { memoryFor, remember } from './remember.ts';
import { isLasting } from './rule.ts';
import {
  ABSENCES_TO_BE_GONE,
  type Change,
  type Input,
  REPLACED_MS,
  type RuleState,
  initialState,
  isOpen,
  step,
} from './step.ts';
import { type Ring, newestAtOf } from './window.ts';

/** As many as an agent watches. */
const INSTANCES_MAX = 2_000;

type Track = { readonly instance: string; readonly ring: Ring; state: RuleState; absences: number };

export type Told = Change & {
  readonly instance: string;
  readonly at: number;
  /** The newest value of a column of the rule, in the catalogue's integers; MISSING without one. */
  readonly window: Ring;
};

export class Replay {
  readonly #rule: CompiledRule;
  readonly #everyMs: number;
  readonly #tell: (told: Told) => void;
  readonly #tracks = new Map<string, Track>();
  readonly #band: Band | undefined;
  #dropped = 0;

  /** @param everyMs how often the agent reads the signal */
  constructor(rule: CompiledRule, everyMs: number, tell: (told: Told) => void) {
    this.#rule = rule;
    this.#everyMs = everyMs;
    this.#tell = tell;
    this.#band = quietBand(rule);
  }

  /** Readings of instances that are not watched because there are too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** One reading of the signal: the row of each instance that has one. */
  read(at: number, rows: ReadonlyMap<string, readonly number[]>): void {
    for (const [instance, row] of rows) {
      const track = this.#trackOf(instance, at);
      if (!track) continue;
      this.#judge(track, at, row);
    }
    if (rows.size === this.#tracks.size) return;
    for (const track of this.#tracks.values()) if (!rows.has(track.instance)) this.#miss(track, at);
  }

  /**
   * The same as `read` for each value of one instance of a rule that looks at one metric, and quicker.
   * @param values NaN where there is no reading
   */
  readColumn(instance: string, { t0, stepMs }: Pick<BlockHead, 't0' | 'stepMs'>, values: ArrayLike<number>): void {
    const row = [0];
    const rows = new Map([[instance, row]]);
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const at = t0 + index * stepMs;
      const track = this.#tracks.size === 1 ? this.#tracks.get(instance) : undefined;
      row[0] = value;
      if (!track) this.read(at, rows);
      else if (this.#isIdle(track, at, value)) track.ring.push(at, row);
      else this.#judge(track, at, row);
    }
  }

  /** Nothing follows from it but that it is remembered. */
  #isIdle({ ring, state, absences }: Track, at: number, value: number): boolean {
    if (!this.#band || absences > 0 || !isIdle(state, value, this.#band)) return false;
    return isSoon(at - Math.max(newestAtOf(ring), state.from), this.#everyMs);
  }

  #judge(track: Track, at: number, row: readonly number[]): void {
    track.absences = 0;
    remember(track.ring, this.#rule, { at, row, from: track.state.from });
    this.#advance(track, this.#sampleOf(track), at);
  }

  #trackOf(instance: string, at: number): Track | undefined {
    const known = this.#tracks.get(instance);
    if (known) return known;
    if (this.#tracks.size >= INSTANCES_MAX) {
      this.#dropped += 1;
      return undefined;
    }
    const ring = memoryFor(this.#rule, this.#everyMs);
    const track: Track = { instance, ring, state: initialState(at), absences: 0 };
    this.#tracks.set(instance, track);
    return track;
  }

  #miss(track: Track, at: number): void {
    track.absences += 1;
    if (isLasting(this.#rule.rule)) return this.#advance(track, this.#sampleOf(track), at);
    const mustWait = this.#rule.keepMs === null && isOpen(track.state) && track.absences * this.#everyMs < REPLACED_MS;
    if (track.absences < ABSENCES_TO_BE_GONE || mustWait) return;
    this.#tracks.delete(track.instance);
    this.#advance(track, { kind: 'gone' }, at);
  }

  #sampleOf({ ring }: Track): Input {
    return { kind: 'sample', window: ring, everyMs: this.#everyMs };
  }

  #advance(track: Track, input: Input, at: number): void {
    const { state, transition } = step(track.state, input, this.#rule, at);
    track.state = state;
    if (transition) this.#tell({ ...transition, instance: track.instance, at, window: track.ring });
  }
}
