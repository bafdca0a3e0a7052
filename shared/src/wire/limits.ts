// What either side may send, held by every decoder before it allocates.
import { DAY_MS, MINUTE_MS } from '../time.ts';

export const PROTOCOL = 'fettle.v1';
export const PROTOCOL_VERSION = 1;

export const FRAME_MAX_BYTES = 64 * 1024;
export const FRAGMENTS_MAX = 16;

export const SERIES_MAX = 8_192;
export const SETS_MAX = 256;
export const SET_SERIES_MAX = 2_048;
/** Readings per series in one frame: an hour at 10 s. */
export const STEPS_MAX = 360;
/** Series × steps in one frame. */
export const CELLS_MAX = 65_536;
/** What one step of a thinned record stands for; it begins at a multiple of it since 1970, UTC. */
export const THINNED_STEP_MS = 10 * MINUTE_MS;
/** Numbers per series and step of a thinned record: readings, mean, least, greatest. */
export const THINNED_CELLS = 4;
export const ATTRIBUTES_MAX = 8;
export const TEXT_MAX_BYTES = 512;

/** Every value is an integer of the catalogue's resolution within ± this. */
export const VALUE_MAX = 2 ** 48;
export const SEQ_MAX = 2 ** 52;
/** The year 9999. */
export const TIME_MAX_MS = 253_402_300_799_999;
export const STEP_MAX_MS = DAY_MS;
