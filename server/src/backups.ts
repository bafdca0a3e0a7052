// Backups of a running server: one at a time, in a thread of their own, and what became of the last.

import { messageOf } from '@fettle/shared/error';
import { HOUR_MS } from '@fettle/shared/time';
import type { FastifyBaseLogger } from 'fastify';

import { listBackups } from './store/copies/backup-folder.ts';
import type { Keeping } from './store/copies/keep.ts';
import type { BackupOrder } from './store/copies/make-backup.ts';
import type { BackupAnswer } from './thread/backup.worker.ts';
import { type Errand, runErrand } from './thread/errand.ts';
import { workerFile } from './thread/files.ts';

export type BackupPlan = Keeping & { readonly folder: string };

export type BackupReport = {
  readonly atMs: number;
  readonly kind: 'hourly' | 'daily' | 'manual';
  /** Where it is; null when none could be made. */
  readonly path: string | null;
  /** Empty: it was tried, and can be restored. */
  readonly problems: readonly string[];
};

export type BackupParts = {
  readonly dataFolder: string;
  readonly plan: BackupPlan;
  readonly log: FastifyBaseLogger;
  readonly nowMs: () => number;
  /** The files in use are damaged. */
  readonly onDamage: (what: readonly string[]) => void;
};

export class Backups {
  readonly #parts: BackupParts;
  #last: BackupReport | null;
  #errand: Errand<BackupAnswer> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #atWorkCount = 0;
  #isClosed = false;

  constructor(parts: BackupParts) {
    this.#parts = parts;
    const [newest] = listBackups(parts.plan.folder);
    this.#last = newest
      ? { atMs: newest.madeMs, kind: newest.kind, path: newest.path, problems: newest.manifest.problems }
      : null;
  }

  /** Of this server or of one before it on the same folder. */
  get last(): BackupReport | null {
    return this.#last;
  }

  /** After the one that is at work; then an hourly one has nothing to add. Never throws: the report and the log say what went wrong. */
  make(kind: 'hourly' | 'daily'): Promise<void> {
    if (kind === 'hourly' && this.#atWorkCount > 0) return this.#queue;
    this.#atWorkCount += 1;
    this.#queue = this.#queue
      .then(() => this.#make(kind))
      .catch((err: unknown) => this.#parts.log.error({ err }, 'a backup came to no end'))
      .finally(() => (this.#atWorkCount -= 1));
    return this.#queue;
  }

  /** After a start: the one that was missed. */
  async makeIfMissed(): Promise<void> {
    const { nowMs } = this.#parts;
    const isFresh = this.#last !== null && this.#last.problems.length === 0 && nowMs() - this.#last.atMs < HOUR_MS;
    if (!isFresh) await this.make('hourly');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#errand?.stop();
    await this.#queue;
  }

  async #make(kind: 'hourly' | 'daily'): Promise<void> {
    if (this.#isClosed) return;
    const { dataFolder: from, plan, nowMs, log, onDamage } = this.#parts;
    const order: BackupOrder = { from, to: plan.folder, kind, keeping: plan, nowMs: nowMs() };
    this.#errand = runErrand<BackupOrder, BackupAnswer>(workerFile('backup'), order);
    const answer = await this.#errand.answer.catch((error: unknown) => ({
      problems: [messageOf(error)],
      notes: [],
      damage: [],
    }));
    if (this.#isClosed) return;
    const path = 'path' in answer ? (answer.path ?? null) : null;
    this.#last = { atMs: order.nowMs, kind, path, problems: answer.problems };
    if (answer.damage.length > 0) onDamage(answer.damage);
    if (answer.notes.length > 0)
      log.error(
        { notes: answer.notes, path },
        'the data do not fit together, and so in the backup: fettle-server check',
      );
    if (answer.problems.length > 0) log.error({ problems: answer.problems, path }, 'the backup is not to be relied on');
    else log.debug({ path }, 'a backup was made, and tried');
  }
}
