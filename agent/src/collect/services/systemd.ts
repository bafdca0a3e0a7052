// systemd's manager on the bus: the few questions asked of it, and the few signals wanted from it. org.freedesktop.systemd1(5).
import { type Bus, type BusSignal, type BusValue, type Host, HostError } from '../../host/host.ts';
import { type Listed, parseUnitFiles, parseUnits } from './bus.parse.ts';

const SYSTEMD = 'org.freedesktop.systemd1';
const MANAGER = `${SYSTEMD}.Manager`;
const MANAGER_PATH = '/org/freedesktop/systemd1';
const UNIT = `${SYSTEMD}.Unit`;
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const DAEMON = 'org.freedesktop.DBus';

/**
 * All that is let through, so that little wakes the agent. A unit tells that it changed before it is removed, and a job's end
 * changes its unit: neither UnitNew and UnitRemoved nor JobNew and JobRemoved, which come for every session, mount and device,
 * would say more.
 */
const MATCHES = [
  `type='signal',sender='${SYSTEMD}',interface='${PROPERTIES}',member='PropertiesChanged',path_namespace='${MANAGER_PATH}/unit',arg0='${UNIT}'`,
  `type='signal',sender='${SYSTEMD}',interface='${MANAGER}',member='UnitFilesChanged',path='${MANAGER_PATH}'`,
  `type='signal',sender='${SYSTEMD}',interface='${MANAGER}',member='Reloading',path='${MANAGER_PATH}'`,
  `type='signal',sender='${DAEMON}',interface='${DAEMON}',member='NameOwnerChanged',path='/org/freedesktop/DBus',arg0='${SYSTEMD}'`,
];

export type SystemdListener = {
  /** A unit is not what it was. @param path its object */
  readonly onUnit: (path: string, signal: BusSignal) => void;
  /** What is enabled may be different. */
  readonly onUnitFiles: () => void;
  /** Nobody answers here any more. */
  readonly onEnd: () => void;
};

export class Systemd {
  readonly #bus: Bus;

  private constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** systemd sends nothing before Subscribe, and for as long as the connection lasts afterwards. @throws HostError */
  static async open(host: Host, listener: SystemdListener): Promise<Systemd> {
    let owner = '';
    const bus = await host.systemBus.connect({
      onSignal: (signal) => tell(signal, owner, listener),
      onEnd: () => listener.onEnd(),
    });
    try {
      for (const match of MATCHES) await askDaemon(bus, 'AddMatch', match);
      const [name] = await askDaemon(bus, 'GetNameOwner', SYSTEMD);
      owner = typeof name === 'string' ? name : '';
      const systemd = new Systemd(bus);
      await systemd.#ask('Subscribe');
      return systemd;
    } catch (error) {
      bus.close();
      throw error;
    }
  }

  close(): void {
    this.#bus.close();
  }

  /** Services whose unit files are in one of these states. @throws HostError */
  async unitFiles(states: readonly string[]): Promise<readonly string[]> {
    return parseUnitFiles(await this.#ask('ListUnitFilesByPatterns', 'asas', [states, ['*.service']]));
  }

  /** Those that are loaded and called so. @throws HostError */
  async loaded(pattern: string): Promise<readonly Listed[]> {
    return parseUnits(await this.#ask('ListUnitsByPatterns', 'asas', [[], [pattern]]));
  }

  /** Loaded for the moment where they are not. @throws HostError */
  async named(names: readonly string[]): Promise<readonly Listed[]> {
    return parseUnits(await this.#ask('ListUnitsByNames', 'as', [names]));
  }

  /** @param of 'Unit' or 'Service'. @returns undefined where there is no such unit or property. @throws HostError */
  async property(path: string, of: 'Unit' | 'Service', name: string): Promise<BusValue | undefined> {
    const call = { destination: SYSTEMD, path, interface: PROPERTIES, member: 'Get' };
    try {
      const [value] = await this.#bus.call({ ...call, signature: 'ss', args: [`${SYSTEMD}.${of}`, name] });
      return value;
    } catch (error) {
      if (error instanceof HostError && error.code === 'no_hardware') return undefined;
      throw error;
    }
  }

  #ask(member: string, signature?: string, args?: readonly BusValue[]): Promise<readonly BusValue[]> {
    const what = { destination: SYSTEMD, path: MANAGER_PATH, interface: MANAGER, member };
    return this.#bus.call({ ...what, ...(signature !== undefined && { signature }), ...(args && { args }) });
  }
}

const askDaemon = (bus: Bus, member: string, text: string): Promise<readonly BusValue[]> =>
  bus.call({
    destination: DAEMON,
    path: '/org/freedesktop/DBus',
    interface: DAEMON,
    member,
    signature: 's',
    args: [text],
  });

/** Anybody may send a signal to anybody: only what comes from systemd itself, or from the bus, counts. */
const tell = (signal: BusSignal, owner: string, listener: SystemdListener): void => {
  const { member, sender, path } = signal;
  if (sender === DAEMON && member === 'NameOwnerChanged') return listener.onEnd();
  if (sender !== owner) return;
  if (member === 'PropertiesChanged') listener.onUnit(path, signal);
  else if (member === 'UnitFilesChanged' || (member === 'Reloading' && isDone(signal))) listener.onUnitFiles();
};

/** Reloading is told when it begins, with true, and when it is over. */
const isDone = (signal: BusSignal): boolean => signal.body()[0] === false;
