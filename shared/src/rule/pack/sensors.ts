// Heat, fans and batteries.
import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { Rule, StateRule, ThresholdLevel, ThresholdRule } from '../rule.ts';
import { DISK, EVERY_CLASS, PART } from './terms.ts';

/** °C below the critical limit: a warning within 5, critical beyond it; over when 8 °C cooler than that. */
const heatLevels = (metric: string, forMs: number): readonly ThresholdLevel[] => [
  { severity: 'warning', forMs, any: [{ metric, beyond: 'below', fireAt: 5, clearAt: 13 }] },
  { severity: 'critical', forMs, any: [{ metric, beyond: 'below', fireAt: 0, clearAt: 8 }] },
];

const HEADROOM = 'fettle.temperature.headroom';
const temperatureHigh: ThresholdRule = {
  id: 'temperature.high',
  family: 'temperature',
  title: 'The machine is too hot',
  kind: 'threshold',
  scope: {},
  signal: { metric: HEADROOM, by: PART },
  levels: heatLevels(HEADROOM, 5 * MINUTE_MS),
  keepMs: 10 * MINUTE_MS,
  graceMs: 0,
  urgency: ['medium', 'high'],
  ticket: { atOnce: ['server'] },
  text: 'A sensor is within 5 °C of the limit of its part (critical: beyond it). Hot machines slow down, then turn themselves off.',
  steps: [
    'Feel and look: are the vents free, is there dust, is the room warm?',
    'Do the fans turn? `sensors` on Linux; on others ask the hardware maker’s tool or listen.',
    'See what keeps it busy: `top`, Task Manager, Activity Monitor.',
    'If one machine in a cool room stays hot, clean it and renew the thermal paste.',
  ],
};

const DISK_HEADROOM = 'fettle.disk.temperature.headroom';
const temperatureDisk: ThresholdRule = {
  ...temperatureHigh,
  id: 'temperature.disk',
  title: 'A disk is too hot',
  signal: { metric: DISK_HEADROOM, by: DISK },
  levels: heatLevels(DISK_HEADROOM, 30 * MINUTE_MS),
  keepMs: 30 * MINUTE_MS,
  text: 'For half an hour a disk has been within 5 °C of its limit (critical: beyond it). Heat shortens its life.',
  steps: [
    'Does air reach it? Clear vents and dust, check the fan in front of the disks: `sensors`.',
    'See how hot it is and has been: `smartctl -a /dev/DISK | grep -i temperature`.',
    'An NVMe without a heat sink needs one; disks without a gap between them need another place.',
  ],
};

const fanStalled: StateRule = {
  id: 'fan.stalled',
  family: 'fan.stalled',
  title: 'A fan stands still',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.fan.state', by: PART },
  levels: [{ severity: 'critical', forMs: 5 * MINUTE_MS, bad: [2], readings: 2 }],
  keepMs: 5 * MINUTE_MS,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'A fan that has turned before stands still while the processor is hot.',
  steps: [
    'See the speeds: `sensors` on Linux, the hardware maker’s tool on Windows.',
    'Is something in its way, or its plug loose? Turn the machine off before you touch it.',
    'Replace the fan. Until then keep the load low, or the machine off.',
  ],
};

/**
 * The design asks for three days. A laptop sleeps and is turned off many times a day, and then readings begin anew: an hour
 * without a break is what can be asked, and what a battery can hold does not come back by itself.
 */
const HEALTH = 'fettle.battery.health';
const batteryHealth: ThresholdRule = {
  id: 'battery.health',
  family: 'battery.health',
  title: 'A battery is worn',
  kind: 'threshold',
  scope: { classes: ['laptop'] },
  signal: { metric: HEALTH, by: PART },
  levels: [
    { severity: 'warning', forMs: HOUR_MS, any: [{ metric: HEALTH, beyond: 'below', fireAt: 0.6, clearAt: 0.65 }] },
    { severity: 'critical', forMs: HOUR_MS, any: [{ metric: HEALTH, beyond: 'below', fireAt: 0.5, clearAt: 0.55 }] },
  ],
  keepMs: HOUR_MS,
  graceMs: 0,
  urgency: ['low', 'medium'],
  ticket: { atOnce: [], when: [{ severity: 'critical' }] },
  text: 'The battery holds less than 60 % of what it held when new (critical: less than half).',
  steps: [
    'Compare with the system’s own word: `upower -i /org/freedesktop/UPower/devices/battery_BAT0`, `powercfg /batteryreport`, `system_profiler SPPowerDataType`.',
    'Is it swollen (a case that bulges, a touchpad that sticks)? Then turn the machine off and do not charge it.',
    'Order a new battery for this model.',
  ],
};

export const sensorRules: readonly Rule[] = [temperatureHigh, temperatureDisk, fanStalled, batteryHealth];
