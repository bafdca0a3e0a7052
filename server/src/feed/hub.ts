// Tells everyone who looks: the event log as it grows, and the readings of the devices that they have in view.
import type { DeviceView, LatestView } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { type Actor, maySee } from '../domain/actor.ts';
import { type Log, type Sink, Viewer } from './viewer.ts';

export type HubParts = {
  readonly since: Log['since'];
  readonly range: Log['range'];
  readonly tenantOf: (device: string) => string | undefined;
  readonly latestOf: (device: string) => LatestView;
  readonly readingsOf: (device: string) => DeviceView['readings'];
  /** Asks an agent for fast readings for a while. */
  readonly watchDevice: (device: string, everyMs: number, forMs: number) => void;
  readonly nowMs: () => number;
};

/** What a console shows right now. */
export type Watch = { readonly devices: ReadonlySet<string>; readonly detail: string | null };

export type ReadingsSink = {
  readonly readings: (device: string, readings: DeviceView['readings']) => void;
  readonly latest: (device: string, latest: LatestView) => void;
};

/** One who joins: on whose behalf, where it is told, and whether that is still so. */
export type Guest = {
  readonly actor: Actor;
  readonly sink: Sink;
  readonly stands: () => Promise<boolean>;
};

type Console = { readonly viewer: Viewer; readonly sink: ReadingsSink; watch: Watch };

const TICK_MS = SECOND_MS;
const LIVE = { everyMs: SECOND_MS, forMs: 3 * MINUTE_MS, renewMs: 2 * MINUTE_MS } as const;
const VIEWERS_MAX = 1_000;

export class Hub {
  readonly #parts: HubParts;
  readonly #viewers = new Map<Viewer, Guest['stands']>();
  /** Joined since the last look: somebody may have been shut out while they came in. */
  readonly #newcomers = new Set<Viewer>();
  readonly #consoles = new Map<Viewer, Console>();
  readonly #changed = new Set<string>();
  readonly #askedMs = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #lastSeq = 0;

  constructor(parts: HubParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async start(): Promise<void> {
    this.#lastSeq = Math.max(this.#lastSeq, (await this.#parts.range()).last);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get size(): number {
    return this.#viewers.size;
  }

  publish(events: readonly FeedEvent[]): void {
    this.#lastSeq = Math.max(this.#lastSeq, events.at(-1)?.seq ?? 0);
    for (const viewer of this.#viewers.keys()) viewer.publish(events);
  }

  readingsChanged(device: string): void {
    if (this.#consoles.size > 0) this.#changed.add(device);
  }

  /** @param after the last event seen; undefined: only what comes. @returns undefined when there are too many already */
  join({ actor, sink, stands }: Guest, after: number | undefined): Viewer | undefined {
    if (this.#viewers.size >= VIEWERS_MAX) return undefined;
    const log: Log = { since: this.#parts.since, range: this.#parts.range, lastSeq: () => this.#lastSeq };
    const viewer = new Viewer(actor, sink, log, after);
    this.#viewers.set(viewer, stands);
    this.#newcomers.add(viewer);
    viewer.catchUp().catch(() => viewer.close('the event log cannot be read'));
    return viewer;
  }

  /** Replaces what the viewer watched before. Devices that it may not see are left out. */
  watch(
    viewer: Viewer,
    sink: ReadingsSink,
    asked: { readonly devices: readonly string[]; readonly detail: string | null },
  ): void {
    const maySeeDevice = (device: string) => {
      const tenant = this.#parts.tenantOf(device);
      return tenant !== undefined && maySee(viewer.actor, tenant);
    };
    const devices = new Set(asked.devices.filter(maySeeDevice));
    const detail = asked.detail !== null && maySeeDevice(asked.detail) ? asked.detail : null;
    this.#consoles.set(viewer, { viewer, sink, watch: { devices, detail } });
    if (!viewer.keepsUp()) return;
    for (const device of devices) sink.readings(device, this.#parts.readingsOf(device));
    if (detail === null) return;
    sink.latest(detail, this.#parts.latestOf(detail));
    this.#askForLive(detail);
  }

  /** Closes what is open on behalf of people who may not come in any more. @param who all, or only those who joined since the last time */
  async lookAgain(who: 'all' | 'newcomers'): Promise<void> {
    const viewers = [...(who === 'all' ? this.#viewers.keys() : this.#newcomers)];
    this.#newcomers.clear();
    await Promise.all(
      viewers.map(async (viewer) => {
        if ((await this.#viewers.get(viewer)?.()) === false) viewer.close('signed out');
      }),
    );
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#newcomers.delete(viewer);
    this.#consoles.delete(viewer);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const viewer of this.#viewers.keys()) viewer.close('the server is stopping');
  }

  #tick(): void {
    for (const { viewer, sink, watch } of this.#consoles.values()) {
      if (!viewer.keepsUp()) continue;
      for (const device of this.#changed) {
        if (watch.devices.has(device)) sink.readings(device, this.#parts.readingsOf(device));
      }
      if (watch.detail === null) continue;
      if (this.#changed.has(watch.detail)) sink.latest(watch.detail, this.#parts.latestOf(watch.detail));
      this.#askForLive(watch.detail);
    }
    this.#changed.clear();
  }

  #askForLive(device: string): void {
    const nowMs = this.#parts.nowMs();
    if (nowMs - (this.#askedMs.get(device) ?? Number.NEGATIVE_INFINITY) < LIVE.renewMs) return;
    for (const [other, askedMs] of this.#askedMs) if (nowMs - askedMs > LIVE.forMs) this.#askedMs.delete(other);
    this.#askedMs.set(device, nowMs);
    this.#parts.watchDevice(device, LIVE.everyMs, LIVE.forMs);
  }
}
