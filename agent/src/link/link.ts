// Carries records to the server and its wishes back. machine.ts decides, this does: sockets, timers, messages.
import type { Cancel, Clock, Rng } from '@fettle/shared/time';
import type { Hello } from '@fettle/shared/wire/agent-message.schema';
import { type ServerMessage, type Welcome, serverMessage } from '@fettle/shared/wire/server-message.schema';

import { type LinkEffect, type LinkEvent, type LinkState, linkStep } from './machine.ts';
import type { Lane, Outbox } from './outbox.ts';
import { type Loose, Sender } from './sender.ts';
import type { Dial, Socket } from './socket.ts';

/** Nothing heard for this long, though the server pings each 20 s: the link is dead. */
const SILENCE_MS = 40_000;

export type LinkParts = {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly dial: Dial;
  readonly outbox: Outbox;
  /** @returns undefined when the challenge is not of the server that this device belongs to */
  readonly hello: (challenge: ServerMessage & { type: 'challenge' }) => Hello | undefined;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onMessage: (message: ServerMessage & { type: 'rules' | 'live' | 'poison' }) => void;
  readonly log: (event: LinkLog) => void;
};

export type LinkLog =
  | { readonly event: 'open'; readonly session: string }
  | { readonly event: 'lost' | 'refused' | 'unreadable message' | 'wrong server'; readonly detail: string };

export type LinkStatus = {
  readonly state: LinkState['name'];
  readonly lastError: string;
  readonly unreadable: number;
};

export class Link {
  readonly #parts: LinkParts;
  #state: LinkState = { name: 'idle' };
  #socket: Socket | undefined;
  #sender: Sender | undefined;
  #challenge: (ServerMessage & { type: 'challenge' }) | undefined;
  #welcome: Welcome | undefined;
  #spreadMs = 30_000;
  #heardMs = 0;
  #cancelWake: Cancel = () => undefined;
  #cancelSilence: Cancel = () => undefined;
  #lastError = '';
  #unreadable = 0;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  get status(): LinkStatus {
    return { state: this.#state.name, lastError: this.#lastError, unreadable: this.#unreadable };
  }

