// How many bytes of metrics may be on their way at once: what the way to the server takes in a second. More would only stand in the
// buffers of a slow network, and an alert behind it.
import { SECOND_MS } from '@fettle/shared/time';

const KIB = 1024;
const START_BYTES = 16 * KIB;
const LEAST_BYTES = 8 * KIB;
const MOST_BYTES = 1024 * KIB;
/** So long something must have been on its way before the rate is believed. */
const MEASURE_MS = SECOND_MS / 2;

export class Pace {
  #bytes = START_BYTES;
  /** Since when something is on its way, or since the last measurement. */
  #sinceMs: number | undefined;
  #ackedBytes = 0;

  /** One record may always be on its way. */
  allows(onTheWayBytes: number, moreBytes: number): boolean {
    return onTheWayBytes === 0 || onTheWayBytes + moreBytes <= this.#bytes;
  }

  sent(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  /** @param bytes that this acknowledgement is of; @param isIdle nothing is on its way any more */
  acked(bytes: number, nowMs: number, isIdle: boolean): void {
    this.#ackedBytes += bytes;
    const tookMs = nowMs - (this.#sinceMs ?? nowMs);
    if (tookMs >= MEASURE_MS) {
      const bytesPerSecond = (this.#ackedBytes / tookMs) * SECOND_MS;
      this.#bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytesPerSecond));
    } else if (!isIdle) return;
    // a moment without anything on its way tells nothing of how much would go
    this.#sinceMs = isIdle ? undefined : nowMs;
    this.#ackedBytes = 0;
  }
}
