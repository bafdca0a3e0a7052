// Batteries, by WMI.
import type { ChildHost } from '../../host/host.ts';
import { isBattery, parseBattery, parsePowerSource } from '../battery/battery.parse.ts';
import { NONE } from '../battery/battery.ts';
import { readingOfBatteries } from '../battery/reading.ts';
import { type Collector, UnavailableError, available } from '../collector.ts';
import { askIfAny, askWindows } from './batch.ts';
import { parseBatteries } from './battery.parse.ts';
import { windowsSlow } from './slow.ts';

export const windowsBattery = (): Collector<ChildHost> => ({
  ...windowsSlow.battery,
  probe: () => Promise.resolve(available('WMI, every half hour')),
  collect: async (host) => {
    const supplies = parseBatteries({
      batteries: await askWindows(host, 'batteries'),
      status: await askIfAny(host, 'batteryStatus'), // a machine without batteries knows no such class
      full: await askIfAny(host, 'batteryFull'),
      cycles: await askIfAny(host, 'batteryCycles'),
      design: await askIfAny(host, 'batteryDesign'),
    });
    const batteries = supplies.filter(isBattery).map(parseBattery);
    if (batteries.length === 0) throw new UnavailableError(NONE);
    return readingOfBatteries(batteries, parsePowerSource(supplies));
  },
});
