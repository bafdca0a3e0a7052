import type { ChildHost } from '../../host/host.ts';
import { NONE } from '../battery/battery.ts';
import { readingOfBatteries } from '../battery/reading.ts';
import { type Collector, UnavailableError, available } from '../collector.ts';
import { parseMacBatteries, parseMacPowerSource } from './battery.parse.ts';
import { type Plist, parsePlist } from './plist.parse.ts';
import { macSlow } from './slow.ts';

export const macBattery = (): Collector<ChildHost> => ({
  ...macSlow.battery,
  probe: () => Promise.resolve(available('ioreg')),
  collect: async (host) => {
    const { stdout } = await host.run('ioreg', ['-a', '-r', '-c', 'AppleSmartBattery'], { codes: [0] });
    const list: Plist = stdout.trim() === '' ? [] : parsePlist(stdout); // nothing is what it writes of no battery
    const batteries = parseMacBatteries(list);
    if (batteries.length === 0) throw new UnavailableError(NONE);
    return readingOfBatteries(batteries, parseMacPowerSource(list));
  },
});
