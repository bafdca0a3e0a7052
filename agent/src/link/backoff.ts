// How long to wait before the next try, so that a fleet that was cut off together does not come back together.
import { SECOND_MS } from '@fettle/shared/time';

const BASE_MS = SECOND_MS;
const CAP_MS = 300 * SECOND_MS;

/**
 * The first wait is anywhere in the spread; each further one anywhere between a second and a bound that doubles up to five minutes.
 * @param attempt failed tries since the last stable link, from 0; @param random 0..1; @param spreadMs given by the server
 */
export const delayMs = (attempt: number, random: number, spreadMs: number): number =>
  attempt === 0
    ? random * spreadMs
    : BASE_MS + random * (Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 20)) - BASE_MS);
