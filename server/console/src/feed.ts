// The live feed: one socket, opened anew with full-jitter back-off when it is lost, and resumed after the last event seen.
//
// starting -> live -> waiting -> retrying -> live …  Any state goes to waiting when the socket closes, does not greet in
// time or falls silent: the server sends a heartbeat each 15 s. `stop` ends it from anywhere.
import type { FeedMessage, FeedRequest } from '@fettle/shared/api/feed.schema';
import { type Cancel, type Clock, type Rng, SECOND_MS } from '@fettle/shared/time';

import { trusted } from './trusted.ts';

export type FeedState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly retryAtMs: number; readonly lostAtMs: number }
  | { readonly kind: 'retrying'; readonly lostAtMs: number };

/** After `close` neither callback is called any more. */
export type FeedSocket = { readonly send: (text: string) => void; readonly close: () => void };
export type OpenSocket = (path: string, onText: (text: string) => void, onClose: () => void) => FeedSocket;

export type FeedOptions = {
  readonly open: OpenSocket;
  readonly clock: Clock;
  readonly random: Rng;
  readonly onState: (state: FeedState) => void;
  readonly onMessage: (message: FeedMessage) => void;
  /** Before each new attempt: the place to find out that one is signed out. */
  readonly onRetry: () => void;
};

export type Watch = Omit<FeedRequest, 'type'>;

const FIRST_WAIT_MS = SECOND_MS;
const LONGEST_WAIT_MS = 30 * SECOND_MS;
const HELLO_WITHIN_MS = 10 * SECOND_MS;
/** Two heartbeats that did not come, and some time for slow links. */
const SILENT_MS = 40 * SECOND_MS;

/** Anywhere up to a bound that doubles with each failure, and never under a second. */
export const retryDelayMs = (failures: number, random: Rng): number =>
  Math.max(FIRST_WAIT_MS, random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures));

const noTimer: Cancel = () => {};

export class Feed {
  readonly #options: FeedOptions;
  #seq: number;
  #failures = 0;
  #lostAtMs: number | null = null;
  #socket: FeedSocket | null = null;
  #isLive = false;
  #wanted: Watch = { devices: [], detail: null };
  #cancelTimer = noTimer;

  /** Starts at once, with the events after `afterSeq`. */
  constructor(options: FeedOptions, afterSeq: number) {
    this.#options = options;
    this.#seq = afterSeq;
    options.onState({ kind: 'starting' });
    this.#connect();
  }

  /** Replaces what was watched before; kept over a lost connection. */
  watch(watch: Watch): void {
    this.#wanted = watch;
    if (this.#isLive) this.#sendWatch();
  }

  retryNow(): void {
    if (!this.#isLive) this.#retry();
  }

  stop(): void {
    this.#cancelTimer();
    this.#isLive = false;
    this.#socket?.close();
    this.#socket = null;
  }

  #connect(): void {
    const { open, clock } = this.#options;
    const lose = (): void => this.#lose();
    this.#socket = open(`/api/v1/feed?after=${this.#seq}`, (text) => this.#take(text), lose);
    this.#cancelTimer = clock.after(HELLO_WITHIN_MS, lose);
  }

  /** From here on, silence means that it is lost. */
  #heard(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(SILENT_MS, () => this.#lose());
  }

  #take(text: string): void {
    const message = trusted<FeedMessage>(text);
    if (message.type === 'event') this.#seq = Math.max(this.#seq, message.event.seq);
    if (message.type === 'snapshot') this.#seq = message.seq;
    if (message.type === 'hello') this.#greeted(message.server.lastSeq);
    if (this.#isLive) this.#heard();
    this.#options.onMessage(message);
  }

  #greeted(lastSeq: number): void {
    this.#failures = 0;
    this.#lostAtMs = null;
    this.#isLive = true;
    this.#options.onState({ kind: 'live' });
    this.#sendWatch();
    if (lastSeq < this.#seq) this.#startOver(lastSeq);
  }

  /** The server's log is another one than before, as after a restored backup. */
  #startOver(seq: number): void {
    this.#seq = seq;
    this.#options.onMessage({ type: 'snapshot', seq });
  }

  #sendWatch(): void {
    this.#socket?.send(JSON.stringify({ type: 'watch', ...this.#wanted } satisfies FeedRequest));
  }

  #lose(): void {
    this.stop();
    const { clock, random, onState } = this.#options;
    const nowMs = clock.wallMs();
    const delayMs = retryDelayMs(this.#failures, random);
    this.#failures += 1;
    this.#lostAtMs ??= nowMs;
    onState({ kind: 'waiting', retryAtMs: nowMs + delayMs, lostAtMs: this.#lostAtMs });
    this.#cancelTimer = clock.after(delayMs, () => this.#retry());
  }

  #retry(): void {
    this.stop();
    const { clock, onState, onRetry } = this.#options;
    onRetry();
    onState({ kind: 'retrying', lostAtMs: this.#lostAtMs ?? clock.wallMs() });
    this.#connect();
  }
}
