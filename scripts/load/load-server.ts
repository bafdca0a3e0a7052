// The server's own command line, with a look at its event loop from inside.
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { main } from '@fettle/server/main';

import { residentMib } from '../bench/process-cost.ts';

const NS_PER_MS = 1e6;
const RESOLUTION_MS = 5;

const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
loop.enable();
process.on('message', () => {
  process.send?.({
    loopP99Ms: loop.percentile(99) / NS_PER_MS,
    loopMaxMs: loop.max / NS_PER_MS,
    rssMib: residentMib(process.pid),
  });
  loop.reset();
});
process.on('disconnect', () => process.exit());
process.exitCode = await main(process.argv.slice(2), {});
process.disconnect?.();
