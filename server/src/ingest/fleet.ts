// Every device as the main thread knows it right now: is it connected, when was it heard, what did it read.
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';

import type { Device } from '../domain/device.ts';
import type { PresenceFacts } from '../domain/presence.ts';
import { Latest } from './latest.ts';

export type Member = {
  readonly id: string;
  tenant: string;
  facts: PresenceFacts;
  readonly latest: Latest;
  /** Heard since the last time that was written down. */
  isUnwritten: boolean;
};

export class Fleet {
  readonly #members = new Map<string, Member>();

  get size(): number {
    return this.#members.size;
  }

  get(id: string): Member | undefined {
    return this.#members.get(id);
  }

  all(): Iterable<Member> {
    return this.#members.values();
  }

  /** @param alerting devices whose silence is an alert already */
  add(device: Device, alerting: ReadonlySet<string>): Member {
    const member: Member = {
      id: device.id,
      tenant: device.tenant,
      facts: {
        class: device.class,
        isConnected: false,
        lastSeenMs: device.lastSeenMs,
        goodbye: device.goodbye,
        presence: device.presence,
        presenceSinceMs: device.presenceSinceMs,
        isAlerting: alerting.has(device.id),
      },
      latest: new Latest(),
      isUnwritten: false,
    };
    this.#members.set(device.id, member);
    return member;
  }

  remove(id: string): void {
    this.#members.delete(id);
  }

  heard(id: string, nowMs: number): void {
    const member = this.#members.get(id);
    if (!member) return;
    member.facts = { ...member.facts, lastSeenMs: nowMs };
    member.isUnwritten = true;
  }

  /** A session is open: the device is there. */
  connected(id: string, deviceClass: Device['class'], nowMs: number): void {
    const member = this.#members.get(id);
    if (!member) return;
    const isBack = member.facts.presence !== 'online';
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

  /** It said that it goes; the connection ends by itself. */
  goodbye(id: string, reason: ByeReason): void {
    const member = this.#members.get(id);
    if (member) member.facts = { ...member.facts, goodbye: reason };
  }

  disconnected(id: string): void {
    const member = this.#members.get(id);
    if (member) member.facts = { ...member.facts, isConnected: false };
  }

  /** As the presence rules decided. */
  moved(id: string, change: Pick<PresenceFacts, 'presence' | 'presenceSinceMs' | 'isAlerting'>): void {
    const member = this.#members.get(id);
    if (member) member.facts = { ...member.facts, ...change };
  }
}
