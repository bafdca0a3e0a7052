// Services as systemd tells of them on the bus. What a unit is, is asked once and again when it changes; each minute only the
// states are asked, of all at once.
import { HOUR_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type BusSignal, type Host, HostError } from '../../host/host.ts';
import type { Moment, Reading } from '../collector.ts';
import { type Listed, isListed, stampOf } from './bus.parse.ts';
import { Systemd } from './systemd.ts';
import { type Unit, declaredNames, missingReasons, readingOf, startsByItself } from './unit.parse.ts';

/** Known by their files or as instances; of each it must be asked what it is. */
const CANDIDATES_MAX = 1_000;
/** Asked about at once, four questions each, then four at most: a connection may wait for 128 answers (dbus-daemon(1), max_replies_per_connection). */
const AT_ONCE = 16;
/** Signals tell of every change; this is for the one that was lost. */
const LIST_AGAIN_MS = HOUR_MS;
const ENABLED = ['enabled', 'enabled-runtime', 'generated'];

type Facts = Omit<Unit, 'name' | 'names' | 'activeState'>;
/** What was listed, and the names whose own files say that they are enabled. */
type Asked = { readonly listed: readonly Listed[]; readonly enabled: ReadonlySet<string> };
type Candidates = {
  readonly names: readonly string[];
  /** Those of them whose own file says that they are enabled; of others it must be asked. */
  readonly enabled: ReadonlySet<string>;
  readonly tooMany: number;
  readonly listAtMs: number;
};

export class ByBus {
  readonly #onChange: () => void;
  #systemd: Systemd | undefined;
  #opening: Promise<void> | undefined;
  #candidates: Candidates | undefined;
  /** Counts what makes a list of candidates old. */
  #listsChanged = 0;
  /** What each listed unit is, by its object's path. */
  readonly #facts = new Map<string, Facts>();
  /** Paths of which it must be asked again. */
  readonly #stale = new Set<string>();
  /** The last thing heard of each listed path; "" before. */
  readonly #stamps = new Map<string, string>();

