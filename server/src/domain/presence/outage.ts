// Devices that go silent together: it is the place, not each of them.

export type Silence = { readonly sinceMs: number; readonly isUnannounced: boolean };

/** Fewer are a coincidence. */
export const OUTAGE_LEAST = 3;
const SHARE = 0.5;

/** @param silences of a site's devices that are offline now; @param alwaysOn how many there should be */
export const isOutage = (silences: readonly Silence[], sinceMs: number, { alwaysOn, withinMs }: Site): boolean => {
  const together = silences.filter((one) => one.isUnannounced && Math.abs(one.sinceMs - sinceMs) <= withinMs).length;
  return together >= OUTAGE_LEAST && together > SHARE * alwaysOn;
};

type Site = { readonly alwaysOn: number; readonly withinMs: number };

/** Could there be one at all? */
export const canHaveOutage = (alwaysOn: number): boolean => alwaysOn >= OUTAGE_LEAST;

/** Most are back. @param away silent still, of those that should always be on */
export const isOutageOver = (away: number, alwaysOn: number): boolean => away <= SHARE * alwaysOn;
