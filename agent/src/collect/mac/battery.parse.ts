// What `ioreg -a -r -c AppleSmartBattery` says of a Mac's battery: a list of property lists. Names and units are those of the
// driver AppleSmartBattery; charge in mAh, time in minutes.
import type { Battery, BatteryState } from '../battery/battery.parse.ts';
import { isRecord } from '../json.parse.ts';
import { listOf, pick, whole, words } from '../smart/fields.parse.ts';
import { withoutGaps } from '../without-gaps.ts';
import type { Plist } from './plist.parse.ts';

/** What the driver says when it does not know. */
const MINUTES_UNKNOWN = 65_535;
const MINUTES_MAX = 30 * 24 * 60;
const CYCLES_MAX = 65_000;
/** On Apple's own processors MaxCapacity is a percentage. */
const PERCENT = 100;

/** @param list what ioreg said; an empty list is a Mac without a battery */
export const parseMacBatteries = (list: Plist): readonly Battery[] =>
  listOf(list)
    .filter((one) => isRecord(one) && one['BatteryInstalled'] !== false)
    .map((one, index) => batteryOf(one, index));

/** "mains" or "battery"; undefined where no battery says. */
export const parseMacPowerSource = (list: Plist): 'battery' | 'mains' | undefined => {
  const told = new Set(listOf(list).map((one) => pick(one, 'ExternalConnected')));
  if (told.has(true)) return 'mains';
  return told.has(false) ? 'battery' : undefined;
};

const batteryOf = (one: unknown, index: number): Battery => {
  const state = stateOf(one);
  const design = whole(pick(one, 'DesignCapacity'));
  const cycles = whole(pick(one, 'CycleCount'));
  const known = withoutGaps({
    state,
    charge: ratioOf(pick(one, 'CurrentCapacity'), pick(one, 'MaxCapacity')),
    health: ratioOf(fullOf(one), design),
    cycles: cycles !== undefined && cycles > 0 && cycles <= CYCLES_MAX ? cycles : undefined,
    secondsLeft: state === 'discharging' ? secondsLeft(pick(one, 'TimeRemaining')) : undefined,
    serial: words(pick(one, 'Serial')) ?? words(pick(one, 'BatterySerialNumber')),
    maker: words(pick(one, 'Manufacturer')),
    model: words(pick(one, 'DeviceName')),
    design: design ? `${(design / 1000).toFixed(1)} Ah` : undefined,
  });
  return { name: index === 0 ? 'Internal battery' : `Internal battery ${index + 1}`, ...known };
};

const stateOf = (one: unknown): BatteryState | undefined => {
  const [external, charging, full] = ['ExternalConnected', 'IsCharging', 'FullyCharged'].map((key) => pick(one, key));
  if (charging === true) return 'charging';
  if (external === true) return full === true ? 'full' : 'not charging';
  return external === false ? 'discharging' : undefined;
};

/** What it holds when full, in mAh: as System Settings count it, else as the gauge does. */
const fullOf = (one: unknown): number | undefined => {
  const [nominal, raw, plain] = ['NominalChargeCapacity', 'AppleRawMaxCapacity', 'MaxCapacity'].map((key) =>
    whole(pick(one, key)),
  );
  return nominal || raw || (plain !== undefined && plain > PERCENT ? plain : undefined);
};

const ratioOf = (part: unknown, all: unknown): number | undefined => {
  const [some, of] = [whole(part), whole(all)];
  return some === undefined || !of ? undefined : Math.min(1, some / of);
};

const secondsLeft = (value: unknown): number | undefined => {
  const minutes = whole(value);
  return !minutes || minutes === MINUTES_UNKNOWN || minutes > MINUTES_MAX ? undefined : minutes * 60;
};
