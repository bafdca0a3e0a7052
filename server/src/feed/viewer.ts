// One who follows the event log: first what was missed, then what happens. Slow ones are cut off, not waited for.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import { type Actor, maySee } from '../domain/actor.ts';

/** Where a viewer's messages go: a WebSocket, or a stream of server-sent events. */
export type Sink = {
  readonly event: (event: FeedEvent) => void;
  /** Too much was missed to tell it event by event. */
  readonly snapshot: (seq: number) => void;
  readonly bufferedBytes: () => number;
  readonly close: (reason: string) => void;
};

export type Log = {
  readonly since: (actor: Actor, afterSeq: number, limit: number) => Promise<readonly FeedEvent[]>;
  readonly range: () => Promise<{ readonly first: number; readonly last: number }>;
  /** The number of the newest event that was published. */
  readonly lastSeq: () => number;
};

const PAGE = 500;
/** More than this is not told one by one. */
const MISSED_MAX = 5_000;
const BUFFERED_MAX_BYTES = 1024 * 1024;

export class Viewer {
  readonly actor: Actor;
  readonly #sink: Sink;
  readonly #log: Log;
  #cursor: number;
  #isLive = false;
  #isClosed = false;

  /** @param after the last event it has seen; undefined for one that has just fetched everything */
  constructor(actor: Actor, sink: Sink, log: Log, after: number | undefined) {
    this.actor = actor;
    this.#sink = sink;
    this.#log = log;
    this.#cursor = after ?? log.lastSeq();
    this.#isLive = after === undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Reads what was missed, page by page, until there is nothing between it and the present. */
  async catchUp(): Promise<void> {
    if (this.#isLive) return;
    const { first, last } = await this.#log.range();
    if (last - this.#cursor > MISSED_MAX || this.#cursor < first - 1 || this.#cursor > last) {
      this.#cursor = Math.max(last, this.#log.lastSeq());
      this.#sink.snapshot(this.#cursor);
    }
    while (!this.#isClosed && this.#cursor < this.#log.lastSeq()) {
      const target = this.#log.lastSeq();
      const page = await this.#log.since(this.actor, this.#cursor, PAGE);
      for (const event of page) this.#tell(event);
      // a short page was the last: all that this viewer may see up to the target is told
      if (page.length < PAGE) this.#cursor = Math.max(this.#cursor, target);
    }
    this.#isLive = true;
  }

  /** What has just happened; while it is catching up it will find that in the log. */
  publish(events: readonly FeedEvent[]): void {
    if (!this.#isLive) return;
    for (const event of events) if (event.seq > this.#cursor) this.#tell(event);
  }

  /** @returns false when it is too slow: then nothing more is sent */
  keepsUp(): boolean {
    if (this.#sink.bufferedBytes() <= BUFFERED_MAX_BYTES) return true;
    this.close('too slow');
    return false;
  }

  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sink.close(reason);
  }

  #tell(event: FeedEvent): void {
    this.#cursor = event.seq;
    if (!this.#isClosed && maySee(this.actor, event.tenant) && this.keepsUp()) this.#sink.event(event);
  }
}
