// What keeps V8 small in a process that stays. None of it is among the flags of the process: given at its start, these make V8
// refuse the compiled form of Node's own modules that Node carries, which costs 30 ms of CPU time.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The interpreter alone: what compilers make, and learn before, is memory that grows for hours. */
const INTERPRETER_ALONE = ['--no-opt', '--no-maglev', '--no-sparkplug'];

/** To be called when Node's own modules are loaded. */
export const keepEngineSmall = (): void => INTERPRETER_ALONE.forEach((flag) => setFlagsFromString(flag));

/** Collects garbage, and from then on the engine rather spends time than memory: while it starts, that costs it 10 ms of CPU time. */
export const tidyEngine = (): void => {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--expose-gc'); // contexts made from here on know it
  runInNewContext("gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })");
};
