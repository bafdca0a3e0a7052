import { DAY_MS } from '@fettle/shared/time';
// Calls the roll: who answered, who sleeps, who is missing. A disk counts as missing only when everything that did answer is
// known to be somebody else. Pure: from what was remembered and what was seen to what is to be said and remembered.
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Answer } from './answer.parse.ts';
import type { Disk } from './disk.parse.ts';
import { factOf } from './facts.ts';
import type { Kernel } from './kernel.ts';
import type { Known, Place, Remembered } from './remembered.schema.ts';
import { DISKS_MAX } from './scan.parse.ts';
import type { Temperature } from './temperature.parse.ts';

export type Seen = { readonly key: string; readonly device: string; readonly kernel: Kernel; readonly answer: Answer };

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
/** A solid disk that says "asleep" so often has a bridge that always says so. */
export const SLEEPS_MAX = 3;

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

/** What is remembered of a place, as long as the same disk is there. */
export const placeOf = ({ key, kernel }: Pick<Seen, 'key' | 'kernel'>, { places }: Remembered): Place | undefined =>
  places[key]?.token === kernel.token ? places[key] : undefined;

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

const isGone = ({ answer }: Seen): boolean => answer.kind === 'closed' && answer.isGone;

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

const placed = (one: Seen, before: Remembered, isNewStranger: boolean): readonly (readonly [string, Place])[] => {
  const { answer, key, kernel } = one;
  if (isGone(one)) return [];
  const { id: lastId, sleeps: slept = 0, isStranger = false } = placeOf(one, before) ?? {};
  const id = answer.kind === 'disk' ? answer.disk.id : lastId;
  const sleeps = sleepsAfter(answer, slept);
  const place: Place = {
    token: kernel.token,
    ...(id !== undefined && { id }),
    ...(sleeps > 0 && { sleeps }),
    ...(isLate(answer) && { isLate: true }),
    ...((isNewStranger || (isStranger && answer.kind !== 'disk')) && { isStranger: true }),
  };
  return [[key, place]];
};

const isLate = (answer: Answer): boolean => answer.kind === 'failed' && answer.reason.code === 'timeout';

/** Once it is known for saying so always, it stays known for it. */
const sleepsAfter = ({ kind }: Answer, sleeps: number): number => {
  if (kind === 'asleep') return Math.min(sleeps + 1, SLEEPS_MAX);
  return kind === 'disk' && sleeps < SLEEPS_MAX ? 0 : sleeps;
};
