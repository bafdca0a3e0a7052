import type { Lane } from './outbox.ts';

/** A text record as it is sent, to the letter: marks carry its hash. @param body JSON */
export const recordText = (lane: Lane, epoch: string, seq: number, body: string): string =>
  `{"type":"record","lane":"${lane}","epoch":"${epoch}","seq":${seq},"body":${body}}`;
