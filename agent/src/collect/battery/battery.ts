// Every battery of the machine, and what it runs on.
import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { createAbsence } from '../absence.ts';
import { type Collector, available, isGone, reasonOf } from '../collector.ts';
import { type Supply, isBattery, parseBattery, parsePowerSource, parseSupply } from './battery.parse.ts';
import { readingOfBatteries } from './reading.ts';

const FOLDER = '/sys/class/power_supply';
export const NONE: Reason = { code: 'no_hardware', detail: 'This machine has no battery.' };

export const battery = (): Collector => {
  const note = createAbsence(NONE);
  return {
    id: 'battery',
    ...linux.battery,
    timeoutMs: 20_000,
    probe: async (host) => {
      const { supplies, partial } = await readSupplies(host);
      if (supplies.some(isBattery)) return available(FOLDER);
      return { ok: false, reason: partial[0] ?? NONE };
    },
    collect: async (host) => {
      const { supplies, partial } = await readSupplies(host);
      const batteries = supplies.filter(isBattery).map(parseBattery);
      note(batteries.length > 0 || partial.length > 0);
      const { samples, sections } = readingOfBatteries(batteries, parsePowerSource(supplies));
      return { samples, partial, ...(partial.length === 0 && { sections }) };
    },
  };
};

const readSupplies = async (host: Host) => {
  const supplies: Supply[] = [];
  const partial: Reason[] = [];
  for (const name of namesIn(host)) {
    try {
      const type = host.readKernel(`${FOLDER}/${name}/type`);
      // one read for all: each asks the battery's controller, which is slow
      supplies.push(parseSupply(name, await host.readSensor(`${FOLDER}/${name}/uevent`), type));
    } catch (error) {
      if (!isGone(error)) partial.push(reasonOf(error));
    }
  }
  return { supplies, partial };
};

const namesIn = (host: Host): readonly string[] => {
  try {
    return host.listKernel(FOLDER).toSorted();
  } catch (error) {
    if (isGone(error)) return []; // a kernel without batteries has no such folder
    throw error;
  }
};
