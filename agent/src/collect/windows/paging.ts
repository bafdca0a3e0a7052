// Page files and commit charge. What is in use of the memory itself is known without a child: memory.ts.
import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, available } from '../collector.ts';
import { understood } from '../output.ts';
import { sample } from '../samples.ts';
import { askIfAny, askWindows } from './batch.ts';
import { parseCommitted, parsePageFiles } from './paging.parse.ts';
import { windowsSlow } from './slow.ts';

export const paging = (): Collector<ChildHost> => ({
  ...windowsSlow.paging,
  probe: () => Promise.resolve(available('WMI, every half hour')),
  collect: async (host) => {
    const committed = understood('WMI', parseCommitted(await askWindows(host, 'limits')));
    const files = parsePageFiles(await askIfAny(host, 'pageFiles'));
    return {
      samples: [
        ...sample('fettle.memory.commit.utilization', NO_ATTRIBUTES, committed),
        ...sample('system.paging.usage', NO_ATTRIBUTES, files?.usedBytes),
        ...sample('system.paging.utilization', NO_ATTRIBUTES, files && files.usedBytes / files.limitBytes),
      ],
    };
  },
});
