// The units of the stand-in for systemd, and what org.freedesktop.systemd1(5) says of them.
import type { BusValue } from '../../host/host.ts';

export const MANAGER_PATH = '/org/freedesktop/systemd1';

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
export const RUNNING: Played = {
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
export const pathOf = (name: string): string =>
  `${MANAGER_PATH}/unit/${name.replaceAll(/[^A-Za-z0-9]/g, (one) => `_${one.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;

export type Asked = { readonly answer?: readonly [string, readonly BusValue[]]; readonly error?: string };

export class PlayedUnits {
  readonly #played = new Map<string, Played>();
  readonly #paths = new Map<string, string>();

  /** It is there from now on, and as another runs but for these changes. */
  play(name: string, changes: Partial<Played> = {}): void {
    this.#played.set(name, { ...RUNNING, ...changes });
    this.#paths.set(pathOf(name), name);
  }

  get(name: string): Played | undefined {
    return this.#played.get(name);
  }

  delete(name: string): void {
    this.#played.delete(name);
  }

  /** @param path of the object that is asked; `args` as the method takes them */
  answer(member: string, path: string, args: readonly BusValue[]): Asked {
    switch (member) {
      case 'ListUnitFilesByPatterns':
        return { answer: ['a(ss)', [this.#unitFiles(args[0])]] };
      case 'ListUnitsByPatterns':
        return { answer: ['a(ssssssouso)', [this.#loaded()]] };
      case 'ListUnitsByNames':
        return { answer: ['a(ssssssouso)', [this.#named(args[0])]] };
      case 'Get':
        return this.#property(path, String(args[1]));
      default:
        return { error: 'org.freedesktop.DBus.Error.UnknownMethod' };
    }
  }

  #unitFiles(states: BusValue | undefined): readonly BusValue[] {
    const wanted = Array.isArray(states) ? states : [];
    return [...this.#played]
      .filter(([name, { unitFileState }]) => !name.includes('@') && wanted.includes(unitFileState))
      .map(([name, { unitFileState }]) => [`/usr/lib/systemd/system/${name}`, unitFileState]);
  }

  #loaded(): readonly BusValue[] {
    return [...this.#played.keys()].filter((name) => name.includes('@')).map((name) => this.#row(name));
  }

  #named(names: BusValue | undefined): readonly BusValue[] {
    return (Array.isArray(names) ? names : []).map((name: BusValue) => this.#row(String(name)));
  }

  #row(asked: string): BusValue {
    const [name, unit] = this.#played.has(asked)
      ? [asked, this.#played.get(asked)]
      : ([...this.#played].find(([, { alias }]) => alias === asked) ?? [asked, undefined]);
    const [load, active, sub] = unit
      ? [unit.loadState, unit.activeState, unit.subState]
      : ['not-found', 'inactive', 'dead'];
    return [name, `Description of ${name}`, load, active, sub, '', pathOf(name), 0, '', '/'];
  }

  #property(path: string, property: string): Asked {
    const unit = this.#played.get(this.#paths.get(path) ?? '');
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
}
