// What the server's clock says, as far as this machine can know it without asking again.

/** Half of it is how wrong the answer may be: no more than what the rule about a wrong clock takes for right. */
const ROUND_TRIP_MAX_MS = 4_000;

export class ServerClock {
  #askedMs: number | undefined;
  /** What the server's clock was when this machine was booted: setting the clock of this machine does not change it. */
  #bootedMs: number | undefined;

  /** The server is told something that it answers with its time. @param uptimeMs since boot, sleep included */
  asked(uptimeMs: number): void {
    this.#askedMs = uptimeMs;
  }

  /** @param serverMs the server's clock when it answered. An answer that took long says nothing */
  heard(serverMs: number, uptimeMs: number): void {
    const askedMs = this.#askedMs;
    this.#askedMs = undefined;
    if (askedMs === undefined || uptimeMs < askedMs || uptimeMs - askedMs > ROUND_TRIP_MAX_MS) return;
    this.#bootedMs = serverMs - (askedMs + uptimeMs) / 2;
  }

  /** How far a clock is off, either way, in s; undefined until the server was heard. */
  offsetS(wallMs: number, uptimeMs: number): number | undefined {
    if (this.#bootedMs === undefined) return undefined;
    return Math.abs(wallMs - uptimeMs - this.#bootedMs) / 1000;
  }
}
