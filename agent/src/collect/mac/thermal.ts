// How far macOS slows the machine so that it cools: the one reading of heat that every Mac gives without help.
import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, available } from '../collector.ts';
import { understood } from '../output.ts';
import { sample } from '../samples.ts';
import { macSlow } from './slow.ts';

/** OSThermalNotification.h: its levels are the catalogue's. */
const NOTIFICATION = 'com.apple.system.thermalpressurelevel';
const LEVEL = /^com\.apple\.system\.thermalpressurelevel ([0-4])$/m;

/** @returns undefined for anything but one of the levels */
export const parseThermalLevel = (text: string): number | undefined => {
  const level = LEVEL.exec(text.slice(0, 1_000).replaceAll('\r', ''))?.[1];
  return level === undefined ? undefined : Number(level);
};

export const thermal = (): Collector<ChildHost> => ({
  ...macSlow.thermal,
  probe: () => Promise.resolve(available('notifyutil')),
  collect: async (host) => {
    const { stdout } = await host.run('notifyutil', ['-g', NOTIFICATION], { codes: [0] });
    const level = understood('notifyutil', parseThermalLevel(stdout));
    return { samples: sample('fettle.thermal.pressure', NO_ATTRIBUTES, level) };
  },
});
