// One transaction at a time on one file, with a savepoint per event inside.
import { codeOf, messageOf } from '@fettle/shared/error';

import type { Outcome, Result, WriterEvent } from '../domain/event.ts';
import { type Db, damageOf } from '../store/database.ts';
import { FileWatch } from '../store/file-watch.ts';

/** What the disk says when nothing can be written: not the event's fault. */
const UNAVAILABLE = /^SQLITE_(?:FULL|IOERR|BUSY|READONLY|CORRUPT|NOTADB|CANTOPEN|NOMEM|LOCKED)/;

/** A file was taken away under us. */
const GONE = 'FILE_GONE';

export const isFull = (outcome: Outcome | undefined): boolean =>
  outcome?.is === 'unavailable' && outcome.code === 'SQLITE_FULL';

export class Group {
  readonly #db: Db;
  readonly #watch: FileWatch;
  readonly #begin;
  readonly #commit;
  readonly #savepoint;
  readonly #release;
  readonly #rollback;
  #gone: string | undefined;

  constructor(db: Db) {
    this.#db = db;
    this.#watch = new FileWatch(db.name);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#savepoint = db.prepare('SAVEPOINT event');
    this.#release = db.prepare('RELEASE event');
    this.#rollback = db.prepare('ROLLBACK TO event');
  }

  /** @returns undefined when the group is on the disk; if not, why: then every event of it is that */
  commit<E extends WriterEvent>(
    events: readonly E[],
    results: Map<WriterEvent, Result>,
    apply: (event: E) => Result,
  ): Outcome | undefined {
    if (events.length === 0) return undefined;
    const outcome = this.#write(() => {
      for (const event of events) results.set(event, apply(event));
    });
    if (outcome) for (const event of events) results.set(event, { outcome, feed: [] });
    return outcome;
  }

  /** What goes wrong with one event undoes that event; what the disk refuses ends the group. */
  alone(apply: () => Outcome): Outcome {
    this.#savepoint.run();
    try {
      const outcome = apply();
      this.#release.run();
      return outcome;
    } catch (error) {
      if (UNAVAILABLE.test(codeOf(error))) throw error;
      this.#rollback.run();
      this.#release.run();
      return { is: 'refused', code: 'internal', message: messageOf(error) };
    }
  }

  #write(work: () => void): Outcome | undefined {
    if (this.#gone !== undefined) return goneOf(this.#gone);
    try {
      this.#begin.run();
      work();
      this.#commit.run();
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      return unavailable(error, this.#db.name);
    }
    this.#gone = this.#watch.gone();
    if (this.#gone === undefined) return undefined;
    this.#save();
    return goneOf(this.#gone);
  }

  /** What was acknowledged may stand only in a log that has lost its name: into the database with it, while there is one. */
  #save(): void {
    try {
      this.#db.pragma('wal_checkpoint(FULL)');
    } catch {
      // said already: nothing is acknowledged from here on
    }
  }
}

const goneOf = (path: string): Outcome => ({
  is: 'unavailable',
  code: GONE,
  message: `${path} was taken away or replaced while the server runs. Put nothing in its place: restart the server, then run fettle-server check.`,
});

const unavailable = (error: unknown, path: string): Outcome => {
  const code = codeOf(error);
  const message = damageOf(code, path) ?? messageOf(error);
  return { is: 'unavailable', message, ...(code === '' ? {} : { code }) };
};
