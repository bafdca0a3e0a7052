// Which connection each device has. A second one is either the same machine again, or a copy of it with the same key.

/** Longer than a slow line takes for an answer, shorter than an agent waits for its welcome (15 s). */
const ANSWER_MS = 5_000;

type Holder = {
  readonly refuse: (code: 'already_connected', message: string) => void;
  /** Does its agent answer? False as soon as the connection is gone; of one that is silent nothing comes. */
  readonly answers: () => Promise<boolean>;
};

export class Claims<Session extends Holder> {
  readonly #holders = new Map<string, Session>();
  readonly #sleep: (ms: number) => Promise<unknown>;

  constructor(sleep: (ms: number) => Promise<unknown>) {
    this.#sleep = sleep;
  }

  holder(device: string): Session | undefined {
    return this.#holders.get(device);
  }

  /** Is there a connection of this device whose agent still answers? */
  async isTaken(device: string): Promise<boolean> {
    for (;;) {
      const holder = this.#holders.get(device);
      if (!holder) return false;
      if (await Promise.race([holder.answers(), this.#sleep(ANSWER_MS).then(() => false)])) return true;
      const next = this.#holders.get(device);
      if (next === holder || !next) return false;
    }
  }

  /** Whoever held it is dead, and is told so in case it is not. */
  claim(device: string, session: Session): void {
    const former = this.#holders.get(device);
    this.#holders.set(device, session);
    former?.refuse('already_connected', 'Another connection of this device has taken over.');
  }

  /** @returns false where another holds it by now */
  release(device: string, session: Session): boolean {
    return this.#holders.get(device) === session && this.#holders.delete(device);
  }
}
