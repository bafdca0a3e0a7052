// One open session with the server: sends on after its marks, takes its acknowledgements, and notices when it falls silent.
import { messageOf } from '@fettle/shared/error';
import type { Cancel, Clock } from '@fettle/shared/time';
import { recordHash } from '@fettle/shared/wire/record-hash';
import type { ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import { decideMark } from './marks.ts';
import { type Lane, type Outbox, lanes } from './outbox.ts';
import { recordText } from './record-text.ts';
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
  /** A lane has begun a new epoch, which only another session can speak of. Not called any more after `end`. */
  readonly onRenewed: () => void;
  /** Something that a person may want to know of a lane. */
  readonly onNote: (detail: string) => void;
};

export class Session {
  readonly #parts: SessionParts;
  readonly #sender: Sender;
  readonly #begun: Promise<void>;
  /** Records that are being set aside: what acknowledges them waits, else they could be gone before they are kept. */
  #aside: Promise<void> = Promise.resolve();
  #heardMs: number;
  #isEnded = false;
  #cancelSilence: Cancel = () => undefined;

  constructor(parts: SessionParts) {
    const { socket, outbox, clock, welcome } = parts;
    this.#parts = parts;
    this.#sender = new Sender({ socket, outbox, clock, window: welcome.window, onFull: () => socket.close() });
    this.#heardMs = clock.monoMs();
    this.#watchSilence();
    this.#begun = this.#begin().catch((error: unknown) => this.#fail(error));
  }

  /** There is something new in the outbox. */
  wake(): void {
    this.flush().catch((error: unknown) => this.#fail(error));
  }

  /** Resolves when all that may be sent now is with the network. */
  async flush(): Promise<void> {
    await this.#begun;
    await this.#sender.pump();
  }

  sendLoose(type: 'now' | 'live', loose: Loose): void {
    this.#sender.sendLoose(type, loose);
  }

  heard(): void {
    this.#heardMs = this.#parts.clock.monoMs();
  }

  acked({ lane, epoch, seq }: ServerMessage & { type: 'ack' }): void {
    void this.#aside.then(() => {
      if (this.#isEnded) return;
      if (this.#parts.outbox.ack(lane, epoch, seq)) this.#sender.acked(lane, seq);
      this.wake();
    });
  }

  /** The server refuses a record: it is kept for a person to look at, and the lane goes on. */
  poisoned({ lane, epoch, seq }: ServerMessage & { type: 'poison' }): void {
    const { outbox, onNote } = this.#parts;
    this.#aside = this.#aside
      .then(() => outbox.setAside(lane, epoch, seq))
      .catch((error: unknown) => onNote(`a record that the server refused cannot be kept: ${messageOf(error)}`));
  }

  end(): void {
    this.#isEnded = true;
    this.#sender.end();
    this.#cancelSilence();
  }

  /** Where the marks let it, records flow from here. */
  async #begin(): Promise<void> {
    const { outbox, onRenewed } = this.#parts;
    const after = { alerts: 0, metrics: 0 };
    let isRenewed = false;
    for (const lane of lanes) {
      if (this.#isEnded) return;
      const from = await this.#adopt(lane);
      if (from === undefined) isRenewed = true;
      else after[lane] = from;
    }
    if (this.#isEnded) return;
    if (isRenewed) return onRenewed();
    for (const lane of lanes) if (after[lane] > 0) outbox.ack(lane, outbox.lane(lane).epoch, after[lane]);
    this.#sender.begin(after);
  }

  /** @returns the record to go on after, or undefined where the lane has a new epoch now, or the session has ended meanwhile */
  async #adopt(lane: Lane): Promise<number | undefined> {
    const { outbox, welcome, onNote } = this.#parts;
    const mark = welcome.marks[lane];
    const decision = decideMark(mark, outbox.lane(lane), mark ? await hashAt(outbox, lane, mark.seq) : undefined);
    if (this.#isEnded) return undefined; // the next one has told this epoch
    if (decision.note !== undefined) onNote(`${lane}: ${decision.note}`);
    if (decision.do === 'go on') return decision.after;
    await outbox.renew(lane, decision.what);
    return undefined;
  }

  #fail(error: unknown): void {
    this.#lose(messageOf(error));
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

/** Of our record at that place, if it is kept and still what it was when it was sent: gaps grow, and batches are thinned. */
const hashAt = async (outbox: Outbox, lane: Lane, seq: number): Promise<string | undefined> => {
  const { epoch } = outbox.lane(lane);
  const [record] = await outbox.read(lane, seq - 1, 1);
  if (record?.seq !== seq) return undefined;
  if (record.kind === 'text') return recordHash(recordText(lane, epoch, seq, record.body));
  return record.kind === 'batch' ? recordHash(record.block) : undefined;
};
