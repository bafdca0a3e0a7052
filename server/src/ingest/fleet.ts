// Every device as the main thread knows it right now: is it connected, when was it heard, what did it read.
import type { DeviceView, LatestView } from '@fettle/shared/api/device.schema';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';

import { type Device, isAlwaysOn, isSlowToBoot } from '../domain/device.ts';
import type { AgentEvent } from '../domain/event.ts';
import { type ClockSet, movedWith } from '../domain/presence/clock-set.ts';
import type { PresenceFacts } from '../domain/presence/presence.ts';
import { CHECK_STATE, type TargetWatch, passesOf, viewFor } from '../domain/target.ts';
import { Latest } from './latest.ts';

export type Member = {
  readonly id: string;
  tenant: string;
  readonly site: string;
  /** What people say of it. */
  tags: Device['tags'];
  /** Whose agent looks after it, and what it calls it; absent for what has an agent itself. */
  readonly watched?: { readonly by: string; readonly name: string };
  facts: PresenceFacts;
  readonly latest: Latest;
  /** Heard since the last time that was written down. */
  isUnwritten: boolean;
  /** By this server, since it was started. */
  wasHeard: boolean;
};

type Leave = NonNullable<(AgentEvent & { type: 'hello' })['left']>;

export class Fleet {
  readonly #members = new Map<string, Member>();
  readonly #targets = new Map<string, Set<string>>();
  readonly #connected = new Set<string>();

  get size(): number {
    return this.#members.size;
  }

  /** How many are connected. */
  get connectedCount(): number {
    return this.#connected.size;
  }

  get(id: string): Member | undefined {
    return this.#members.get(id);
  }

  all(): Iterable<Member> {
    return this.#members.values();
  }

  /** The newest readings of a device. What its agent sees of others is theirs. */
  latestOf(id: string): LatestView {
    const { watched, latest } = this.#members.get(id) ?? {};
    if (watched) return viewFor({ target: watched.name }, this.#members.get(watched.by)?.latest.view() ?? {});
    const view = latest?.view() ?? {};
    return this.#targets.has(id) ? viewFor('itself', view) : view;
  }

  /** What a list shows of a device; nothing, where it has no agent. */
  summaryOf(id: string): DeviceView['readings'] {
    const { latest = new Latest() } = this.#members.get(id) ?? {};
    return latest.summary();
  }

  /** What is known of the targets of an agent, by what was read since `sinceMs`. */
  watchOf(id: string, sinceMs: number): TargetWatch {
    const { facts, latest } = this.#members.get(id) ?? {};
    return {
      isConnected: facts?.isConnected ?? false,
      isOnline: facts?.presence === 'online',
      passes: passesOf(latest?.view([CHECK_STATE]) ?? {}, sinceMs),
    };
  }

  /** What an agent looks after for this device. */
  targetsOf(id: string): Iterable<Member> {
    const targets = this.#targets.get(id);
    if (!targets) return []; // asked for each frame of every device
    return [...targets].flatMap((target) => this.#members.get(target) ?? []);
  }

  /** Anew, where it is known already. @param alerting devices whose silence is an alert already */
  add(device: Device, alerting: ReadonlySet<string>): Member {
    const member: Member = {
      id: device.id,
      tenant: device.tenant,
      site: device.site,
      tags: device.tags,
      facts: {
        class: device.class,
        isAlwaysOn: isAlwaysOn(device),
        isSlowToBoot: isSlowToBoot(device),
        isConnected: false,
        lastSeenMs: device.lastSeenMs,
        goodbye: device.goodbye,
        presence: device.presence,
        presenceSinceMs: device.presenceSinceMs,
        isAlerting: alerting.has(device.id),
      },
      latest: new Latest(),
      isUnwritten: false,
      wasHeard: false,
      ...(device.watchedBy !== null && { watched: { by: device.watchedBy, name: device.hostname } }),
    };
    if (device.watchedBy !== null) this.#targetsBy(device.watchedBy).add(device.id);
    this.#members.set(device.id, member);
    this.#connected.delete(device.id);
    return member;
  }

  remove(id: string): void {
    const by = this.#members.get(id)?.watched?.by;
    if (by !== undefined) this.#targets.get(by)?.delete(id);
    this.#targets.delete(id);
    this.#members.delete(id);
    this.#connected.delete(id);
  }

  heard(id: string, nowMs: number): void {
    const member = this.#members.get(id);
    if (!member) return;
    member.facts = { ...member.facts, lastSeenMs: nowMs };
    member.isUnwritten = true;
    member.wasHeard = true;
  }

  /** A session is open: the device is there. */
  connected(id: string, deviceClass: Device['class'], nowMs: number): void {
    const member = this.#members.get(id);
    if (!member) return;
    const isBack = member.facts.presence !== 'online';
    this.#connected.add(id);
    member.facts = {
      ...member.facts,
      class: deviceClass,
      isConnected: true,
      goodbye: null,
      lastSeenMs: nowMs,
      presence: 'online',
      presenceSinceMs: isBack ? nowMs : member.facts.presenceSinceMs,
    };
  }

  /** How it was last heard; it may have gone without anybody noticing. */
  leaveOf(id: string): Leave | undefined {
    const member = this.#members.get(id);
    if (!member) return undefined;
    const { lastSeenMs, goodbye } = member.facts;
    return { lastSeenMs, goodbye, wasHeard: member.wasHeard };
  }

  /** It said that it goes; the connection ends by itself. */
  goodbye(id: string, reason: ByeReason): void {
    const member = this.#members.get(id);
    if (member) member.facts = { ...member.facts, goodbye: reason };
  }

  disconnected(id: string): void {
    const member = this.#members.get(id);
    if (member) member.facts = { ...member.facts, isConnected: false };
    this.#connected.delete(id);
  }

  /** As a person says now. */
  tagged(id: string, tags: Device['tags']): void {
    const member = this.#members.get(id);
    if (!member) return;
    member.tags = tags;
    member.facts = { ...member.facts, isAlwaysOn: isAlwaysOn({ tags }) };
  }

  /** Nobody was silent for the time that was added, and nobody is heard of in a time to come. */
  clockSet(set: ClockSet): void {
    for (const member of this.#members.values()) {
      const { lastSeenMs, presenceSinceMs } = member.facts;
      const moved = { lastSeenMs: movedWith(set, lastSeenMs), presenceSinceMs: movedWith(set, presenceSinceMs) };
      member.facts = { ...member.facts, ...moved };
      member.isUnwritten = true;
    }
  }

  /** As the presence rules decided. */
  moved(id: string, change: Pick<PresenceFacts, 'presence' | 'presenceSinceMs' | 'isAlerting'>): void {
    const member = this.#members.get(id);
    if (member) member.facts = { ...member.facts, ...change };
  }

  #targetsBy(watcher: string): Set<string> {
    const targets = this.#targets.get(watcher) ?? new Set();
    this.#targets.set(watcher, targets);
    return targets;
  }
}
