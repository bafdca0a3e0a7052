// Both databases of a server in memory. What a transaction has committed stays, whoever is killed; a backup is a copy of the bytes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Device } from '@fettle/server/domain/device';
import { type FettleStore, fettleFrom, openFettle } from '@fettle/server/store/fettle';
import { type MetricsStore, metricsFrom, openMetrics } from '@fettle/server/store/metrics';

export type Files = { readonly fettle: Buffer; readonly metrics: Buffer };

type Name = keyof Files;
const NAMES = ['fettle', 'metrics'] as const satisfies Name[];
type Transaction = 'BEGIN IMMEDIATE' | 'COMMIT';

/** Of what comes to it: its row is written and then fails, so that the whole event must be undone. */
export const UNKEEPABLE = '/unkeepable';

export class Databases {
  readonly fettle: FettleStore;
  readonly metrics: MetricsStore;

  readonly #refused = new Set<string>();
  readonly #full = new Set<Name>();

  constructor(files: Files) {
    this.fettle = withBrokenRow(fettleFrom(files.fettle));
    this.metrics = metricsFrom(files.metrics);
    for (const name of NAMES) this.#watch(name);
  }

  /** The disk does not take it when a file comes to this. Without arguments it takes everything again. */
  refuse(name?: Name, statement?: Transaction): void {
    if (name && statement) this.#refused.add(`${name} ${statement}`);
    else this.#refused.clear();
  }

  copy(): Files {
    return { fettle: this.fettle.db.serialize(), metrics: this.metrics.db.serialize() };
  }

  /** These have room for not one page more, and may not be written into those that they have; the others have all they like. */
  setFull(full: readonly Name[]): void {
    for (const name of NAMES) {
      const { db } = this[name];
      const isFull = full.includes(name);
      if (isFull) this.#full.add(name);
      else this.#full.delete(name);
      db.pragma(`max_page_count = ${isFull ? Number(db.pragma('page_count', { simple: true })) : 2 ** 30}`);
    }
  }

  close(): void {
    this.fettle.db.close();
    this.metrics.db.close();
  }

  /** What begins and ends transactions is prepared from now on, by the writer. */
  #watch(name: Name): void {
    const { db } = this[name];
    const prepare = db.prepare.bind(db);
    Object.defineProperty(db, 'prepare', {
      value: (source: string) => {
        const statement = prepare(source);
        if (source !== 'BEGIN IMMEDIATE' && source !== 'COMMIT') return statement;
        const run = statement.run.bind(statement);
        const refusing = () => {
          if (source === 'COMMIT' && this.#full.has(name)) throw diskError('SQLITE_FULL');
          if (this.#refused.has(`${name} ${source}`)) throw diskError('SQLITE_IOERR_WRITE');
          return run();
        };
        return Object.assign(statement, { run: refusing });
      },
    });
  }
}

const diskError = (code: string): Error => Object.assign(new Error(code), { code });

/** One row that cannot be kept, after it was written: as a constraint, a trigger or a bug would have it. */
const withBrokenRow = (store: FettleStore): FettleStore => ({
  ...store,
  alerts: {
    ...store.alerts,
    put: (alert) => {
      store.alerts.put(alert);
      if (alert.instance === UNKEEPABLE) throw new Error('this row cannot be kept');
    },
  },
});

/** Made once: migrated, with a site and these devices. */
export const templateOf = (serverId: string, devices: readonly Device[]): Files => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-sim-'));
  try {
    const fettle = openFettle(folder);
    const metrics = openMetrics(folder);
    fettle.tenants.putMeta('server_id', serverId);
    fettle.tenants.put('acme', 'Acme', 'ACME');
    fettle.tenants.putSite('office', 'acme', 'Office');
    for (const device of devices) fettle.devices.put(device);
    // a file with a log beside it cannot be opened from its bytes
    for (const { db } of [fettle, metrics]) db.pragma('journal_mode = DELETE');
    const files = { fettle: fettle.db.serialize(), metrics: metrics.db.serialize() };
    fettle.db.close();
    metrics.db.close();
    return files;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
