// Counters of ATA disks. An attribute's number means what it usually does only as long as smartctl's drive database gives it
// the usual name, and its raw value is whatever the maker packed into 48 bits.
import type { MetricName } from '@fettle/shared/metric/catalog';

import { listOf, pick, whole } from './fields.parse.ts';

export type Attribute = {
  readonly id: number;
  readonly name: string;
  /** Normalized: as makers like it, mostly falling from 100. */
  readonly value?: number;
  readonly raw: number;
  /** The raw value as smartctl prints it: "3", "1 (0 5)", "2 2 2". */
  readonly text: string;
};

export type Counter = { readonly metric: MetricName; readonly count: number };
export type Counters = { readonly counters: readonly Counter[]; readonly doubts: readonly string[] };

type Meaning = { readonly id: number; readonly names: RegExp; readonly metric: MetricName };

const MEANINGS: readonly Meaning[] = [
  {
    id: 5,
    names: /^(?:Reallocate|Retired_Block|Later_Bad|New_Bad|Runtime_Bad)/,
    metric: 'fettle.disk.sectors.reallocated',
  },
  { id: 187, names: /^(?:Reported_U|Uncorrectable_E)/, metric: 'fettle.disk.errors.reported' },
  { id: 188, names: /^Command_Timeout/, metric: 'fettle.disk.timeouts' },
  // not "Bogus_Current_Pend_Sect" of drives that are known to say 1 now and then
  { id: 197, names: /^(?:Current_Pending|Pending_Sector|Total_Pending)/, metric: 'fettle.disk.sectors.pending' },
  { id: 198, names: /^(?:Offline_Uncorrect|Uncorrectable_Sector)/, metric: 'fettle.disk.sectors.uncorrectable' },
  { id: 199, names: /CRC/, metric: 'fettle.disk.errors.link' },
];

const WORD = 2 ** 16;
/** More of anything than a disk has: something is packed, or never was counted. */
export const COUNT_MAX = 2 ** 32 - 1;
const PACKED_ID = 188;

export const parseAttributes = (document: unknown): readonly Attribute[] =>
  listOf(pick(document, 'ata_smart_attributes', 'table')).flatMap((entry): readonly Attribute[] => {
    const [id, raw, name] = [whole(pick(entry, 'id')), whole(pick(entry, 'raw', 'value')), pick(entry, 'name')];
    if (id === undefined || raw === undefined || typeof name !== 'string') return [];
    const [value, text] = [whole(pick(entry, 'value')), pick(entry, 'raw', 'string')];
    return [
      { id, name, raw, text: typeof text === 'string' ? text : String(raw), ...(value !== undefined && { value }) },
    ];
  });

export const countersOf = (attributes: readonly Attribute[]): Counters => {
  const found = MEANINGS.flatMap(({ id, names, metric }) => {
    const attribute = attributes.find((one) => one.id === id && names.test(one.name));
    return attribute ? [{ metric, attribute, count: countOf(attribute) }] : [];
  });
  return {
    counters: found.flatMap(({ metric, count }) => (count === undefined ? [] : [{ metric, count }])),
    doubts: found.flatMap(({ attribute: { id, name, text }, count }) =>
      count === undefined
        ? [`attribute ${id} (${name}) is packed in a way that is not known: ${text.slice(0, 40)}`]
        : [],
    ),
  };
};

const countOf = ({ id, raw, text }: Attribute): number | undefined => {
  const printed = /^(\d{1,15})(?: \(.*\))?$/.exec(text)?.[1];
  const triple = /^(\d{1,5}) (\d{1,5}) (\d{1,5})$/.exec(text);
  if (id === PACKED_ID && triple) return Math.max(...triple.slice(1).map(Number));
  const count = printed === undefined ? raw : Number(printed);
  if (id === PACKED_ID) return largestWord(count);
  return count > COUNT_MAX ? undefined : count;
};

/** Seagate keeps three counters of 16 bits in 188: all timeouts, those over 5 s, those over 7.5 s (its SMART attribute specification). */
const largestWord = (raw: number): number =>
  Math.max(raw % WORD, Math.floor(raw / WORD) % WORD, Math.floor(raw / WORD ** 2) % WORD);
