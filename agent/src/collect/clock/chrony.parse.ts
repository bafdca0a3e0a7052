// `chronyc -c tracking`: one line of fields, in the order of the report "tracking" in chronyc(1).
import { decimal } from '../decimal.parse.ts';

/** `offsetS`: how far the clock is off, either way, in seconds. */
export type Tracking = { readonly isSynchronized: boolean; readonly offsetS?: number };

const [REFERENCE_ID, STRATUM, SYSTEM_TIME, LEAP_STATUS, FIELDS] = [0, 2, 4, 13, 14] as const;
/** 127.127.1.1: chronyd has nobody to follow and goes by this machine's own clock (chrony.conf(5), `local`). */
const OWN_CLOCK = '7F7F0101';
const STRATUM_MAX = 15;

/** @returns undefined for what is no such line */
export const parseTracking = (text: string): Tracking | undefined => {
  const fields = text.trim().split(',');
  const offset = decimal(fields[SYSTEM_TIME]);
  const stratum = decimal(fields[STRATUM]);
  if (fields.length !== FIELDS || offset === undefined || stratum === undefined) return undefined;
  const isSynchronized =
    fields[LEAP_STATUS] !== 'Not synchronised' &&
    fields[REFERENCE_ID] !== OWN_CLOCK &&
    stratum >= 1 &&
    stratum <= STRATUM_MAX;
  // measured against nobody, it says 0
  return isSynchronized ? { isSynchronized, offsetS: Math.abs(offset) } : { isSynchronized };
};