  start(): void {
    this.#on({ type: 'start' });
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.flush().catch((error: unknown) => this.#onLost({ reason: String(error) }));
  }

  /** Resolves when all that may be sent now is with the network. */
  async flush(): Promise<void> {
    await this.#sender?.pump();
  }

  sendLoose(type: 'now' | 'live', loose: Loose): void {
    this.#sender?.sendLoose(type, loose);
  }

  /** @param reason told to the server, if there still is one */
  stop(reason: 'stop' | 'suspend' | 'shutdown' | 'reboot' | 'update' | 'uninstall'): void {
    if (this.#state.name === 'open') this.#socket?.send(JSON.stringify({ type: 'bye', reason }));
    this.#on({ type: 'stop' });
  }

  #on(event: LinkEvent): void {
    const { clock, rng } = this.#parts;
    const step = linkStep(this.#state, event, { nowMs: clock.monoMs(), random: rng(), spreadMs: this.#spreadMs });
    this.#state = step.state;
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: LinkEffect): void {
    switch (effect.do) {
      case 'dial':
        return this.#dial();
      case 'greet':
        return this.#greet();
      case 'begin':
        return this.#begin();
      case 'hang up':
        return this.#hangUp();
      case 'wake':
        this.#cancelWake();
        this.#cancelWake = this.#parts.clock.after(effect.ms, () => this.#on({ type: 'due' }));
    }
  }

  #dial(): void {
    // a socket that was given up may still speak; only the newest is listened to
    const isCurrent = () => this.#socket === socket;
    const socket: Socket = this.#parts.dial({
      onText: (text) => isCurrent() && this.#onText(text),
      onHeard: () => {
        if (isCurrent()) this.#heardMs = this.#parts.clock.monoMs();
      },
      onLost: (why) => isCurrent() && this.#onLost(why),
    });
    this.#socket = socket;
  }

  #onLost({ reason, retryAfterMs }: { readonly reason: string; readonly retryAfterMs?: number }): void {
    this.#fail('lost', reason);
    this.#on({ type: 'lost', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }

  #fail(event: 'lost' | 'refused' | 'wrong server', detail: string): void {
    this.#lastError = detail;
    this.#parts.log({ event, detail });
  }

  #greet(): void {
    const hello = this.#challenge && this.#parts.hello(this.#challenge);
    if (hello) {
      this.#socket?.send(JSON.stringify(hello));
      return;
    }
    this.#fail('wrong server', 'the server is not the one that this device was enrolled at; enrol again to move it');
    this.#on({ type: 'refused', code: 'unknown_device' });
  }

  #begin(): void {
    const welcome = this.#welcome;
    const socket = this.#socket;
    if (!welcome || !socket) return;
    const { outbox, clock } = this.#parts;
    this.#cancelWake();
    this.#spreadMs = welcome.intervals.reconnectSpread;
    this.#lastError = '';
    const marks = { alerts: adopt(outbox, 'alerts', welcome), metrics: adopt(outbox, 'metrics', welcome) };
    this.#sender = new Sender({ socket, outbox, marks, window: welcome.window, onFull: () => socket.close() });
    this.#heardMs = clock.monoMs();
    this.#watchSilence();
    this.#parts.log({ event: 'open', session: welcome.session });
    this.#parts.onWelcome(welcome);
    this.wake();
  }

  #watchSilence(): void {
    const quietMs = this.#parts.clock.monoMs() - this.#heardMs;
    if (quietMs >= SILENCE_MS) return this.#onLost({ reason: `nothing heard for ${SILENCE_MS / 1000} s` });
    this.#cancelSilence = this.#parts.clock.after(SILENCE_MS - quietMs, () => this.#watchSilence());
  }

  #hangUp(): void {
    const socket = this.#socket;
    const isStopping = this.#state.name === 'stopped';
    this.#socket = undefined;
    this.#sender?.end();
    this.#sender = undefined;
    this.#cancelWake();
    this.#cancelSilence();
    if (isStopping) socket?.close();
    else socket?.drop();
  }

  #onText(text: string): void {
    const message = parse(text);
    if (message === undefined) {
      this.#unreadable += 1;
      this.#parts.log({ event: 'unreadable message', detail: text.slice(0, 200) });
      return;
    }
    switch (message.type) {
      case 'challenge':
        this.#challenge = message;
        return this.#on({ type: 'challenged' });
      case 'welcome':
        this.#welcome = message;
        return this.#on({ type: 'welcomed' });
      case 'refuse':
        return this.#onRefuse(message);
      case 'ack':
        return this.#onAck(message);
      default:
        return this.#parts.onMessage(message);
    }
  }

  #onRefuse({ code, message, retryAfterMs }: ServerMessage & { type: 'refuse' }): void {
    this.#fail('refused', `${code}: ${message}`);
    this.#on({ type: 'refused', code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }

  #onAck({ lane, epoch, seq }: ServerMessage & { type: 'ack' }): void {
    this.#parts.outbox.ack(lane, epoch, seq);
    this.#sender?.acked(lane, seq);
    this.wake();
  }
}

/** Unknown types and whatever is not as the schema says: undefined. */
const parse = (text: string): ServerMessage | undefined => {
  try {
    const parsed = serverMessage.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

/** What the server has of our epoch need not be sent again. @returns the last record that it has */
const adopt = (outbox: Outbox, lane: Lane, { marks }: Welcome): number => {
  const mark = marks[lane];
  const { epoch, nextSeq } = outbox.lane(lane);
  if (mark?.epoch !== epoch) return 0;
  outbox.ack(lane, epoch, mark.seq);
  return Math.min(mark.seq, nextSeq - 1);
};
