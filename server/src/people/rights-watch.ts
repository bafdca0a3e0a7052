// Who is shut out loses what they have open, too: each second the count of such changes is read, which a command line beside this server
// may have written.
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

export type RightsParts = {
  /** How often somebody's rights have become less. */
  readonly changes: () => Promise<number>;
  readonly lookAgain: (who: 'all' | 'newcomers') => Promise<void>;
};

/** A session and a token end by themselves, too. */
const ALL_EACH = MINUTE_MS / SECOND_MS;

/** @returns what stops it */
export const watchRights = (parts: RightsParts): (() => void) => {
  const look = createLook(parts);
  const timer = setInterval(() => void look(), SECOND_MS);
  return () => clearInterval(timer);
};

/** One look after the other: what could not be asked is asked the next time. */
export const createLook = ({ changes, lookAgain }: RightsParts): (() => Promise<void>) => {
  let known: number | undefined;
  let turn = 0;
  let isLooking = false;
  return async () => {
    if (isLooking) return;
    isLooking = true;
    turn += 1;
    try {
      const now = await changes();
      const isOld = known !== undefined && now === known && turn % ALL_EACH !== 0;
      await lookAgain(isOld ? 'newcomers' : 'all');
      known = now;
    } catch {
      known = undefined; // the reader's trouble is logged where it is asked
    } finally {
      isLooking = false;
    }
  };
};
