// The evaluator's memory over a restart: written at each transition and when events or changes have news, read before the first digest.
import { messageOf } from '@fettle/shared/error';
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { memoryFor } from '@fettle/shared/rule/remember';
import { type Rule, isLasting } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';
import { isOpen } from '@fettle/shared/rule/step';

import type { Fs } from '../host/fs.ts';
import { type CalendarMark, resumed } from './calendar.ts';
import { type Entry, type Moment, refill, rowsOf } from './entry.ts';
import type { Memory } from './evaluator.ts';
import { judgedRules } from './judged-rules.ts';
import { type SavedState, savedState } from './saved-state.schema.ts';

/** Where the memory is kept, and which boot its times belong to. */
export type StatePlace = { readonly fs: Fs; readonly path: string; readonly bootId: string };

export const saveState = (
  { fs, path, bootId }: StatePlace,
  { entries, calendar, looked = [] }: Memory,
  stopped: boolean,
): Promise<void> => {
  const state: SavedState = {
    version: 1,
    bootId,
    stopped,
    ...(calendar && { calendar }),
    looked: [...looked],
    entries: entries.map(saved),
  };
  return fs.replace(path, JSON.stringify(state));
};

const saved = (entry: Entry): SavedEntry => ({
  rule: entry.rule.rule.id,
  hash: entry.rule.hash,
  instance: entry.instance,
  ...(entry.source !== undefined && { source: entry.source }),
  everyMs: entry.everyMs,
  state: entry.state,
  sinceWallMs: entry.sinceWallMs,
  evidence: [...entry.evidence],
  ...(entry.absences > 0 && { absences: entry.absences }),
  ...(!entry.wasGood && { neverGood: true as const }),
  ...(isLasting(entry.rule.rule) && { kind: entry.rule.rule.kind, metrics: [...entry.rule.metrics] }),
  rows: rowsOf(entry.ring, entry.rule.metrics.length).map((row) => [...row]),
});

type SavedEntry = SavedState['entries'][number];

export type LoadedState = Memory & {
  readonly lastEnd: 'stopped' | 'killed' | 'unknown';
  /** What was wrong with the file, when it could not be used. */
  readonly problem?: string;
};

/** `uptimeMs` is since boot, sleep included: what has passed on the calendar since the file was written. */
export type Start = Moment & { readonly uptimeMs: number };

/** Entries of rules that are still known. An unreadable file is as good as none: what was open is told anew when judged. */
export const loadState = async (
  { fs, path, bootId }: StatePlace,
  { rules, device }: { readonly rules: readonly Rule[]; readonly device: Device },
  at: Start,
): Promise<LoadedState> => {
  const read = await readState(fs, path);
  if (read === undefined) return { entries: [], lastEnd: 'unknown' };
  if ('problem' in read) return { entries: [], lastEnd: 'unknown', problem: read.problem };
  const isSameBoot = bootId !== '' && read.bootId === bootId;
  const calendar = read.calendar && resumed(read.calendar, isSameBoot, { uptimeMs: at.uptimeMs, wallMs: at.wallMs });
  return {
    entries: reviveAll(read.entries, judgedRules(rules, device).rules, { boot: isSameBoot ? undefined : at, calendar }),
    ...(calendar && { calendar }),
    looked: read.looked ?? [],
    lastEnd: read.stopped ? 'stopped' : 'killed',
  };
};

const readState = async (fs: Fs, path: string): Promise<SavedState | { readonly problem: string } | undefined> => {
  try {
    const text = await fs.read(path);
    if (text === undefined) return undefined;
    const parsed = savedState.safeParse(JSON.parse(text));
    return parsed.success
      ? parsed.data
      : { problem: `${path}: ${parsed.error.issues[0]?.message ?? 'not as expected'}` };
  } catch (error) {
    return { problem: `${path}: ${messageOf(error)}` };
  }
};

type Lines = { readonly boot: Moment | undefined; readonly calendar: CalendarMark | undefined };

/** @param lines `boot` is now, when the file is of another boot: of readings by the monotonic clock only what stood open is true then */
const reviveAll = (
  kept: readonly SavedEntry[],
  rules: readonly CompiledRule[],
  { boot, calendar }: Lines,
): readonly Entry[] => {
  const byId = new Map(rules.map((rule) => [rule.rule.id, rule]));
  const entries = kept.map((entry) => {
    const rule = byId.get(entry.rule);
    if (!rule) return undefined;
    return isLasting(rule.rule) ? reviveLasting(entry, rule, calendar) : revive(entry, rule, boot);
  });
  return entries.filter((entry) => entry !== undefined);
};

const revive = (kept: SavedEntry, rule: CompiledRule, boot: Moment | undefined): Entry | undefined => {
  const isOfThisRule = kept.hash === rule.hash && kept.state.level < rule.levels.length;
  if (!isOpen(kept.state) && (boot || !isOfThisRule)) return undefined;
  const entry = entryOf(kept, rule);
  if (boot) return startedAnew(entry, boot.monoMs);
  if (isOfThisRule) refill(entry.ring, kept.rows);
  return entry;
};

/** As it was, whatever was started since; under a changed rule that looks at the same, what it is to be compared with stays. */
const reviveLasting = (kept: SavedEntry, rule: CompiledRule, calendar: CalendarMark | undefined): Entry | undefined => {
  const isOfItsKind = kept.kind === rule.rule.kind && calendar !== undefined;
  const entry = entryOf(kept, rule);
  if (!isOfItsKind) return isOpen(kept.state) ? startedAnew(entry, calendar?.lineMs ?? 0) : undefined;
  if (kept.metrics?.join() === rule.metrics.join()) refill(entry.ring, kept.rows);
  return entry;
};

/** Open, and nothing known beside that. */
const startedAnew = (entry: Entry, at: number): Entry => ({
  ...entry,
  state: { phase: 'firing', level: entry.state.level, since: at, from: at },
});

const entryOf = (kept: SavedEntry, rule: CompiledRule): Entry => ({
  instance: kept.instance,
  source: kept.source,
  rule,
  everyMs: kept.everyMs,
  ring: memoryFor(rule, kept.everyMs),
  state: { ...kept.state, level: Math.min(kept.state.level, rule.levels.length - 1) },
  sinceWallMs: kept.sinceWallMs,
  evidence: kept.evidence,
  absences: kept.absences ?? 0,
  wasGood: kept.neverGood !== true,
});
