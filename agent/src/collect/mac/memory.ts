import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, available } from '../collector.ts';
import { understood } from '../output.ts';
import { sample } from '../samples.ts';
import { SYSCTLS, parseMacMemory } from './memory.parse.ts';
import { macSlow } from './slow.ts';

export const macMemory = (): Collector<ChildHost> => ({
  ...macSlow.memory,
  probe: () => Promise.resolve(available('vm_stat, sysctl')),
  collect: async (host) => {
    const pages = await host.run('vm_stat', [], { codes: [0] });
    // with 1 one of the names is not known to this macOS: the others are there
    const limits = await host.run('sysctl', [...SYSCTLS], { codes: [0, 1] });
    const { limitBytes, usedBytes, swapUsedBytes, pressure } = understood(
      'vm_stat',
      parseMacMemory(pages.stdout, limits.stdout),
    );
    return {
      samples: [
        ...sample('system.memory.limit', NO_ATTRIBUTES, limitBytes),
        ...sample('system.memory.usage', NO_ATTRIBUTES, usedBytes),
        ...sample('system.memory.utilization', NO_ATTRIBUTES, usedBytes / limitBytes),
        ...sample('system.paging.usage', NO_ATTRIBUTES, swapUsedBytes),
        ...sample('fettle.memory.pressure', NO_ATTRIBUTES, pressure),
      ],
    };
  },
});
