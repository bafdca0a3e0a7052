// What the roll has to say, as samples and as facts for people.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type Reading, type Section, UnavailableError } from '../collector.ts';
import { fact } from '../facts.ts';
import { inCatalogue } from '../samples.ts';
import type { Entry, Roll } from './roll.ts';

/** Codes that say that there is nothing to be had, not that something went wrong. */
const HOPELESS: ReadonlySet<Reason['code']> = new Set(['no_hardware', 'virtual', 'permission']);
const PARTIAL_MAX = 50;

export const readingOf = ({ entries, partial }: Roll): Reading => {
  const [first] = partial;
  if (entries.length === 0 && first) {
    if (partial.every(({ code }) => HOPELESS.has(code))) throw new UnavailableError(first);
    if (partial.every(({ code }) => code !== 'policy_blocked')) return { samples: [], partial, failed: first };
  }
  return {
    samples: entries.flatMap(samplesOf),
    partial: partial.slice(0, PARTIAL_MAX),
    sections: [sectionOf(entries)],
  };
};

const samplesOf = ({ id, known, state, temperature }: Entry): readonly Sample[] => {
  const attributes = { 'hw.id': id, 'hw.name': known.name };
  const presence: Sample = { metric: 'fettle.disk.presence', attributes, value: state === 'missing' ? 0 : 1 };
  if (state !== 'awake' && state !== 'asleep') return [presence];
  const lasting = inCatalogue(Object.entries(known.values).map(([metric, value]) => ({ metric, attributes, value })));
  const activity: Sample = { metric: 'fettle.disk.activity', attributes, value: state === 'asleep' ? 1 : 0 };
  return [presence, activity, ...lasting, ...(temperature ? heatOf(attributes, temperature) : [])];
};

/** Not of a disk asleep: it has cooled since. */
const heatOf = (
  attributes: { readonly 'hw.id': string; readonly 'hw.name': string },
  { celsius, limit }: NonNullable<Entry['temperature']>,
): readonly Sample[] => [
  { metric: 'fettle.disk.temperature', attributes, value: celsius },
  { metric: 'fettle.disk.temperature.headroom', attributes, value: limit - celsius },
];

const sectionOf = (entries: readonly Entry[]): Section => ({
  id: 'disks',
  title: 'Disks',
  facts: entries
    .flatMap(({ known, state }) => fact(known.name, state === 'missing' ? `missing: ${known.fact}` : known.fact))
    .toSorted((a, b) => a.label.localeCompare(b.label)),
});
