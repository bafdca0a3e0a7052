// Counts the kernel's lines by class, each once: what was counted before is known by its number.
import { HOUR_MS } from '@fettle/shared/time';
import { cleanText } from '@fettle/shared/wire/bytes';

import { type LineClass, classOf, crashClasses, hardwareClasses } from './kernel-lines.ts';
import type { KernelMemory } from './kernel-memory.schema.ts';
import { type KernelRecord, parseRecord, unescaped } from './kmsg.parse.ts';

/**
 * Of these one line is ordinary life: memory corrects a bit now and then, a laptop throttles for a moment. They count when there
 * are so many within a day, and then all of them at once.
 */
const HUNDREDS: ReadonlySet<string> = new Set<LineClass>(['corrected', 'thermal']);
const MANY = 100;
const HOURS = 24;
const LINES_MAX = 30;
const LINE_MAX_BYTES = 400;

export class KernelTally {
  readonly #counts = new Map<LineClass, number>([...hardwareClasses, ...crashClasses].map((name) => [name, 0]));
  readonly #bootWallMs: number;
  #memory: KernelMemory;
  #fresh = 0;
  #lost = 0;
  #unreadable = 0;

  /** @param bootWallMs when the clock of the kernel's lines was 0, by the clock on the wall */
  constructor(known: KernelMemory | undefined, bootId: string, bootWallMs: number) {
    this.#bootWallMs = bootWallMs;
    const isThisBoot = known?.bootId === bootId;
    this.#memory = { bootId, seq: -1, hours: [], lines: known?.lines ?? [], ...(isThisBoot && known) };
  }

  add(text: string): void {
    const record = parseRecord(text);
    if (!record) {
      this.#unreadable += 1;
      return;
    }
    const { seq } = this.#memory;
    if (record.seq <= seq) return;
    // at the very first reading nobody knows whether what is gone was ever there
    if (seq >= 0) this.#lost += record.seq - seq - 1;
    this.#fresh += 1;
    this.#memory = { ...this.#memory, seq: record.seq };
    const found = record.facility === 0 ? classOf(record.text) : undefined;
    if (found !== undefined) this.#count(found, record);
  }

  get counts(): ReadonlyMap<LineClass, number> {
    return this.#counts;
  }

  /** What to go on with at the next reading. */
  get memory(): KernelMemory {
    return this.#memory;
  }

  /** Records that were not counted before. */
  get fresh(): number {
    return this.#fresh;
  }

  /** Records that the kernel overwrote before they were read. */
  get lost(): number {
    return this.#lost;
  }

  get unreadable(): number {
    return this.#unreadable;
  }

  #count(found: LineClass, record: KernelRecord): void {
    const lines = HUNDREDS.has(found) ? this.#save(found, record) : 1;
    if (lines === 0) return;
    this.#counts.set(found, (this.#counts.get(found) ?? 0) + lines);
    const line = {
      wallMs: this.#bootWallMs + record.sinceBootMs,
      class: found,
      // one record can be of several lines, as md's is
      text: cleanText(unescaped(record.text).replaceAll(/[\t\n\r]+/g, ' '), LINE_MAX_BYTES),
    };
    this.#memory = { ...this.#memory, lines: [...this.#memory.lines, line].slice(-LINES_MAX) };
  }

  /** @returns how many count now: none, or all since the last time */
  #save(name: LineClass, { sinceBootMs }: KernelRecord): number {
    const hour = Math.floor(sinceBootMs / HOUR_MS);
    const recent = this.#memory.hours.filter((one) => one.hour > hour - HOURS);
    const now = recent.find((one) => one.class === name && one.hour === hour);
    const hours = [...recent.filter((one) => one !== now), { class: name, hour, count: (now?.count ?? 0) + 1 }];
    const mine = hours.filter((one) => one.class === name);
    const sum = mine.reduce((sofar, { count }) => sofar + count, 0);
    const isMany = sum >= MANY;
    this.#memory = { ...this.#memory, hours: isMany ? hours.filter((one) => one.class !== name) : hours };
    return isMany ? sum : 0;
  }
}
