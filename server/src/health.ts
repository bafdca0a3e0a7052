// How the server itself is: what holds it up, and what is done about it.

import type { HealthProblem } from '@fettle/shared/api/server-health.schema';
import { DAY_MS } from '@fettle/shared/time';

import type { BackupReport } from './backups.ts';
import type { Outcome, WriterEvent } from './domain/event.ts';

export type HealthParts = {
  readonly backup: () => BackupReport | null;
  readonly nowMs: () => number;
  /** The disk was full, and there is room again. */
  readonly onRoom: () => void;
};

const OLD_MS = 2 * DAY_MS;

export class Health {
  readonly #parts: HealthParts;
  readonly #startedMs: number;
  #isHeld = false;
  #damage: readonly string[] = [];

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#startedMs = parts.nowMs();
  }

  note(event: WriterEvent, outcome: Outcome): void {
    if (outcome.is === 'held') this.#isHeld = true;
    else if (this.#isHeld && event.type === 'look for room' && outcome.is === 'done') {
      this.#isHeld = false;
      this.#parts.onRoom();
    }
  }

  damaged(what: readonly string[]): void {
    this.#damage = what;
  }

  get damage(): readonly string[] {
    return this.#damage;
  }

  get backup(): BackupReport | null {
    return this.#parts.backup();
  }

  problems(): readonly HealthProblem[] {
    const last = this.#parts.backup();
    // a new server has two days for its first
    const sinceMs = this.#parts.nowMs() - (last?.atMs ?? this.#startedMs);
    const found: readonly (readonly [HealthProblem, boolean])[] = [
      ['disk_full', this.#isHeld],
      ['damaged', this.#damage.length > 0],
      ['backup_failed', last !== null && last.problems.length > 0],
      ['backup_old', sinceMs > OLD_MS],
    ];
    return found.filter(([, is]) => is).map(([name]) => name);
  }
}
