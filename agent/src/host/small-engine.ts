// What keeps V8 small in a process that stays.
import { setFlagsFromString } from 'node:v8';

/** The interpreter alone: what compilers make, and learn before, is memory that grows for hours. */
const FLAGS = ['--no-opt', '--no-maglev', '--no-sparkplug', '--optimize-for-size'];

/**
 * To be called when Node's own modules are loaded. Given to the process at its start, these flags make V8 refuse the compiled form
 * of them that Node carries: 30 ms of CPU time.
 */
export const keepEngineSmall = (): void => FLAGS.forEach((flag) => setFlagsFromString(flag));
