// The server's core: real sessions, real writer, real rules of presence, on databases in memory, connections and time of the simulation.
import type { Result, WriterEvent } from '@fettle/server/domain/event';
import { absenceRule, silenceIn } from '@fettle/server/domain/rule-book';
import { Claims } from '@fettle/server/ingest/claims';
import { Fleet } from '@fettle/server/ingest/fleet';
import { Pressure } from '@fettle/server/ingest/pressure';
import { type Ingest, Session } from '@fettle/server/ingest/session';
import { DEAD_MS, HELLO_MS, PING_MS } from '@fettle/server/ingest/sockets';
import { lookAtPresence, writeSeen } from '@fettle/server/jobs/presence';
import { SelfCheck } from '@fettle/server/jobs/self-check';
import { answers } from '@fettle/server/store/answers';
import type { Ask, Kind, Questions } from '@fettle/server/store/questions';
import { Writer } from '@fettle/server/writer';
import { type Cancel, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { type Welcome, serverMessage } from '@fettle/shared/wire/server-message.schema';

import type { Databases } from './databases.ts';
import type { Ledger } from './ledger.ts';
import type { Accepted, Connection } from './network.ts';
import type { Random } from './random.ts';
import { INTERVALS, book, times } from './settings.ts';
import { SimCommitter } from './sim-committer.ts';
import type { World } from './world.ts';

/** Where the writer is killed, when it next writes what an agent told. */
export type Doom = 'before the group' | 'between the files' | 'before the answer';

export type ServerParts = {
  readonly world: World;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly databases: Databases;
  readonly serverId: string;
  readonly newId: (letter: string) => string;
  /** How far its wall clock is off. */
  readonly wallOffMs: () => number;
  /** Of a device that was never two, by a clone or a snapshot: there a number names one record. */
  readonly hasOneHistory: (device: string) => boolean;
  /** Told of every message, for a person who looks at one run. */
  readonly onWire: ((line: string) => void) | undefined;
};

type Link = { readonly connection: Connection; readonly session: Session; aliveMs: number };

export class SimServer {
  readonly #parts: ServerParts;
  readonly #fleet = new Fleet();
  readonly #pressure = new Pressure();
  readonly #links = new Set<Link>();
  readonly #claims: Claims<Session>;
  readonly #committer: SimCommitter;
  readonly #writer: Writer;
  readonly #cancels: Cancel[] = [];
  readonly #startedMs: number;
  #isDead = false;
  /** Readings are not taken, because the disk is full. */
  #isHolding = false;
  /** The next group of what agents told fails as it is committed. */
  isDiskFailing = false;
  /** By so many records the next welcome is behind what is durable. */
  olderMarks = 0;
  doom: Doom | undefined;
  /** One group takes this long. */
  stallMs = 0;
  /** Called when its doom has come. */
  onCrash: () => void = () => undefined;

  constructor(parts: ServerParts) {
    const { world, databases, newId } = parts;
    this.#parts = parts;
    this.#claims = new Claims((ms) => new Promise<void>((resolve) => void world.after(ms, resolve)));
    this.#writer = new Writer({ fettle: databases.fettle, metrics: databases.metrics, times, book, newId });
    this.#committer = new SimCommitter({
      world,
      diskMs: () => this.#diskMs(),
      write: (events) => this.#write(events),
      isDead: () => this.#isDead,
    });
    this.#startedMs = this.#nowMs();
    const alerting = new Set(databases.fettle.alerts.devicesAlerting(absenceRule(book)?.id ?? ''));
    for (const device of databases.fettle.devices.all()) this.#fleet.add(device, alerting);
    this.#startJobs();
  }

  get connections(): readonly Connection[] {
    return [...this.#links].map(({ connection }) => connection);
  }

  isConnected(device: string): boolean {
    return this.#fleet.get(device)?.facts.isConnected ?? false;
  }

  readonly accept = (connection: Connection): Accepted | undefined => {
    if (this.#isDead) return undefined;
    const { world, random } = this.#parts;
    let link: Link | undefined;
    const device = () => link?.session.device ?? '';
    const outward = {
      send: (text: string) => {
        if (this.#isDead) return;
        this.#parts.onWire?.(`to ${device().slice(-1)} ${text.slice(0, WIRE_MAX)}`);
        connection.send(this.#said(device(), text));
      },
      close: (_code: number, reason: string) => connection.close(reason),
      ping: (mark: string) => connection.ping(mark),
    };
    const session = new Session(this.#ingest, outward, random.text(32));
    const opened: Link = { connection, session, aliveMs: world.nowMs };
    link = opened;
    this.#links.add(opened);
    world.after(HELLO_MS, () => {
      if (!session.isGreeted && !this.#isDead) session.refuse('malformed', 'No hello within 5 s.');
    });
    return {
      onData: (data) => {
        if (this.#isDead) return;
        opened.aliveMs = world.nowMs;
        this.#parts.onWire?.(
          `of ${device().slice(-1)} ${typeof data === 'string' ? data.slice(0, WIRE_MAX) : frameText(data)}`,
        );
        if (typeof data === 'string') session.onText(data);
        else session.onBinary(data);
      },
      onPong: (mark) => {
        if (this.#isDead) return;
        opened.aliveMs = world.nowMs;
        session.onPong(mark);
      },
      onGone: () => this.#gone(opened),
    };
  };

  /** Its process is gone; what it had connected, its kernel resets. */
  crash(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    for (const cancel of this.#cancels) cancel();
    for (const { connection } of this.#links) connection.reset('server');
  }

  get #ingest(): Ingest {
    const { serverId } = this.#parts;
    return {
      serverId,
      bookFor: () => book,
      fleet: this.#fleet,
      ask: this.#ask,
      commit: this.#committer.commit,
      pressure: this.#pressure,
      intervals: () => INTERVALS,
      nowMs: () => this.#nowMs(),
      count: () => undefined,
      onReadings: () => undefined,
      claims: this.#claims,
    };
  }

  /** @returns what is sent of it */
  #said(device: string, text: string): string {
    if (!/^\{"type":"(?:ack|welcome)"/.test(text)) return text;
    const message = serverMessage.parse(JSON.parse(text));
    if (message.type === 'ack') this.#parts.ledger.acked(device, message);
    const isOlder = message.type === 'welcome' && this.olderMarks > 0 && this.#parts.hasOneHistory(device);
    return isOlder ? this.#olderWelcome(message) : text;
  }

  /** As from a server that has forgotten the last records, and not what was before them. */
  #olderWelcome(welcome: Welcome): string {
    const { alerts, metrics } = welcome.marks;
    const older = this.olderMarks;
    this.olderMarks = 0;
    const lower = (mark: typeof alerts) =>
      mark && mark.seq > older ? { ...mark, seq: mark.seq - older, hash: '' } : mark;
    return JSON.stringify({ ...welcome, marks: { alerts: lower(alerts), metrics: lower(metrics) } });
  }

  #gone(link: Link): void {
    this.#links.delete(link);
    const device = link.session.onClose();
    if (this.#isDead || device === undefined || !this.#claims.release(device, link.session)) return;
    this.#fleet.disconnected(device);
  }

  readonly #ask: Ask = <K extends Kind>(kind: K, actor: Parameters<Ask>[1], question: Questions[K]['ask']) => {
    const { promise, resolve } = Promise.withResolvers<Questions[K]['answer']>();
    this.#parts.world.after(1, () => {
      if (!this.#isDead) resolve(answers[kind](this.#parts.databases, actor, question));
    });
    return promise;
  };

  #nowMs(): number {
    return this.#parts.world.wallMs() + this.#parts.wallOffMs();
  }

  #diskMs(): number {
    const stallMs = this.stallMs;
    this.stallMs = 0;
    return stallMs + this.#parts.random.between(1, 8);
  }

  #write(events: readonly WriterEvent[]): readonly Result[] {
    const doom = events.some(isTold) ? this.doom : undefined;
    if (doom === 'before the group') {
      this.onCrash();
      return [];
    }
    const results = this.#commit(events, doom);
    if (results.some(({ outcome }) => outcome.is === 'held')) this.#isHolding = true;
    this.#parts.ledger.committed(events, results, this.#parts.databases);
    if (doom) this.onCrash();
    return results;
  }

  #commit(events: readonly WriterEvent[], doom: Doom | undefined): readonly Result[] {
    const { databases } = this.#parts;
    if (doom === 'between the files') databases.refuse('fettle', 'BEGIN IMMEDIATE');
    if (this.isDiskFailing && events.some(isTold)) {
      this.isDiskFailing = false;
      for (const file of ['fettle', 'metrics'] as const) databases.refuse(file, 'COMMIT');
    }
    const results = this.#writer.commit(events, this.#nowMs());
    databases.refuse();
    return results;
  }

  #startJobs(): void {
    const { world } = this.#parts;
    const commit = this.#committer.commit;
    const presence = {
      commit,
      members: () => this.#fleet.all(),
      watch: (id: string, sinceMs: number) => this.#fleet.watchOf(id, sinceMs),
      heard: (id: string, atMs: number) => this.#fleet.heard(id, atMs),
      moved: (id: string, change: Parameters<Fleet['moved']>[1]) => this.#fleet.moved(id, change),
      context: () => ({ nowMs: this.#nowMs(), times, startedMs: this.#startedMs }),
      silence: () => silenceIn(book),
      selfCheck: new SelfCheck({
        members: () => this.#fleet.all(),
        connected: () => this.#fleet.connectedCount,
        commit,
      }),
    };
    this.#cancels.push(
      world.every(PING_MS, () => this.#lookAtLinks()),
      world.every(30 * SECOND_MS, () => lookAtPresence(presence)),
      world.every(MINUTE_MS, () => void commit({ type: 'due' })),
      world.every(2 * MINUTE_MS, () => void writeSeen(presence)),
      world.every(30 * SECOND_MS, () => void this.#lookForRoom()),
    );
  }

  async #lookForRoom(): Promise<void> {
    if (!this.#isHolding) return;
    const outcome = await this.#committer.commit({ type: 'look for room' });
    if (outcome.is !== 'done') return;
    this.#isHolding = false;
    for (const { session } of this.#links) session.release();
  }

  #lookAtLinks(): void {
    const { nowMs } = this.#parts.world;
    for (const link of this.#links) {
      if (nowMs - link.aliveMs <= DEAD_MS) link.connection.ping();
      else {
        link.connection.reset('server');
        this.#gone(link);
      }
    }
  }
}

/** Of a message, for people. */
const WIRE_MAX = 160;

const frameText = (bytes: Uint8Array): string => `frame ${bytes[0]}, ${bytes[1]}, ${bytes.length} bytes`;

const TOLD: ReadonlySet<WriterEvent['type']> = new Set(['record', 'batch', 'thinned', 'metric gap']);

const isTold = ({ type }: WriterEvent): boolean => TOLD.has(type);
