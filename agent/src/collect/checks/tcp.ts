// Does somebody listen on the port, and how long does it take to say so?
import type { Clock } from '@fettle/shared/time';

import type { Address, CheckHost } from '../../host/host.ts';
import type { Finding } from './finding.ts';

/** @throws HostError */
export const lookByTcp = async (
  host: CheckHost,
  to: Address,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<Finding> => {
  const startedMs = clock.monoMs();
  await host.connect(to, timeoutMs);
  return {
    passed: true,
    values: [{ metric: 'fettle.check.latency', value: (clock.monoMs() - startedMs) / 1000 }],
    facts: [{ label: 'Address of TCP', value: `${to.host} port ${to.port}` }],
  };
};
