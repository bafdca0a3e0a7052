// What of a lane is on its way: sent in this session and not acknowledged yet.

export class Inflight {
  #sent: number[] = [];
  #last: number;

  /** @param after the last record that the server has */
  constructor(after: number) {
    this.#last = after;
  }

  /** The last record sent, or what the server had before: reading goes on after it. */
  get last(): number {
    return this.#last;
  }

  /** How many more may be sent now. */
  room(window: number): number {
    return Math.max(0, window - this.#sent.length);
  }

  sent(seq: number): void {
    this.#sent.push(seq);
    this.#last = seq;
  }

  acked(seq: number): void {
    const open = this.#sent.findIndex((sent) => sent > seq);
    this.#sent = open < 0 ? [] : this.#sent.slice(open);
  }
}
