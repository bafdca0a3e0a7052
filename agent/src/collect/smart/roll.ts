// Calls the roll: who answered, who sleeps, who is missing. A disk counts as missing only when everything that did answer is
// known to be somebody else. Pure: from what was remembered and what was seen to what is to be said and remembered.
import { DAY_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Disk } from './disk.parse.ts';
import { factOf } from './facts.ts';
import { type Seen, isGone, placeOf, placed } from './place.ts';
import type { Known, Place, Remembered } from './remembered.schema.ts';
import { DISKS_MAX } from './scan.parse.ts';
import type { Temperature } from './temperature.parse.ts';

/** `silent`: it is there and does not answer; `held`: it could be one of those that cannot be told apart. */
export type Entry = {
  readonly id: string;
  readonly known: Known;
  readonly state: 'awake' | 'asleep' | 'silent' | 'held' | 'missing';
  readonly temperature?: Temperature;
};

export type Roll = {
  readonly entries: readonly Entry[];
  readonly places: Readonly<Record<string, Place>>;
  readonly partial: readonly Reason[];
  /** Known disks that were not among those that answered. */
  readonly absent: number;
};

type Context = {
  readonly nowMs: number;
  /** It is known which devices there are. */
  readonly isScanned: boolean;
  readonly isSkipped: (key: string) => boolean;
};

/** A disk that nobody put back is forgotten after this. */
const FORGET_MS = 90 * DAY_MS;

export const callRoll = (before: Remembered, seen: readonly Seen[], context: Context): Roll => {
  const present = new Map<string, Entry>();
  const partial: Reason[] = [];
  for (const one of seen) {
    const entry = entryOf(one, before, present);
    partial.push(...doubtsOf(one, entry, before, present));
    if (entry && !present.has(entry.id)) present.set(entry.id, entry);
  }
  const unknown = seen.filter((one) => isUnknown(one, before));
  const absent = Object.entries(before.disks).filter(([id, { key }]) => !present.has(id) && !context.isSkipped(key));
  const isHeld = !context.isScanned || unknown.some((one) => placeOf(one, before)?.isStranger !== true);
  const missing = absent.flatMap(([id, known]) => (isHeld ? held(id, known) : judged(id, known, context.nowMs)));
  const strangers = new Set(absent.length === 0 ? unknown : []);
  return {
    entries: [...present.values(), ...missing].slice(0, DISKS_MAX),
    places: Object.fromEntries(seen.flatMap((one) => placed(one, before, strangers.has(one)))),
    partial,
    absent: absent.length,
  };
};

const entryOf = (one: Seen, before: Remembered, present: ReadonlyMap<string, Entry>): Entry | undefined => {
  const { answer, key, kernel } = one;
  if (answer.kind === 'disk') {
    const { disk } = answer;
    const { id, isSolid, values, temperature } = disk;
    const name = before.disks[id]?.name ?? nameOf(disk, [...Object.values(before.disks), ...knownOf(present)]);
    const known = { name, key, isRemovable: kernel.isRemovable, isSolid, values: { ...values }, fact: factOf(disk) };
    return { id, known, state: 'awake', ...(temperature && { temperature }) };
  }
  const id = isGone(one) ? undefined : placeOf(one, before)?.id;
  const known = id === undefined ? undefined : before.disks[id];
  if (id === undefined || !known) return undefined;
  const { missingSinceMs: _, ...there } = known;
  return { id, known: there, state: answer.kind === 'asleep' ? 'asleep' : 'silent' };
};

const knownOf = (present: ReadonlyMap<string, Entry>): readonly Known[] =>
  [...present.values()].map(({ known }) => known);

/** "ST4000NM0035 7HGF"; with the whole serial number where that is not enough. */
const nameOf = ({ id, model }: Disk, others: readonly Known[]): string => {
  const short = `${model} ${id.slice(-4)}`;
  return others.some(({ name }) => name === short) ? `${model} ${id}` : short;
};

/** Something is there, and nobody can tell who. */
const isUnknown = (one: Seen, before: Remembered): boolean => {
  const id = placeOf(one, before)?.id;
  return one.answer.kind !== 'disk' && !isGone(one) && (id === undefined || before.disks[id] === undefined);
};

const doubtsOf = (
  one: Seen,
  entry: Entry | undefined,
  before: Remembered,
  present: ReadonlyMap<string, Entry>,
): readonly Reason[] => {
  const { answer, device, key } = one;
  if (answer.kind === 'asleep') return entry ? [] : [unreadSleeper(device)];
  if (answer.kind !== 'disk') {
    const wasSomebody = Object.values(before.disks).some((known) => known.key === key);
    return isGone(one) && wasSomebody ? [] : [answer.reason]; // who is missing is told as such
  }
  const doubts = answer.disk.doubts.map((detail): Reason => ({ code: 'parse_error', detail: `${device}: ${detail}` }));
  const first = present.get(answer.disk.id);
  if (!first || !entry || isSame(first, entry)) return doubts;
  return [{ code: 'service_broken', detail: `${device} says the serial number of another disk, and is left out` }];
};

const unreadSleeper = (device: string): Reason => ({
  code: 'policy_blocked',
  detail: `${device} is asleep and was never read awake; it is not woken for it`,
  fix: 'it is read when it wakes; or set wake = true for it in a [[disk]] of agent.toml',
});

/** One disk that can be reached on two ways, and not two that were given the same number. */
const isSame = ({ known: one }: Entry, { known: other }: Entry): boolean => one.fact === other.fact;

const held = (id: string, known: Known): readonly Entry[] => [
  { id, known, state: known.missingSinceMs === undefined ? 'held' : 'missing' },
];

const judged = (id: string, known: Known, nowMs: number): readonly Entry[] => {
  const missingSinceMs = Math.min(known.missingSinceMs ?? nowMs, nowMs);
  if (known.isRemovable || nowMs - missingSinceMs > FORGET_MS) return [];
  return [{ id, known: { ...known, missingSinceMs }, state: 'missing' }];
};
