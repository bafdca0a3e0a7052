// What the agent costs, and how its own readings go.
import { bytes, metric, seconds, state } from './spec.ts';

const COLLECTOR = ['fettle.collector'] as const;

export const ofAgent = [
  metric('fettle.agent.cpu.utilization', {
    unit: '1',
    resolution: 0.0001,
    min: 0,
    max: 1024,
    attributes: [],
    isShare: true,
    about: 'CPU time of the agent and its children ÷ time: 1 is one CPU.',
  }),
  bytes('fettle.agent.memory.usage', [], 'Resident memory of the agent.'),
  state('fettle.spool.state', { disk: 0, memory: 1 }, ['fettle.lane'], 'Where records wait for the server.'),
  metric('fettle.collector.duration', {
    unit: 's',
    resolution: 0.001,
    min: 0,
    max: 3600,
    attributes: COLLECTOR,
    about: 'How long the last reading took.',
  }),
  seconds('fettle.collector.age', COLLECTOR, 'Since the last reading that succeeded.'),
  state(
    'fettle.collector.success',
    { failed: 0, succeeded: 1 },
    COLLECTOR,
    '1 when the last reading succeeded, 0 when it failed.',
  ),
] as const;