  /** @param onChange may be called at any time, often */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** @throws HostError */
  async open(host: Host): Promise<void> {
    if (this.#systemd) return;
    this.#opening ??= this.#open(host).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  close(): void {
    this.#systemd?.close();
    this.#systemd = undefined;
    this.#candidates = undefined;
    this.#facts.clear();
    this.#stale.clear();
    this.#stamps.clear();
  }

  /** After a failure it begins anew, for what was missed meanwhile. @throws HostError */
  async read(host: Host, moment: Moment): Promise<Reading> {
    try {
      await this.open(host);
      return await this.#read(host, moment);
    } catch (error) {
      if (!moment.signal.aborted) this.close(); // else it was only slow, and goes on where it is
      throw error;
    }
  }

  async #open(host: Host): Promise<void> {
    this.#systemd = await Systemd.open(host, {
      onUnit: (path, signal) => this.#onUnit(path, signal),
      onUnitFiles: () => this.#onUnitFiles(),
      onEnd: () => {
        this.close();
        this.#onChange();
      },
    });
  }

  /** Services also tell of what matters to nobody here, as of their status texts: only another state is news. */
  #onUnit(path: string, signal: BusSignal): void {
    const known = this.#stamps.get(path);
    const stamp = known === undefined ? '' : stampOf(signal.body());
    if (known === undefined || known === stamp) return;
    this.#stamps.set(path, stamp);
    this.#stale.add(path);
    this.#onChange();
  }

  #onUnitFiles(): void {
    this.#listsChanged += 1;
    this.#onChange();
  }

  async #read(host: Host, { monoMs, signal }: Moment): Promise<Reading> {
    const systemd = this.#systemd;
    if (!systemd) throw new HostError('service_broken', 'the connection to the message bus was closed');
    const { names, enabled, tooMany } = await this.#list(systemd, host, monoMs);
    const listed = names.length === 0 ? [] : await systemd.named(names);
    await this.#learn(systemd, { listed, enabled }, signal);
    const units = this.#unitsOf(names, listed);
    this.#keepOnly(listed, units, host);
    const { samples, partial } = readingOf(units, host.declared);
    return { samples, partial: [...partial, ...missingReasons(host.declared, units), ...notAsked(tooMany)] };
  }

  async #list(systemd: Systemd, host: Host, monoMs: number): Promise<Candidates> {
    if (this.#candidates && this.#listsChanged === 0 && monoMs < this.#candidates.listAtMs) return this.#candidates;
    this.#listsChanged = 0; // before it is asked: what changes from here on counts anew
    const enabled = new Set(await systemd.unitFiles(ENABLED));
    const instances = await systemd.loaded('*@*.service');
    const declared = declaredNames(host.declared['services.watch']);
    const ignored = declaredNames(host.declared['services.ignore']);
    const all = new Set([...declared, ...enabled, ...instances.map(({ name }) => name)]);
    const wanted = [...all].filter((name) => !ignored.has(name));
    const names = wanted.slice(0, CANDIDATES_MAX);
    for (const path of this.#facts.keys()) this.#stale.add(path);
    const candidates = { names, enabled, tooMany: wanted.length - names.length, listAtMs: monoMs + LIST_AGAIN_MS };
    this.#candidates = candidates;
    return candidates;
  }

  /** What each unit is of which that is not known, or not any more. */
  async #learn(systemd: Systemd, { listed, enabled }: Asked, signal: AbortSignal): Promise<void> {
    const units = [...new Map(listed.filter(({ isThere }) => isThere).map((one) => [one.path, one])).values()];
    for (const { path } of units) if (!this.#stamps.has(path)) this.#stamps.set(path, '');
    const unknown = units.filter(({ path }) => !this.#facts.has(path) || this.#stale.has(path));
    for (let at = 0; at < unknown.length; at += AT_ONCE) {
      if (signal.aborted) throw new HostError('timeout', 'systemd answers too slowly');
      const some = unknown.slice(at, at + AT_ONCE);
      await Promise.all(some.map((unit) => this.#learnOf(systemd, unit, enabled.has(unit.name))));
    }
  }

  async #learnOf(systemd: Systemd, unit: Listed, isEnabled: boolean): Promise<void> {
    this.#stale.delete(unit.path); // before it is asked: a signal from here on makes it stale again
    const facts = await factsOf(systemd, unit, isEnabled);
    if (facts) this.#facts.set(unit.path, facts);
    else this.#facts.delete(unit.path);
  }

  #unitsOf(names: readonly string[], listed: readonly Listed[]): readonly Unit[] {
    const units = new Map<string, Unit>();
    for (const [index, { name, path, activeState, isThere }] of listed.entries()) {
      const facts = this.#facts.get(path);
      if (!facts || !isThere) continue;
      // answered in the order of the question, each by its first name whatever it was asked for as
      const asked = listed.length === names.length ? (names[index] ?? name) : name;
      const known = units.get(path)?.names ?? [name];
      units.set(path, { ...facts, name, activeState, names: [...known, asked] });
    }
    return [...units.values()];
  }

  /** What cannot be watched is not asked about again, nor listened to, until the lists change. */
  #keepOnly(listed: readonly Listed[], units: readonly Unit[], host: Host): void {
    const kept = new Set(declaredNames(host.declared['services.watch']));
    for (const unit of units) if (startsByItself(unit)) for (const name of unit.names) kept.add(name);
    const paths = new Set(listed.flatMap(({ name, path, isThere }) => (isThere && kept.has(name) ? [path] : [])));
    for (const known of [this.#facts, this.#stamps]) {
      for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
    }
    if (!this.#candidates) return;
    this.#candidates = { ...this.#candidates, names: this.#candidates.names.filter((name) => kept.has(name)) };
  }
}

/** Two rounds: what is asked of all, then what the answers leave open. @returns undefined where the unit is gone meanwhile. @throws HostError */
const factsOf = async (
  systemd: Systemd,
  { path, activeState }: Listed,
  isEnabled: boolean,
): Promise<Facts | undefined> => {
  const of = (name: string) => systemd.property(path, 'Unit', name);
  const ofService = (name: string) => systemd.property(path, 'Service', name);
  const [type, restarts, wantedBy, triggeredBy] = await Promise.all([
    ofService('Type'),
    ofService('NRestarts'),
    of('WantedBy'),
    of('TriggeredBy'),
  ]);
  if (typeof type !== 'string') return undefined;
  const [unitFileState, requiredBy, remains, condition] = await Promise.all([
    isEnabled ? 'enabled' : of('UnitFileState'),
    isListed(wantedBy) ? [] : of('RequiredBy'),
    type === 'oneshot' ? ofService('RemainAfterExit') : false,
    activeState === 'active' ? true : of('ConditionResult'), // else it would not have been started
  ]);
  return {
    unitFileState: typeof unitFileState === 'string' ? unitFileState : '',
    type,
    remainsAfterExit: remains === true,
    isWanted: isListed(wantedBy) || isListed(requiredBy),
    isTriggered: isListed(triggeredBy),
    isConditionMet: condition === true,
    restarts: typeof restarts === 'number' ? restarts : undefined,
  };
};

const notAsked = (count: number): readonly Reason[] =>
  count === 0
    ? []
    : [{ code: 'service_broken', detail: `${count} services were not looked at: ${CANDIDATES_MAX} are` }];
