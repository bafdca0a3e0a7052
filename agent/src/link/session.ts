// One open session with the server: sends on after its marks, takes its acknowledgements, and notices when it falls silent.
import type { Cancel, Clock } from '@fettle/shared/time';
import type { ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import type { Lane, Outbox } from './outbox.ts';
import { type Loose, Sender } from './sender.ts';
import type { Socket } from './socket.ts';

/** Nothing heard for this long, though the server pings each 20 s: the link is dead. */
const SILENCE_MS = 40_000;

export type SessionParts = {
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly welcome: Welcome;
  /** The session cannot go on. Not called any more after `end`. */
  readonly onLost: (reason: string) => void;
};

export class Session {
  readonly #parts: SessionParts;
  readonly #sender: Sender;
  #heardMs: number;
  #isEnded = false;
  #cancelSilence: Cancel = () => undefined;

  constructor(parts: SessionParts) {
    const { socket, outbox, clock, welcome } = parts;
    this.#parts = parts;
    this.#sender = new Sender({
      socket,
      outbox,
      marks: { alerts: adopt(outbox, 'alerts', welcome), metrics: adopt(outbox, 'metrics', welcome) },
      window: welcome.window,
      wallMs: clock.wallMs,
      onFull: () => socket.close(),
    });
    this.#heardMs = clock.monoMs();
    this.#watchSilence();
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.flush().catch((error: unknown) => this.#lose(error instanceof Error ? error.message : String(error)));
  }

  /** Resolves when all that may be sent now is with the network. */
  flush(): Promise<void> {
    return this.#sender.pump();
  }

  sendLoose(type: 'now' | 'live', loose: Loose): void {
    this.#sender.sendLoose(type, loose);
  }

  heard(): void {
    this.#heardMs = this.#parts.clock.monoMs();
  }

  acked({ lane, epoch, seq }: ServerMessage & { type: 'ack' }): void {
    if (this.#parts.outbox.ack(lane, epoch, seq)) this.#sender.acked(lane, seq);
    this.wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#sender.end();
    this.#cancelSilence();
  }

  #watchSilence(): void {
    const { clock } = this.#parts;
    const quietMs = clock.monoMs() - this.#heardMs;
    if (quietMs >= SILENCE_MS) return this.#lose(`nothing heard for ${SILENCE_MS / 1000} s`);
    this.#cancelSilence = clock.after(SILENCE_MS - quietMs, () => this.#watchSilence());
  }

  #lose(reason: string): void {
    if (!this.#isEnded) this.#parts.onLost(reason);
  }
}

/** What the server has of our epoch need not be sent again. @returns the last record that it has */
const adopt = (outbox: Outbox, lane: Lane, { marks }: Welcome): number => {
  const mark = marks[lane];
  const { epoch, nextSeq } = outbox.lane(lane);
  if (mark?.epoch !== epoch) return 0;
  outbox.ack(lane, epoch, mark.seq);
  return Math.min(mark.seq, nextSeq - 1);
};
