// Looks whether it is us whom nobody reaches, before anybody is called offline.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { type ClockSet, movedWith } from '../domain/presence/clock-set.ts';
import type { PresenceContext, PresenceFacts } from '../domain/presence/presence.ts';
import { suspectsItself } from '../domain/presence/suspicion.ts';
import type { Times } from '../domain/times.ts';

export type CrowdMember = {
  readonly site: string;
  readonly facts: PresenceFacts;
  readonly watched?: object;
};

export type SelfCheckParts = {
  /** All that could be silent. */
  readonly members: () => Iterable<CrowdMember>;
  readonly connected: () => number;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
};

/** A connection that is dead is known to be so after this; a moment longer, and it is no reconnect any more. */
const SILENT_MS = 60_000;

export class SelfCheck {
  readonly #parts: SelfCheckParts;
  #sinceMs: number | undefined;
  /** Who is not back at once is given time, as after a start. */
  #holdsUntilMs = Number.NEGATIVE_INFINITY;
  #deafUntilMs = Number.NEGATIVE_INFINITY;
  #isTold = false;

  constructor(parts: SelfCheckParts) {
    this.#parts = parts;
  }

  /** @returns whether it may be us: then silence proves nothing; and until when nobody could say goodbye */
  look(nowMs: number, { selfCheckMs, startHoldMs }: Times): Pick<PresenceContext, 'isSuspected' | 'deafUntilMs'> {
    const silentSites = [...this.#parts.members()].filter((member) => isSilent(member, nowMs)).map(({ site }) => site);
    const isSuspected = suspectsItself({ connected: this.#parts.connected(), silentSites });
    if (isSuspected) {
      this.#sinceMs ??= nowMs;
      this.#holdsUntilMs = nowMs + startHoldMs;
      this.#deafUntilMs = nowMs;
    } else this.#sinceMs = undefined;
    const mustTell = this.#sinceMs !== undefined && nowMs - this.#sinceMs >= selfCheckMs;
    if (mustTell !== this.#isTold) this.#tell(mustTell);
    return { isSuspected: isSuspected || nowMs < this.#holdsUntilMs, deafUntilMs: this.#deafUntilMs };
  }

  clockSet(set: ClockSet): void {
    if (this.#sinceMs !== undefined) this.#sinceMs = movedWith(set, this.#sinceMs);
    this.#holdsUntilMs += set.byMs;
    this.#deafUntilMs = movedWith(set, this.#deafUntilMs);
  }

  #tell(isSuspected: boolean): void {
    this.#isTold = isSuspected;
    void this.#parts.commit({ type: 'self check', isSuspected }).then((outcome) => {
      if (outcome.is === 'unavailable') this.#isTold = !isSuspected; // the next look says it again
    });
  }
}

const isSilent = ({ facts, watched }: CrowdMember, nowMs: number): boolean =>
  watched === undefined &&
  !facts.isConnected &&
  facts.goodbye === null &&
  facts.presence === 'online' &&
  nowMs - facts.lastSeenMs >= SILENT_MS;
