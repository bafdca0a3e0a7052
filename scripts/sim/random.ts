// Randomness that one number decides: the same seed gives the same run, on every machine.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // neighbouring seeds must not give neighbouring runs
    for (let round = 0; round < 8; round += 1) this.next();
  }

  /** Of its own, so that what one part draws does not change what another gets. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }

  /** A twin that will draw the same. */
  copy(): Random {
    const twin = new Random(0);
    twin.#state = this.#state;
    return twin;
  }

  /** 0 (inclusive) to 1 (exclusive). By the multiply-and-xor mixer that is known as mulberry32. */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** Both ends included. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws Error when there is nothing to choose from */
  pick<T>(choices: readonly T[]): T {
    const place = this.whole(0, choices.length - 1);
    for (const choice of choices.slice(place, place + 1)) return choice;
    throw new Error('nothing to choose from');
  }

  /** So many random bytes, base64url. */
  text(bytes: number): string {
    return Buffer.from(Array.from({ length: bytes }, () => this.whole(0, 255))).toString('base64url');
  }
}
