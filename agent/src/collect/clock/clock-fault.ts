// Whether this machine's clock is one to label readings by: nothing is refused for a wrong one, but it is told.
import { MINUTE_MS } from '@fettle/shared/time';
import { formatDuration } from '@fettle/shared/words/format';

/** More than a slow network explains. */
const TOLERANCE_MS = MINUTE_MS;

/** @returns what to tell, with what to do; undefined where the two are as good as the same */
export const clockFault = (wallMs: number, serverMs: number): string | undefined => {
  const aheadMs = wallMs - serverMs;
  if (Math.abs(aheadMs) < TOLERANCE_MS) return undefined;
  const off = `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the server's`;
  return `the clock of this machine is ${off}: set one of them right`;
};
