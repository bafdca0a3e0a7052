// What the kernel says of power supplies, as text (its class power_supply).

/** The file `uevent` of one. */
export const ueventOf = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([key, value]) => `POWER_SUPPLY_${key}=${value}\n`)
    .join('');

/** A battery in use, half full. */
export const HALF = {
  STATUS: 'Discharging',
  PRESENT: '1',
  ENERGY_NOW: '20000000',
  ENERGY_FULL: '40000000',
  ENERGY_FULL_DESIGN: '50000000',
};
