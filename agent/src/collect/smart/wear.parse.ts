// How much of a solid disk's rated writes is used up: 0 is new, 1 is all of it, an NVMe counts on to 2.55.
import type { Attribute } from './attributes.parse.ts';
import { pick, whole } from './fields.parse.ts';
import { statistic } from './statistic.parse.ts';

const PERCENT = 100;
const PERCENT_MAX = 255;

/**
 * Wear that makers keep in attributes. Only where a maker has one meaning for it over its drives: elsewhere the same number and
 * name fall from 200, or stand at 100 for ever. smartctl's own `endurance_used` is such a guess for ATA and is not taken.
 */
type Keeper = {
  readonly id: number;
  readonly name: RegExp;
  readonly maker: RegExp;
  readonly used: (of: Attribute) => number | undefined;
};

const KEEPERS: readonly Keeper[] = [
  // the normalized value falls from 100 to 1 with the rated erase cycles (Intel SSD product specifications, attribute E9h)
  {
    id: 233,
    name: /^Media_Wearout_Indicator$/,
    maker: /\b(?:intel|solidigm)\b/i,
    used: ({ value }) => usedByRemaining(value),
  },
  // the normalized value falls from 100 with the mean erase count (Samsung SSD application note on SMART, attribute 177)
  { id: 177, name: /^Wear_Leveling_Count$/, maker: /\bsamsung\b/i, used: ({ value }) => usedByRemaining(value) },
  // the raw value is percent used and goes beyond 100, the normalized one is the rest of it (Micron, technical note TN-FD-22, attribute 202)
  {
    id: 202,
    name: /^Perc(?:ent)?_(?:Lifetime|Rated_Life)_(?:Remain|Used)/,
    maker: /micron|crucial/i,
    used: ({ value, raw }) => (value === Math.max(0, PERCENT - raw) ? raw : undefined),
  },
  // Phison, SandForce and others: what remains, in one of the two values; it is taken where both say the same
  { id: 231, name: /Life/, maker: /./, used: ({ value, raw }) => (value === raw ? usedByRemaining(value) : undefined) },
];

/** @returns undefined for a disk that turns, and where nothing that is well known says it */
export const parseWear = (
  document: unknown,
  attributes: readonly Attribute[],
  isSolid: boolean,
): number | undefined => {
  const said = [
    pick(document, 'nvme_smart_health_information_log', 'percentage_used'),
    pick(document, 'scsi_percentage_used_endurance_indicator'),
    statistic(document, 'Percentage Used Endurance Indicator'),
  ];
  const percent =
    said.map(whole).find((used) => used !== undefined) ?? (isSolid ? keptUsed(document, attributes) : undefined);
  return percent === undefined ? undefined : Math.min(percent, PERCENT_MAX) / PERCENT;
};

const keptUsed = (document: unknown, attributes: readonly Attribute[]): number | undefined => {
  const maker = `${String(pick(document, 'model_family'))} ${String(pick(document, 'model_name'))}`;
  return KEEPERS.filter((keeper) => keeper.maker.test(maker))
    .map(({ id, name, used }) => {
      const attribute = attributes.find((one) => one.id === id && name.test(one.name));
      return attribute && used(attribute);
    })
    .find((used) => used !== undefined);
};

const usedByRemaining = (remaining: number | undefined): number | undefined =>
  remaining !== undefined && remaining <= PERCENT ? PERCENT - remaining : undefined;
