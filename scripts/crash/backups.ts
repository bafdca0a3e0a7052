// The condition that fires and clears: backups that are fresh or too old, by the time of their files. No root, no mounts, and a
// change of twelve of them is a burst of transitions in one beat.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HOUR_MS, type Rng } from '@fettle/shared/time';

export const COUNT = 12;
/** backup.stale.server fires beyond 26 hours. */
export const RULE = 'backup.stale.server';
const STALE_MS = 30 * HOUR_MS;

const name = (index: number): string => `backup-${String(index + 1).padStart(2, '0')}`;

export class Backups {
  readonly #folder: string;
  readonly #isStale = Array.from({ length: COUNT }, () => false);

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const index of this.#isStale.keys()) {
      writeFileSync(this.#file(index), 'a backup');
      this.set(index, false);
    }
  }

  /** For agent.toml. */
  get config(): string {
    return this.#isStale
      .map(
        (_, index) =>
          `[[backup]]\nname = "${name(index)}"\nkind = "files"\npath = "${this.#file(index)}"\nmin_size = 1\n`,
      )
      .join('\n');
  }

  /** Which are too old now, in order. */
  get stale(): readonly string[] {
    return this.#isStale.flatMap((isStale, index) => (isStale ? [name(index)] : []));
  }

  set(index: number, isStale: boolean): void {
    const at = new Date(Date.now() - (isStale ? STALE_MS : 0));
    utimesSync(this.#file(index), at, at);
    this.#isStale[index] = isStale;
  }

  flip(rng: Rng): void {
    const index = Math.floor(rng() * COUNT);
    this.set(index, !this.#isStale[index]);
  }

  #file(index: number): string {
    return join(this.#folder, name(index));
  }
}
