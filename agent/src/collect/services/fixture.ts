// A message bus of its own (Debian's dbus-daemon on a private socket) and, on it, a stand-in for systemd that says what
// org.freedesktop.systemd1(5) says: the daemon refuses whatever is not D-Bus, and applies its own policy and match rules.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Socket, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KIND, type Message, type Outgoing, Splitter, messageBytes } from '../../host/bus/message.ts';
import type { BusValue } from '../../host/host.ts';

const DBUS_DAEMON = '/usr/bin/dbus-daemon';
const DAEMON = 'org.freedesktop.DBus';
const SYSTEMD = 'org.freedesktop.systemd1';
const MANAGER_PATH = '/org/freedesktop/systemd1';

/** A machine with systemd whose bus can be started and killed. */
export class BusMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'fettle-bus-'));
  #daemon: ReturnType<typeof spawn> | undefined;

  constructor() {
    mkdirSync(join(this.root, 'run/systemd/system'), { recursive: true });
    mkdirSync(join(this.root, 'run/dbus'), { recursive: true });
  }

  get socketPath(): string {
    return join(this.root, 'run/dbus/system_bus_socket');
  }

  /** @param policy more rules, after those that allow everything */
  async start(policy = ''): Promise<void> {
    const file = join(this.root, 'bus.conf');
    writeFileSync(file, configuration(this.socketPath, policy));
    const daemon = spawn(DBUS_DAEMON, [`--config-file=${file}`, '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'], // it complains of limits that only root may set
    });
    this.#daemon = daemon;
    const started = once(daemon.stdout, 'data').then(() => true);
    const failed = once(daemon, 'exit').then(() => false);
    if (!(await Promise.race([started, failed]))) throw new Error('dbus-daemon did not start');
  }

  async kill(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    rmSync(this.socketPath, { force: true });
  }

  async remove(): Promise<void> {
    await this.kill();
    if (existsSync(this.root)) rmSync(this.root, { recursive: true });
  }
}

const configuration = (socket: string, policy: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    ${policy}
  </policy>
</busconfig>
`;

export type Played = {
  readonly activeState: string;
  readonly subState: string;
  readonly loadState: string;
  readonly unitFileState: string;
  readonly type: string;
  readonly remainsAfterExit: boolean;
  readonly wantedBy: readonly string[];
  readonly triggeredBy: readonly string[];
  readonly conditionResult: boolean;
  readonly restarts: number;
  /** Another name of the same unit. */
  readonly alias?: string;
};

/** A service that starts with the machine and runs. */
const RUNNING: Played = {
  activeState: 'active',
  subState: 'running',
  loadState: 'loaded',
  unitFileState: 'enabled',
  type: 'notify',
  remainsAfterExit: false,
  wantedBy: ['multi-user.target'],
  triggeredBy: [],
  conditionResult: true,
  restarts: 0,
};

/** sd_bus_path_encode(3): all but letters and digits as _ and two digits. */
const pathOf = (name: string): string =>
  `${MANAGER_PATH}/unit/${name.replaceAll(/[^A-Za-z0-9]/g, (one) => `_${one.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;

type Asked = { readonly answer?: readonly [string, readonly BusValue[]]; readonly error?: string };

/** The stand-in. It answers as systemd does, or holds its tongue. */
export class PlayedSystemd {
  readonly units = new Map<string, Played>();
  /** Members called so far. */
  readonly calls: string[] = [];
  /** Members that get no answer. */
  readonly mute = new Set<string>();
  /** In place of what it would answer: what goes out as it is. */
  garbage: Buffer | undefined;
  /** Connections that called Subscribe. */
  readonly subscribers = new Set<string>();
  readonly #paths = new Map<string, string>();
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
    this.units.set(name, { ...RUNNING, ...changes });
    this.#paths.set(pathOf(name), name);
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
    const args = message.body();
    switch (message.member) {
      case 'Subscribe':
        this.subscribers.add(message.sender);
        return {};
      case 'ListUnitFilesByPatterns':
        return { answer: ['a(ss)', [this.#unitFiles(args[0])]] };
      case 'ListUnitsByPatterns':
        return { answer: ['a(ssssssouso)', [this.#loaded()]] };
      case 'ListUnitsByNames':
        return { answer: ['a(ssssssouso)', [this.#named(args[0])]] };
      case 'Get':
        return this.#property(message.path, String(args[1]));
      default:
        return { error: 'org.freedesktop.DBus.Error.UnknownMethod' };
    }
  }

  #unitFiles(states: BusValue | undefined): readonly BusValue[] {
    const wanted = Array.isArray(states) ? states : [];
    return [...this.units]
      .filter(([name, { unitFileState }]) => !name.includes('@') && wanted.includes(unitFileState))
      .map(([name, { unitFileState }]) => [`/usr/lib/systemd/system/${name}`, unitFileState]);
  }

  #loaded(): readonly BusValue[] {
    return [...this.units.keys()].filter((name) => name.includes('@')).map((name) => this.#row(name));
  }

  #named(names: BusValue | undefined): readonly BusValue[] {
    return (Array.isArray(names) ? names : []).map((name: BusValue) => this.#row(String(name)));
  }

  #row(asked: string): BusValue {
    const [name, unit] = this.units.has(asked)
      ? [asked, this.units.get(asked)]
      : ([...this.units].find(([, { alias }]) => alias === asked) ?? [asked, undefined]);
    const [load, active, sub] = unit
      ? [unit.loadState, unit.activeState, unit.subState]
      : ['not-found', 'inactive', 'dead'];
    return [name, `Description of ${name}`, load, active, sub, '', pathOf(name), 0, '', '/'];
  }

  #property(path: string, property: string): Asked {
    const unit = this.units.get(this.#paths.get(path) ?? '');
    if (!unit) return { error: 'org.freedesktop.DBus.Error.UnknownObject' };
    const values: Readonly<Record<string, readonly [string, BusValue]>> = {
      UnitFileState: ['s', unit.unitFileState],
      WantedBy: ['as', unit.wantedBy],
      RequiredBy: ['as', []],
      TriggeredBy: ['as', unit.triggeredBy],
      ConditionResult: ['b', unit.conditionResult],
      Type: ['s', unit.type],
      RemainAfterExit: ['b', unit.remainsAfterExit],
      NRestarts: ['u', unit.restarts],
    };
    const value = values[property];
    return value ? { answer: ['v', [value]] } : { error: 'org.freedesktop.DBus.Error.UnknownProperty' };
  }

  #send(message: Omit<Outgoing, 'serial'>): number {
    this.#serial += 1;
    this.#socket?.write(messageBytes({ ...message, serial: this.#serial }));
    return this.#serial;
  }
}
