// What the kernel says of batteries and mains. Names and units (µWh, µAh, µW, µA): its Documentation/ABI/testing/sysfs-class-power.
import { parseProperties } from '../properties.parse.ts';
import { withoutGaps } from '../without-gaps.ts';
import { type Amounts, amountsOf, numberOf, positive } from './amounts.parse.ts';

export type Supply = {
  /** "BAT0", "AC". */
  readonly name: string;
  readonly properties: ReadonlyMap<string, string>;
};

export type Battery = {
  readonly name: string;
  /** 0..1 */
  readonly charge?: number;
  /** 0..1 */
  readonly health?: number;
  readonly cycles?: number;
  readonly secondsLeft?: number;
  readonly state?: BatteryState;
  readonly serial?: string;
  readonly maker?: string;
  readonly model?: string;
  readonly technology?: string;
  /** "47.5 Wh", "4.4 Ah" */
  readonly design?: string;
};

export type BatteryState = 'discharging' | 'charging' | 'full' | 'not charging';

const STATES: ReadonlyMap<string, BatteryState> = new Map([
  ['Discharging', 'discharging'],
  ['Charging', 'charging'],
  ['Full', 'full'],
  ['Not charging', 'not charging'],
]);
const PREFIX = 'POWER_SUPPLY_';
/** A file of sysfs is one page. */
const FILE_MAX = 4_096;
const CYCLES_MAX = 65_000;
/** Longer is a rate near nothing, not a battery. */
const SECONDS_LEFT_MAX = 30 * 86_400;
/** @param uevent the file of that name in the supply's folder; @param type the file of that name, which older kernels leave out of uevent */
export const parseSupply = (name: string, uevent: string, type: string): Supply => {
  const properties = new Map([['TYPE', type.trim()]]);
  for (const [key, value] of parseProperties(uevent.slice(0, FILE_MAX))) {
    if (key.startsWith(PREFIX)) properties.set(key.slice(PREFIX.length), value.trim());
  }
  return { name, properties };
};

/** A battery of the machine, and in it: not one of a mouse, not an empty bay. */
export const isBattery = ({ properties }: Supply): boolean =>
  properties.get('TYPE') === 'Battery' && properties.get('SCOPE') !== 'Device' && properties.get('PRESENT') !== '0';

export const parseBattery = ({ name, properties }: Supply): Battery => {
  const state = STATES.get(properties.get('STATUS') ?? '');
  const amounts = amountsOf(properties);
  const known = withoutGaps({
    state,
    charge: chargeOf(properties, amounts),
    health:
      amounts.full !== undefined && amounts.design !== undefined
        ? Math.min(1, amounts.full / amounts.design)
        : undefined,
    cycles: cyclesOf(properties),
    secondsLeft: state === 'discharging' ? secondsLeft(amounts) : undefined,
    serial: serialOf(properties),
    maker: wordOf(properties, 'MANUFACTURER'),
    model: wordOf(properties, 'MODEL_NAME'),
    technology: wordOf(properties, 'TECHNOLOGY'),
    design: shown(amounts.design, amounts.unit),
  });
  return { name, ...known };
};

/** "mains" or "battery"; undefined when nothing says so. */
export const parsePowerSource = (supplies: readonly Supply[]): 'battery' | 'mains' | undefined => {
  const online = supplies.flatMap(({ properties }) => {
    const isMains = ['Mains', 'USB', 'Wireless'].includes(properties.get('TYPE') ?? '');
    const value = properties.get('ONLINE');
    return isMains && properties.get('SCOPE') !== 'Device' && value !== undefined ? [value] : [];
  });
  // 2 is a charger that can be told what to give
  if (online.some((value) => value === '1' || value === '2')) return 'mains';
  const states = supplies.filter(isBattery).map(({ properties }) => properties.get('STATUS') ?? '');
  if (states.includes('Discharging')) return 'battery';
  if (online.length > 0 && online.every((value) => value === '0')) return 'battery';
  return states.some((state) => state === 'Charging' || state === 'Full') ? 'mains' : undefined;
};

type Properties = Supply['properties'];

const chargeOf = (properties: Properties, { now, full }: Amounts): number | undefined => {
  if (now !== undefined && now >= 0 && full !== undefined) return Math.min(1, now / full);
  const percent = numberOf(properties, 'CAPACITY');
  return percent !== undefined && percent >= 0 && percent <= 100 ? percent / 100 : undefined;
};

/** 0 is what a battery says that does not count. */
const cyclesOf = (properties: Properties): number | undefined => {
  const cycles = positive(numberOf(properties, 'CYCLE_COUNT'));
  return cycles !== undefined && cycles <= CYCLES_MAX ? cycles : undefined;
};

/** Some drivers count what flows out of a battery below zero. */
const secondsLeft = ({ now, rate }: Amounts): number | undefined => {
  if (now === undefined || now < 0 || rate === undefined || rate === 0) return undefined;
  const seconds = Math.round((now / Math.abs(rate)) * 3600);
  return seconds <= SECONDS_LEFT_MAX ? seconds : undefined;
};

/** Makers that have none write zeros or blanks. */
const serialOf = (properties: Properties): string | undefined => {
  const serial = wordOf(properties, 'SERIAL_NUMBER');
  return serial !== undefined && /[1-9a-z]/i.test(serial.replace(/^unknown$/i, '')) ? serial : undefined;
};

const wordOf = (properties: Properties, key: string): string | undefined => {
  const word = properties.get(key);
  return word === undefined || word === '' || word === 'Unknown' ? undefined : word.slice(0, 100);
};

const shown = (micro: number | undefined, unit: string): string | undefined =>
  micro === undefined ? undefined : `${(micro / 1e6).toFixed(1)} ${unit}`;
