// Processor and memory.
import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { Rule, ThresholdRule } from '../rule.ts';

const CPU = 'system.cpu.utilization';
const cpuSustained: ThresholdRule = {
  id: 'cpu.sustained',
  family: 'cpu.sustained',
  title: 'CPU is saturated',
  kind: 'threshold',
  scope: {},
  signal: { metric: CPU },
  levels: [
    {
      severity: 'warning',
      forMs: 10 * MINUTE_MS,
      forMsOn: { desktop: 15 * MINUTE_MS, laptop: 15 * MINUTE_MS, kiosk: 15 * MINUTE_MS },
      any: [{ metric: CPU, beyond: 'above', fireAt: 0.9, clearAt: 0.8 }],
    },
  ],
  keepMs: 10 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: ['server'], afterMs: HOUR_MS },
  text: 'The CPUs were more than 90 % busy over the whole time.',
  steps: [
    'See what uses them: `top`, Task Manager, Activity Monitor.',
    'Is it a job that will end (backup, update, scan)? Then wait or move it to the night.',
    'Is it a program gone wild? Note its name and version, restart it, report it.',
  ],
};

const memoryPressure: ThresholdRule = {
  id: 'memory.pressure',
  family: 'memory.pressure',
  title: 'Memory is short',
  kind: 'threshold',
  scope: {},
  signal: { metric: 'system.memory.utilization' },
  levels: [
    {
      severity: 'warning',
      forMs: 10 * MINUTE_MS,
      any: [
        { metric: 'system.memory.utilization', beyond: 'above', fireAt: 0.95, clearAt: 0.88 },
        { metric: 'fettle.pressure.memory.full', beyond: 'above', fireAt: 0.1, clearAt: 0.05 },
        { metric: 'fettle.memory.commit.utilization', beyond: 'above', fireAt: 0.9, clearAt: 0.85 },
      ],
    },
  ],
  keepMs: 10 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: ['server'], afterMs: HOUR_MS },
  text: 'Less than 5 % of the memory is available, or programs stand still waiting for memory more than 10 % of the time.',
  steps: [
    'See what uses it: `ps aux --sort=-rss | head`, Task Manager, Activity Monitor.',
    'Does one program grow without end? Restart it, report the leak.',
    'Does the machine do more than it was bought for? Add memory or move a service.',
  ],
};

export const loadRules: readonly Rule[] = [cpuSustained, memoryPressure];
