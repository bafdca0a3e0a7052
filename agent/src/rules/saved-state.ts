// The evaluator's memory over a restart: written at each transition, read before the first digest.
import type { CompiledRule } from '@fettle/shared/rule/compile';
import type { Rule } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';
import { isOpen } from '@fettle/shared/rule/step';

import type { Fs } from '../host/fs.ts';
import { type Entry, type Moment, ringFor, rowsOf } from './entry.ts';
import { judgedRules } from './judged-rules.ts';
import { type SavedState, savedState } from './saved-state.schema.ts';

/** Where the memory is kept, and which boot its times belong to. */
export type StatePlace = { readonly fs: Fs; readonly path: string; readonly bootId: string };

export const saveState = (
  { fs, path, bootId }: StatePlace,
  entries: readonly Entry[],
  stopped: boolean,
): Promise<void> => {
  const state: SavedState = { version: 1, bootId, stopped, entries: entries.map(saved) };
  return fs.replace(path, JSON.stringify(state));
};

const saved = (entry: Entry): SavedState['entries'][number] => ({
  rule: entry.rule.rule.id,
  hash: entry.rule.hash,
  instance: entry.instance,
  everyMs: entry.everyMs,
  state: entry.state,
  sinceWallMs: entry.sinceWallMs,
  evidence: [...entry.evidence],
  rows: rowsOf(entry.ring, entry.rule.metrics.length).map((row) => [...row]),
});

export type LoadedState = {
  readonly entries: readonly Entry[];
  readonly lastEnd: 'stopped' | 'killed' | 'unknown';
  /** What was wrong with the file, when it could not be used. */
  readonly problem?: string;
};

/** Entries of rules that are still known. An unreadable file is as good as none: what was open is told anew when judged. */
export const loadState = async (
  { fs, path, bootId }: StatePlace,
  { rules, device }: { readonly rules: readonly Rule[]; readonly device: Device },
  at: Moment,
): Promise<LoadedState> => {
  const read = await readState(fs, path);
  if (read === undefined) return { entries: [], lastEnd: 'unknown' };
  if ('problem' in read) return { entries: [], lastEnd: 'unknown', problem: read.problem };
  const compiled = new Map(judgedRules(rules, device).map((rule) => [rule.rule.id, rule]));
  const isSameBoot = bootId !== '' && read.bootId === bootId;
  const entries = read.entries.map((kept) => {
    const rule = compiled.get(kept.rule);
    return rule && revive(kept, rule, isSameBoot ? undefined : at);
  });
  const lastEnd = read.stopped ? 'stopped' : 'killed';
  return { entries: entries.filter((entry) => entry !== undefined), lastEnd };
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
    return { problem: `${path}: ${error instanceof Error ? error.message : String(error)}` };
  }
};

/** @param boot now, when the file is of another boot: its times mean nothing, only what stood open is kept */
const revive = (
  kept: SavedState['entries'][number],
  rule: CompiledRule,
  boot: Moment | undefined,
): Entry | undefined => {
  const isOfThisRule = kept.hash === rule.hash && kept.state.level < rule.levels.length;
  const ring = ringFor(rule, kept.everyMs);
  const entry: Entry = {
    instance: kept.instance,
    rule,
    everyMs: kept.everyMs,
    ring,
    state: kept.state,
    sinceWallMs: kept.sinceWallMs,
    evidence: kept.evidence,
    absences: 0,
  };
  if (!isOpen(entry.state) && (boot || !isOfThisRule)) return undefined;
  const level = Math.min(kept.state.level, rule.levels.length - 1);
  if (boot) {
    entry.state = { phase: 'firing', level, since: boot.monoMs, from: boot.monoMs };
    return entry;
  }
  entry.state = { ...kept.state, level };
  if (isOfThisRule) for (const [at, ...row] of kept.rows) ring.push(at ?? 0, row);
  return entry;
};
