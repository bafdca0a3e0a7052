// All that one run has: a world, a server with its backups, and some machines.
import type { AgentLog } from '@fettle/agent/agent-report';
import { DAY_MS } from '@fettle/shared/time';

import type { Limits } from './body.ts';
import { Databases, type Files, templateOf } from './databases.ts';
import { SERVER_ID, identities } from './identities.ts';
import { type Bookmark, Ledger } from './ledger.ts';
import { Machine } from './machine.ts';
import { Random } from './random.ts';
import { SimServer } from './sim-server.ts';
import { World } from './world.ts';

type Backup = { readonly files: Files; readonly bookmark: Bookmark };

/** What a person who looks at one run is told. */
export type Told = { readonly onLine?: (line: string) => void; readonly isWireTold?: boolean };

let template: Files | undefined;

export class Site {
  readonly world = new World();
  readonly random: Random;
  readonly ledger = new Ledger((violation) => this.world.fail(violation));
  readonly machines: Machine[];
  readonly #told: Told;
  #databases: Databases;
  #server: SimServer | undefined;
  #backup: Backup;
  /** Behind those of the devices that are there from the start. */
  #ids = 1_000;
  serverWallOffMs = 0;
  isRestored = false;
  /** A clock was off by more than a year: what is kept for days is old then. */
  isCalendarWild = false;
  /** The agents have little room. */
  readonly keepsLittle: boolean;
  /** What the agents said of themselves that nobody expects. */
  readonly failures: string[] = [];

  constructor(seed: number, told: Told) {
    this.#told = told;
    this.random = new Random(seed);
    template ??= templateOf(
      SERVER_ID,
      identities.map(({ device }) => device),
    );
    this.#databases = new Databases(template);
    this.#backup = { files: template, bookmark: { alerts: 0, metrics: 0 } };
    const count = this.random.pick([1, 1, 2, 2, 3]);
    this.keepsLittle = this.random.chance(0.4);
    const limits = limitsOf(this.random, this.keepsLittle);
    this.machines = identities.slice(0, count).map(
      (identity) =>
        new Machine(
          {
            world: this.world,
            ledger: this.ledger,
            accept: (connection) => this.#server?.accept(connection),
            identity,
            limits,
            log: (entry) => this.#note(identity.device.hostname, entry),
          },
          this.random.fork(),
        ),
    );
  }

  /** For people: hours and minutes since the beginning. */
  get at(): string {
    return new Date(this.world.nowMs).toISOString().slice(11, 23);
  }

  get databases(): Databases {
    return this.#databases;
  }

  get server(): SimServer | undefined {
    return this.#server;
  }

  async start(): Promise<void> {
    this.startServer();
    for (const machine of this.machines) {
      void machine.start();
    }
    await this.world.run(1);
  }

  /** A copy of it is a machine like the others from here on. */
  clone(machine: Machine): void {
    void machine.makeClone(this.random.fork()).then((clone) => this.machines.push(clone));
  }

  startServer(): void {
    if (this.#server) return;
    this.#say('server starts');
    this.#server = new SimServer({
      world: this.world,
      random: this.random.fork(),
      ledger: this.ledger,
      databases: this.#databases,
      serverId: SERVER_ID,
      newId: (letter) => this.#newId(letter),
      wallOffMs: () => this.serverWallOffMs,
      hasOneHistory: (id) => this.machines.some((one) => one.device.id === id && !one.isCloned && !one.isRolledBack),
      onWire: this.#told.isWireTold ? (line) => this.#say(line) : undefined,
    });
    this.#server.onCrash = () => this.crashServer();
  }

  crashServer(): void {
    this.#say('server crashes');
    this.#server?.crash();
    this.#server = undefined;
  }

  takeBackup(): void {
    this.#backup = { files: this.#databases.copy(), bookmark: this.ledger.bookmark() };
  }

  /** The server goes on from its last backup. @param which one of its files, or both */
  restore(which: 'both' | 'fettle' | 'metrics'): void {
    this.crashServer();
    this.isRestored = true;
    const now = this.#databases.copy();
    const { files, bookmark } = this.#backup;
    const later = this.ledger.bookmark();
    this.#databases.close();
    this.#databases = new Databases({
      fettle: which === 'metrics' ? now.fettle : files.fettle,
      metrics: which === 'fettle' ? now.metrics : files.metrics,
    });
    this.ledger.rollBack({
      alerts: which === 'metrics' ? later.alerts : bookmark.alerts,
      metrics: which === 'fettle' ? later.metrics : bookmark.metrics,
    });
  }

  close(): void {
    this.#server?.crash();
    for (const machine of this.machines) {
      machine.body.kill();
      machine.forgetSnapshot();
    }
    this.#databases.close();
  }

  #say(line: string): void {
    this.#told.onLine?.(`${this.at} ${line}`);
  }

  #newId(letter: string): string {
    this.#ids += 1;
    return `${letter}_${String(this.#ids).padStart(22, '0')}`;
  }

  #note(name: string, entry: AgentLog): void {
    if (entry.event === 'failed' && !entry.detail.includes('ENOSPC')) this.failures.push(`${name}: ${entry.detail}`);
    this.#say(`${name} ${lineOf(entry)}`);
  }
}

/** Some agents have room for all of a run, some for little. */
const limitsOf = (random: Random, isSmall: boolean): Limits => ({
  segmentBytes: random.pick([2_048, 8_192, 65_536]),
  maxBytes: isSmall ? 48 * 1024 : 4 * 1024 * 1024,
  ackedAlerts: { maxBytes: isSmall ? 8 * 1024 : 1024 * 1024, maxAgeMs: 14 * DAY_MS },
});

const lineOf = (entry: AgentLog): string => {
  if (entry.event !== 'alert') return `${entry.event} ${'detail' in entry ? entry.detail : ''}`;
  const { change, rule, instance, severity } = entry.transition;
  return `${change} ${rule} ${instance} ${severity}`;
};
