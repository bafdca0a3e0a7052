// What of a lane is on its way: sent in this session and not acknowledged yet.

type Sent = { readonly seq: number; readonly bytes: number };

export class Inflight {
  readonly #sent: Sent[] = [];
  #last: number;
  #bytes = 0;

  /** @param after the last record that the server has */
  constructor(after: number) {
    this.#last = after;
  }

  /** The last record sent, or what the server had before: reading goes on after it. */
  get last(): number {
    return this.#last;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many more may be sent now. */
  room(window: number): number {
    return Math.max(0, window - this.#sent.length);
  }

  sent(sent: Sent): void {
    this.#sent.push(sent);
    this.#last = sent.seq;
    this.#bytes += sent.bytes;
  }

  /** @returns how many bytes this is the answer to */
  acked(seq: number): number {
    const left = this.#sent.findIndex((sent) => sent.seq > seq);
    const done = this.#sent.splice(0, left < 0 ? this.#sent.length : left);
    const bytes = done.reduce((sum, sent) => sum + sent.bytes, 0);
    this.#bytes -= bytes;
    return bytes;
  }
}
