// Every battery of the machine, and what it runs on.
import { linux } from '@fettle/shared/metric/read-by-linux';
import { NO_ATTRIBUTES, type Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { createAbsence } from '../absence.ts';
import { type Collector, type Section, available, isGone, reasonOf } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { sample } from '../samples.ts';
import { type Battery, type Supply, isBattery, parseBattery, parsePowerSource, parseSupply } from './battery.parse.ts';

const FOLDER = '/sys/class/power_supply';
/** The catalogue's numbers. */
const STATE = { discharging: 0, charging: 1, full: 2, 'not charging': 3 } as const;
const SOURCE = { battery: 0, mains: 1 } as const;
const NONE: Reason = { code: 'no_hardware', detail: 'This machine has no battery.' };

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
      const batteries = withIds(supplies.filter(isBattery).map(parseBattery));
      note(batteries.length > 0 || partial.length > 0);
      const samples = [...batteries.flatMap(samplesOf), ...(batteries.length > 0 ? powerSource(supplies) : [])];
      return { samples, partial, ...(partial.length === 0 && { sections: [sectionOf(batteries)] }) };
    },
  };
};

const powerSource = (supplies: readonly Supply[]): readonly Sample[] => {
  const source = parsePowerSource(supplies);
  return sample('fettle.power.source', NO_ATTRIBUTES, source && SOURCE[source]);
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

type Known = Battery & { readonly id: string };

/** The serial number, where each battery has one of its own: some makers give all the same. */
const withIds = (batteries: readonly Battery[]): readonly Known[] =>
  batteries.map((one) => {
    const isOwn = batteries.filter(({ serial }) => serial === one.serial).length === 1;
    return { ...one, id: one.serial !== undefined && isOwn ? one.serial : one.name };
  });

const samplesOf = ({ id, name, charge, health, cycles, secondsLeft, state }: Known): readonly Sample[] => {
  const attributes = { 'hw.id': id, 'hw.name': name };
  return [
    ...sample('hw.battery.charge', attributes, charge),
    ...sample('fettle.battery.health', attributes, health),
    ...sample('fettle.battery.cycles', attributes, cycles),
    ...sample('hw.battery.time_left', attributes, secondsLeft),
    ...sample('fettle.battery.state', attributes, state && STATE[state]),
  ];
};

const sectionOf = (batteries: readonly Known[]): Section => ({
  id: 'battery',
  title: 'Battery',
  facts: onePage(
    batteries.flatMap(({ name, maker, model, serial, technology, design }) => {
      const of = batteries.length > 1 ? `${name}: ` : '';
      return [
        ...fact(`${of}Maker`, maker),
        ...fact(`${of}Model`, model),
        ...fact(`${of}Serial number`, serial),
        ...fact(`${of}Technology`, technology),
        ...fact(`${of}Design capacity`, design),
      ];
    }),
  ),
});
