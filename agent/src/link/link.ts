// Carries records to the server and its wishes back. machine.ts decides, this does: sockets, timers, messages. An open link has a session.
import { messageOf } from '@fettle/shared/error';
import type { Cancel, Clock, Rng } from '@fettle/shared/time';
import type { Hello, Rekey } from '@fettle/shared/wire/agent-message.schema';
import { type ServerMessage, type Welcome, serverMessage } from '@fettle/shared/wire/server-message.schema';

import { type LinkEffect, type LinkEvent, type LinkState, linkStep } from './machine.ts';
import type { Outbox } from './outbox.ts';
import type { Loose } from './sender.ts';
import { Session } from './session.ts';
import type { Dial, Socket } from './socket.ts';

export type LinkParts = {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly dial: Dial;
  readonly outbox: Outbox;
  /** @returns undefined when the challenge is not of the server that this device belongs to */
  readonly hello: (challenge: ServerMessage & { type: 'challenge' }) => Hello | undefined;
  /** The same of what a copy asks for: to be a device of its own. */
  readonly rekey: (challenge: ServerMessage & { type: 'challenge' }) => Promise<Rekey | undefined>;
  readonly onRekeyed: (device: ServerMessage & { type: 'rekeyed' }) => void;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onMessage: (message: ServerMessage & { type: 'rules' | 'live' | 'poison' }) => void;
  readonly log: (event: LinkLog) => void;
};

export type LinkLog =
  | { readonly event: 'open'; readonly session: string }
  | { readonly event: 'lost' | 'refused' | 'unreadable message' | 'wrong server' | 'lane'; readonly detail: string };

export type LinkStatus = {
  readonly state: LinkState['name'];
  readonly lastError: string;
  readonly unreadable: number;
};

export class Link {
  readonly #parts: LinkParts;
  #state: LinkState = { name: 'idle' };
  #socket: Socket | undefined;
  #session: Session | undefined;
  #challenge: (ServerMessage & { type: 'challenge' }) | undefined;
  #welcome: Welcome | undefined;
  #spreadMs = 30_000;
  #cancelWake: Cancel = () => undefined;
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
    this.#session?.wake();
  }

  /** Resolves when all that may be sent now is with the network. */
  async flush(): Promise<void> {
    await this.#session?.flush();
  }

  sendLoose(type: 'now' | 'live', loose: Loose): void {
    this.#session?.sendLoose(type, loose);
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
      case 'ask for a key':
        return void this.#askForKey();
      case 'begin':
        return this.#begin();
      case 'hang up':
        return this.#hangUp();
      case 'wake':
        this.#cancelWake();
        this.#cancelWake = this.#parts.clock.after(effect.ms, () => this.#onDue());
    }
  }

  #onDue(): void {
    const { name } = this.#state;
    if (name === 'waiting') this.#on({ type: 'due' });
    else this.#fail('lost', 'the server gave no answer in time', { type: 'due' });
  }

  #dial(): void {
    // a socket that was given up may still speak; only the newest is listened to
    const isCurrent = () => this.#socket === socket;
    const socket: Socket = this.#parts.dial({
      onText: (text) => isCurrent() && this.#onText(text),
      onHeard: () => isCurrent() && this.#session?.heard(),
      onLost: (why) => isCurrent() && this.#onLost(why),
    });
    this.#socket = socket;
  }

  #onLost({ reason, retryAfterMs }: { readonly reason: string; readonly retryAfterMs?: number }): void {
    this.#fail('lost', reason, { type: 'lost', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }

  /** Logged last: whoever hears of it and looks at the status sees what has become of the link. */
  #fail(event: 'lost' | 'refused' | 'wrong server', detail: string, cause: LinkEvent): void {
    this.#lastError = detail;
    this.#on(cause);
    this.#parts.log({ event, detail });
  }

  #greet(): void {
    this.#say(this.#challenge && this.#parts.hello(this.#challenge));
  }

  async #askForKey(): Promise<void> {
    const socket = this.#socket;
    try {
      const rekey = this.#challenge && (await this.#parts.rekey(this.#challenge));
      if (this.#socket === socket) this.#say(rekey);
    } catch (error) {
      if (this.#socket === socket) this.#onLost({ reason: `no other key can be kept: ${messageOf(error)}` });
    }
  }

  #say(answer: Hello | Rekey | undefined): void {
    if (answer) {
      this.#socket?.send(JSON.stringify(answer));
      return;
    }
    const detail = 'the server is not the one that this device was enrolled at; enrol again to move it';
    this.#fail('wrong server', detail, { type: 'refused', code: 'unknown_device' });
  }

  #begin(): void {
    const welcome = this.#welcome;
    const socket = this.#socket;
    if (!welcome || !socket) return;
    const { outbox, clock } = this.#parts;
    this.#cancelWake();
    this.#spreadMs = welcome.intervals.reconnectSpread;
    this.#lastError = '';
    this.#session = new Session({
      socket,
      outbox,
      clock,
      welcome,
      onLost: (reason) => this.#onLost({ reason }),
      onRenewed: () => this.#on({ type: 'renewed' }),
      onNote: (detail) => this.#parts.log({ event: 'lane', detail }),
    });
    this.#parts.log({ event: 'open', session: welcome.session });
    this.#parts.onWelcome(welcome);
    this.wake();
  }

  #hangUp(): void {
    const socket = this.#socket;
    const isStopping = this.#state.name === 'stopped';
    this.#socket = undefined;
    this.#session?.end();
    this.#session = undefined;
    this.#cancelWake();
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
      case 'rekeyed':
        return this.#parts.onRekeyed(message);
      case 'ack':
        return this.#session?.acked(message);
      default:
        return this.#onWish(message);
    }
  }

  #onWish(message: Parameters<LinkParts['onMessage']>[0]): void {
    if (!this.#session) return; // before the welcome nobody may say such things
    if (message.type === 'poison') this.#session.poisoned(message);
    this.#parts.onMessage(message);
  }

  #onRefuse({ code, message, retryAfterMs }: ServerMessage & { type: 'refuse' }): void {
    const after = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#fail('refused', `${code}: ${message}`, { type: 'refused', code, ...after });
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
