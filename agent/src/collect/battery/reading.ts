// What the batteries of a machine come to, as samples and as facts for people, wherever they were read.
import { NO_ATTRIBUTES, type Sample } from '@fettle/shared/metric/sample';

import type { Reading, Section } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { sample } from '../samples.ts';
import type { Battery, parsePowerSource } from './battery.parse.ts';

/** The catalogue's numbers. */
const STATE = { discharging: 0, charging: 1, full: 2, 'not charging': 3 } as const;
const SOURCE = { battery: 0, mains: 1 } as const;

type PowerSource = ReturnType<typeof parsePowerSource>;

export const readingOfBatteries = (
  found: readonly Battery[],
  source: PowerSource,
): Required<Pick<Reading, 'samples' | 'sections'>> => {
  const batteries = withIds(found);
  const power = batteries.length > 0 ? sample('fettle.power.source', NO_ATTRIBUTES, source && SOURCE[source]) : [];
  return { samples: [...batteries.flatMap(samplesOf), ...power], sections: [sectionOf(batteries)] };
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
