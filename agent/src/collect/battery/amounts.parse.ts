// What is in a battery, by energy or by charge.

const INTEGER = /^-?\d{1,12}$/;
/** Of energy in µWh and charge in µAh: whichever the driver has, a ratio is taken within one of them. */
const FAMILIES = [
  { amount: 'ENERGY', rate: 'POWER_NOW', unit: 'Wh' },
  { amount: 'CHARGE', rate: 'CURRENT_NOW', unit: 'Ah' },
] as const;

export type Amounts = {
  readonly unit: string;
  readonly now: number | undefined;
  readonly full: number | undefined;
  readonly design: number | undefined;
  readonly rate: number | undefined;
};

type Properties = ReadonlyMap<string, string>;

/** All of one family: the first in which the battery says most. */
export const amountsOf = (properties: Properties): Amounts => {
  const [first, ...others] = FAMILIES.map(({ amount, rate, unit }) => ({
    unit,
    now: numberOf(properties, `${amount}_NOW`),
    full: positive(numberOf(properties, `${amount}_FULL`)),
    design: positive(numberOf(properties, `${amount}_FULL_DESIGN`)),
    rate: numberOf(properties, rate),
  }));
  const told = ({ now, full, design }: Amounts) => [now, full, design].filter((value) => value !== undefined).length;
  return others.reduce<Amounts>((best, other) => (told(other) > told(best) ? other : best), first ?? NOTHING);
};

const NOTHING: Amounts = { unit: '', now: undefined, full: undefined, design: undefined, rate: undefined };

/** A whole number of either sign. */
export const numberOf = (properties: Properties, key: string): number | undefined => {
  const text = properties.get(key);
  return text !== undefined && INTEGER.test(text) ? Number(text) : undefined;
};

export const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;
