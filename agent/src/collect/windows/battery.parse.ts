// Batteries as WMI tells of them, in the words of Linux's power supplies, so that both are judged alike. Win32_Battery knows the
// charge in percent; the classes of root/wmi know amounts in mWh, and not every driver answers for all of them.
import type { Supply } from '../battery/battery.parse.ts';
import { pick, whole, words } from '../smart/fields.parse.ts';
import type { Row } from './answer.parse.ts';

export type BatteryRows = {
  /** Win32_Battery */
  readonly batteries: readonly Row[];
  /** BatteryStatus, BatteryFullChargedCapacity, BatteryCycleCount, BatteryStaticData */
  readonly status: readonly Row[];
  readonly full: readonly Row[];
  readonly cycles: readonly Row[];
  readonly design: readonly Row[];
};

const BATTERIES_MAX = 16;
const MICRO_PER_MILLI = 1_000;
/** A driver that does not know says so with every bit set. */
const UNKNOWN = 0xffff_ffff;
/** As good as full: the last percent comes and goes. */
const FULL = 0.99;

/** Every battery as BAT0, BAT1 …, and the mains where something is known of them. */
export const parseBatteries = (rows: BatteryRows): readonly Supply[] => {
  const names = [...new Set(rows.status.map(instanceOf).filter((name) => name !== undefined))].toSorted();
  const batteries =
    names.length > 0
      ? names.map((instance) => byAmounts(rows, instance, names.length === 1))
      : rows.batteries.map((row) => byPercent(row));
  const taken = batteries.slice(0, BATTERIES_MAX).map((properties, index) => supply(`BAT${index}`, properties));
  return [...taken, ...mainsOf(rows.status)];
};

const supply = (name: string, properties: Properties): Supply => ({
  name,
  properties: new Map(Object.entries(properties).filter((entry): entry is [string, string] => entry[1] !== undefined)),
});

type Properties = Readonly<Record<string, string | undefined>>;

const instanceOf = (row: Row): string | undefined => words(pick(row, 'InstanceName'));

/** @param isOnly then it is also the one that Win32_Battery means */
const byAmounts = (rows: BatteryRows, instance: string, isOnly: boolean): Properties => {
  const of = (some: readonly Row[]) => some.find((row) => instanceOf(row) === instance);
  const [status, design] = [of(rows.status), of(rows.design)];
  const full = amount(of(rows.full), 'FullChargedCapacity');
  const now = amount(status, 'RemainingCapacity');
  return {
    ...(isOnly ? byPercent(rows.batteries[0]) : { TYPE: 'Battery' }),
    STATUS: stateOf(status, now, full),
    ENERGY_NOW: micro(now),
    ENERGY_FULL: micro(full),
    ENERGY_FULL_DESIGN: micro(amount(design, 'DesignedCapacity')),
    POWER_NOW: micro(amount(status, 'DischargeRate')),
    CYCLE_COUNT: amount(of(rows.cycles), 'CycleCount')?.toString(),
    MODEL_NAME: words(pick(design, 'DeviceName')),
    MANUFACTURER: words(pick(design, 'ManufactureName')),
    SERIAL_NUMBER: words(pick(design, 'SerialNumber')),
  };
};

const amount = (row: Row | undefined, field: string): number | undefined => {
  const value = whole(pick(row, field));
  return value === UNKNOWN ? undefined : value;
};

const micro = (milli: number | undefined): string | undefined =>
  milli === undefined ? undefined : String(milli * MICRO_PER_MILLI);

const stateOf = (row: Row | undefined, now: number | undefined, full: number | undefined): string | undefined => {
  if (pick(row, 'Charging') === true) return 'Charging';
  if (pick(row, 'Discharging') === true) return 'Discharging';
  if (pick(row, 'PowerOnline') !== true) return undefined;
  return now !== undefined && full !== undefined && now >= FULL * full ? 'Full' : 'Not charging';
};

/** BatteryStatus of Win32_Battery: 1 runs down, 3 is full, 6 to 9 charge; 2 says only that there are mains. */
const STATES: Readonly<Record<number, string>> = {
  1: 'Discharging',
  3: 'Full',
  6: 'Charging',
  7: 'Charging',
  8: 'Charging',
  9: 'Charging',
};

const byPercent = (row: Row | undefined): Properties => ({
  TYPE: 'Battery',
  STATUS: STATES[whole(pick(row, 'BatteryStatus')) ?? 0],
  CAPACITY: whole(pick(row, 'EstimatedChargeRemaining'))?.toString(),
  MODEL_NAME: words(pick(row, 'Name')),
});

const mainsOf = (status: readonly Row[]): readonly Supply[] => {
  const known = status.map((row) => pick(row, 'PowerOnline')).filter((value) => typeof value === 'boolean');
  return known.length === 0 ? [] : [supply('AC', { TYPE: 'Mains', ONLINE: known.includes(true) ? '1' : '0' })];
};
