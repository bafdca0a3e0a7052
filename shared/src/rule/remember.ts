// What of a reading is kept, by the kind of the rule. Rules that look back over hours and weeks remember only what tells
// them something: the ends of a run, what happened, what changed.
//
//   threshold  every reading: its mean counts
//   state      of each run of readings that are equally bad, the first few and the newest
//   event      readings that counted anything: with as many rows as the largest count, no sum is ever missed
//   change     readings that differ from the one before; what gives way can only make a rise look smaller
import { type CompiledRule, windowMs } from './compile.ts';
import { MISSING, type Ring, createRing, newestOf } from './window.ts';

/** The longest window kept, in readings: eleven hours at 10 s. */
const READINGS_MAX = 4_096;
/** Rows of runs: enough for a state that changes to and fro between two bad ones of a rule with several levels. */
const RUNS_MAX = 256;
/** Rows of events and changes, at least and at most. */
const LASTING_MIN = 32;
const LASTING_MAX = 1_024;

export const memoryFor = (rule: CompiledRule, everyMs: number): Ring =>
  createRing(rowsFor(rule, everyMs), rule.metrics.length);

const rowsFor = (rule: CompiledRule, everyMs: number): number => {
  const all = Math.ceil(windowMs(rule) / everyMs) + 2;
  switch (rule.rule.kind) {
    case 'threshold':
      return Math.min(READINGS_MAX, all);
    case 'state':
      // with one level, what was before the last run counts for nothing
      return Math.max(runRows(rule) + 1, rule.levels.length === 1 ? 0 : Math.min(RUNS_MAX, all));
    case 'event':
    case 'change':
      return Math.min(LASTING_MAX, Math.max(LASTING_MIN, ...rule.levels.map(amountOf)));
  }
};

const amountOf = (level: CompiledRule['levels'][number]): number => {
  if (level.kind === 'event') return level.count;
  if (level.kind !== 'change') return 0;
  return level.any.reduce((sum, clause) => sum + ('rise' in clause ? clause.rise : 0), 2);
};

/** One reading of the rule's columns; those before `from` do not count. */
type Reading = { readonly at: number; readonly row: readonly number[]; readonly from: number };

/** @returns whether there is a row more than before */
export const remember = (ring: Ring, rule: CompiledRule, reading: Reading): boolean => {
  const { at, row } = reading;
  switch (rule.rule.kind) {
    case 'threshold':
      ring.push(at, row);
      return true;
    case 'state':
      return goOn(ring, rule, reading);
    case 'event':
      if ((row[0] ?? MISSING) <= 0) return false;
      ring.push(at, row);
      return true;
    case 'change':
      return pushChange(ring, at, row);
  }
};

/** The newest of a run moves on, once the run has all the rows that a level may ask for. */
const goOn = (ring: Ring, rule: CompiledRule, { at, row, from }: Reading): boolean => {
  const rows = runRows(rule);
  const oldest = ring.length - rows;
  const value = row[0] ?? MISSING;
  let isLong = oldest >= 0 && ring.atOf(oldest) >= from;
  for (let index = Math.max(0, oldest); isLong && index < ring.length; index += 1) {
    isLong = areAlike(rule, ring.valueOf(index, 0), value);
  }
  if (isLong) ring.replace(at, row);
  else ring.push(at, row);
  return !isLong;
};

const runRows = (rule: CompiledRule): number =>
  Math.max(2, ...rule.levels.map((level) => (level.kind === 'state' ? level.readings : 0)));

const areAlike = (rule: CompiledRule, one: number, other: number): boolean =>
  (one === MISSING) === (other === MISSING) &&
  rule.levels.every((level) => level.kind !== 'state' || level.bad.includes(one) === level.bad.includes(other));

/** A metric that gave nothing this time is as it was. */
const pushChange = (ring: Ring, at: number, row: readonly number[]): boolean => {
  const whole = row.map((value, column) => (value === MISSING ? newestOf(ring, column) : value));
  if (whole.every((value, column) => value === newestOf(ring, column))) return false;
  ring.push(at, whole);
  return true;
};
