// A stand-in for systemd on a real message bus, which says what org.freedesktop.systemd1(5) says, and a collector that asks it.
import { once } from 'node:events';
import { type Socket, createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { NOTHING_DECLARED } from '../../config/config.ts';
import type { Declared } from '../../config/declared.schema.ts';
import { BusMachine } from '../../host/bus/fixture.ts';
import { KIND, type Message, type Outgoing, Splitter, messageBytes } from '../../host/bus/message.ts';
import { systemClock } from '../../host/clock.ts';
import type { BusValue, Host } from '../../host/host.ts';
import type { Collector, Reading } from '../collector.ts';
import { hostAt } from '../fixture.ts';
import { type Asked, MANAGER_PATH, type Played, PlayedUnits, RUNNING, pathOf } from './played-units.ts';
import { services } from './services.ts';

const DAEMON = 'org.freedesktop.DBus';
const SYSTEMD = 'org.freedesktop.systemd1';

/** The stand-in. It answers as systemd does, or holds its tongue. */
export class PlayedSystemd {
  readonly units = new PlayedUnits();
  /** Members called so far. */
  readonly calls: string[] = [];
  /** Members that get no answer. */
  readonly mute = new Set<string>();
  /** In place of what it would answer: what goes out as it is. */
  garbage: Buffer | undefined;
  /** Connections that called Subscribe. */
  readonly subscribers = new Set<string>();
  readonly #answered = new Map<number, () => void>();
  #socket: Socket | undefined;
  #serial = 0;
  #changes = 0n;

  /** @param name that it asks the bus for */
  async connect(socketPath: string, name = SYSTEMD): Promise<void> {
    const socket = createConnection({ path: socketPath });
    const splitter = new Splitter();
    this.#serial = 0;
    this.#socket = socket;
    socket.on('error', () => undefined); // a bus that is killed
    socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString('hex')}\r\n`);
    await once(socket, 'data');
    socket.write('BEGIN\r\n');
    socket.on('data', (piece: Buffer) => {
      for (const message of splitter.push(piece)) {
        if (message.kind === KIND.call) this.#onCall(message);
        if (message.kind === KIND.answer) this.#answered.get(message.answers)?.();
      }
    });
    await this.#askDaemon({ member: 'Hello' });
    await this.#askDaemon({ member: 'RequestName', signature: 'su', args: [name, 0] });
  }

  /** All that was sent so far has been passed on by the bus. */
  passedOn(): Promise<void> {
    return this.#askDaemon({ member: 'GetId' });
  }

  #askDaemon(call: Partial<Outgoing>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const path = '/org/freedesktop/DBus';
    const serial = this.#send({ kind: KIND.call, destination: DAEMON, path, interface: DAEMON, ...call });
    this.#answered.set(serial, resolve);
    return promise;
  }

  /** Leaves the bus, as systemd does when it executes itself anew. */
  disconnect(): void {
    this.#socket?.destroy();
    this.subscribers.clear();
  }

  play(name: string, changes: Partial<Played> = {}): void {
    this.units.play(name, changes);
  }

  /** It changes, and whoever subscribed is told. */
  change(name: string, changes: Partial<Played>): void {
    this.play(name, { ...this.units.get(name), ...changes });
    this.#changes += 1n;
    this.tellUnit(name);
  }

  /** PropertiesChanged of both interfaces, as of a unit whose status text changed. @param to one connection alone */
  tellUnit(name: string, to?: string): void {
    const unit = this.units.get(name) ?? RUNNING;
    const changed = [
      ['ActiveState', ['s', unit.activeState]],
      ['SubState', ['s', unit.subState]],
      ['StateChangeTimestampMonotonic', ['t', this.#changes]],
      ['ConditionResult', ['b', unit.conditionResult]],
      ['ConditionTimestampMonotonic', ['t', 1n]],
      ['Job', ['(uo)', [0, '/']]],
    ];
    const service = [
      ['NRestarts', ['u', unit.restarts]],
      ['StatusText', ['s', 'Processing requests…']],
    ];
    for (const [of, properties] of [
      ['Service', service],
      ['Unit', changed],
    ] as const) {
      this.#signal({
        path: pathOf(name),
        interface: 'org.freedesktop.DBus.Properties',
        member: 'PropertiesChanged',
        signature: 'sa{sv}as',
        args: [`${SYSTEMD}.${of}`, properties, []],
        ...(to !== undefined && { destination: to }),
      });
    }
  }

  tellManager(member: string, signature = '', args: readonly BusValue[] = []): void {
    this.#signal({ path: MANAGER_PATH, interface: `${SYSTEMD}.Manager`, member, signature, args });
  }

  #signal(signal: Omit<Outgoing, 'serial' | 'kind'>): void {
    if (this.subscribers.size === 0 && signal.destination === undefined) return;
    this.#send({ kind: KIND.signal, ...signal });
  }

  #onCall(message: Message): void {
    this.calls.push(message.member);
    if (this.mute.has(message.member)) return;
    if (this.garbage) return void this.#socket?.write(this.garbage);
    const { answer: [signature, args] = ['', []], error } = this.#answer(message);
    const to = { destination: message.sender, answers: message.serial };
    if (error === undefined) this.#send({ kind: KIND.answer, ...to, signature, args });
    else this.#send({ kind: KIND.error, ...to, errorName: error, signature: 's', args: ['no such thing'] });
  }

  #answer(message: Message): Asked {
    if (message.member !== 'Subscribe') return this.units.answer(message.member, message.path, message.body());
    this.subscribers.add(message.sender);
    return {};
  }

  #send(message: Omit<Outgoing, 'serial'>): number {
    this.#serial += 1;
    this.#socket?.write(messageBytes({ ...message, serial: this.#serial }));
    return this.#serial;
  }
}

/** A machine with the stand-in on its bus, and the collector that the test is about. */
export class ServicesOnBus {
  readonly machine = new BusMachine();
  readonly collector = services();
  systemd = new PlayedSystemd();
  /** How often the collector told that there is news. */
  changes = 0;

  async start(): Promise<void> {
    await this.machine.start();
    await this.systemd.connect(this.machine.socketPath);
    this.collector.watch?.(() => {
      this.changes += 1;
    });
  }

  async remove(): Promise<void> {
    await this.machine.remove(); // first: a daemon must not outlive a test that failed
    this.collector.close?.();
    this.systemd.disconnect();
  }

  host(declared: Partial<Declared> = {}): Host {
    return { ...hostAt(this.machine.root), declared: { ...NOTHING_DECLARED, ...declared } };
  }

  read(host = this.host()): Promise<Reading> {
    return read(this.collector, host);
  }
}

export const read = (collector: Collector, host: Host): Promise<Reading> =>
  collector.collect(host, { monoMs: systemClock.monoMs(), signal: new AbortController().signal });
export const stateOf = ({ samples }: Reading): Record<string, number> =>
  Object.fromEntries(
    samples
      .filter(({ metric }) => metric === 'fettle.service.state')
      .map(({ attributes, value }) => [attributes['fettle.service.name'] ?? '', value]),
  );
export const restartsOf = ({ samples }: Reading, name: string): number | undefined =>
  samples.find(
    ({ metric, attributes }) => metric === 'fettle.service.restarts' && attributes['fettle.service.name'] === name,
  )?.value;
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come to it');
    await sleep(5);
  }
};

/** What the child says in these tests: of nginx another state than the bus. */
export const CHILD_ANSWER = {
  source: '/usr/bin/systemctl',
  samples: [{ metric: 'fettle.service.state', attributes: { 'fettle.service.name': 'nginx' }, value: 4 }],
  partial: [],
  sections: [],
  cost: { cpuMs: 5, children: 2, bytes: 100 },
};
