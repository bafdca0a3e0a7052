// What all sessions together have handed to the writer and not heard back of. Bounded, so that a fleet with a backlog cannot fill
// the memory of a server whose disk is slow; what does not fit stays with the agents.

const RECORDS_MAX = 20_000;
const BYTES_MAX = 64 * 1024 * 1024;
/** What a record costs beside its bytes. */
const OVERHEAD_BYTES = 512;
/** Records of a lane that may be on the way at once: while little waits, and when much does. */
const WINDOW = { most: 64, least: 4 } as const;

export class Pressure {
  #records = 0;
  #bytes = 0;

  /** @param bytes of a record; @returns false when it does not fit: it was not taken */
  take(bytes: number): boolean {
    if (this.#records >= RECORDS_MAX || this.#bytes + bytes > BYTES_MAX) return false;
    this.#records += 1;
    this.#bytes += bytes + OVERHEAD_BYTES;
    return true;
  }

  /** What was taken is decided. */
  give(bytes: number): void {
    this.#records -= 1;
    this.#bytes -= bytes + OVERHEAD_BYTES;
  }

  /** For a session that begins now: it keeps it to its end, and is acknowledged later when more waits. */
  get window(): number {
    const fill = Math.max(this.#records / RECORDS_MAX, this.#bytes / BYTES_MAX);
    return Math.max(WINDOW.least, Math.floor(WINDOW.most * (1 - fill)));
  }
}
