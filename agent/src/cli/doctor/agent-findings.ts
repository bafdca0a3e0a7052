// The resident agent: enrolled, running, connected, and what it says of itself.
import { formatDuration } from '@fettle/shared/words/format';

import { VERSION } from '../../version.ts';
import type { AgentNow } from '../status.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export const agentFindings = (now: AgentNow | undefined): readonly Finding[] => {
  if (!now) return [fail('agent', 'has never run with this data folder', 'start its service, or: fettle-agent run')];
  const seen = `last heard of ${formatDuration(now.ageMs)} ago`;
  if (!now.running) return [fail('agent', `does not run, ${seen}`, 'start its service, or: fettle-agent run')];
  return [
    ok('agent', `process ${now.pid}, ${seen}`),
    now.version === VERSION
      ? ok('version', VERSION)
      : warn('version', `the one that runs is ${now.version}, this one is ${VERSION}`, 'restart the service'),
    now.connected
      ? ok('link', `connected to ${now.serverUrl}`)
      : fail('link', `not connected: ${now.link.lastError || now.link.state}`, 'see what is said of the server'),
    ...now.leftOut.map(({ rule, why }) => warn(`rule ${rule}`, `not judged: ${why}`, 'update the agent')),
    ...lossFindings(now),
  ];
};

const lossFindings = ({ lanes, failures }: AgentNow): readonly Finding[] => [
  ...(lanes.alerts.dropped + lanes.metrics.dropped > 0
    ? [
        warn(
          'queue',
          `${lanes.alerts.dropped} alert records and ${lanes.metrics.dropped} batches were dropped, the oldest first`,
        ),
      ]
    : []),
  ...(failures > 0 ? [warn('agent', `${failures} failures since it was started`, 'read its log')] : []),
];
