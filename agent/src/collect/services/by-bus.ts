// Services as systemd tells of them on the bus. What a unit is, is asked once and again when it changes; each minute only the
// states are asked, of all at once.
import { HOUR_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type BusSignal, type Host, HostError } from '../../host/host.ts';
import type { Moment, Reading } from '../collector.ts';
import { type Listed, stampOf } from './bus.parse.ts';
import { CANDIDATES_MAX, type Candidates, candidatesOf } from './candidates.ts';
import { Systemd } from './systemd.ts';
import { type Facts, factsOf } from './unit-facts.ts';
import { type Unit, declaredNames, missingReasons, readingOf, startsByItself } from './unit.parse.ts';

/** Asked about at once, four questions each, then four at most: a connection may wait for 128 answers (dbus-daemon(1), max_replies_per_connection). */
const AT_ONCE = 16;
/** Signals tell of every change; this is for the one that was lost. */
const LIST_AGAIN_MS = HOUR_MS;

/** What was listed, and the names whose own files say that they are enabled. */
type Asked = { readonly listed: readonly Listed[]; readonly enabled: ReadonlySet<string> };

export class ByBus {
  readonly #onChange: () => void;
  #systemd: Systemd | undefined;
  #opening: Promise<void> | undefined;
  #candidates: Candidates | undefined;
  #listAtMs = 0;
  /** The list of candidates is old. */
  #isListChanged = false;
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
    this.#isListChanged = true;
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
    if (this.#candidates && !this.#isListChanged && monoMs < this.#listAtMs) return this.#candidates;
    this.#isListChanged = false; // before it is asked: what changes from here on counts anew
    const candidates = await candidatesOf(systemd, host.declared);
    for (const path of this.#facts.keys()) this.#stale.add(path);
    this.#candidates = candidates;
    this.#listAtMs = monoMs + LIST_AGAIN_MS;
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

const notAsked = (count: number): readonly Reason[] =>
  count === 0
    ? []
    : [{ code: 'service_broken', detail: `${count} services were not looked at: ${CANDIDATES_MAX} are` }];
