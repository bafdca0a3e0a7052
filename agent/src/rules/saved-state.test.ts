// The evaluator's memory on a real disk: what comes back from it, and what a file that is not as it should be does.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Rule } from '@fettle/shared/rule/rule';
import { HOUR_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { nodeFs } from '../host/fs.ts';
import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';
import { loadState, saveState } from './saved-state.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-state-'));
  path = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const placeOf = (bootId = 'this boot') => ({ fs: nodeFs, path, bootId });

/** "/" is open as critical, "/home" is pending, "/tmp" is well. */
const anEvaluator = (): Evaluator => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([diskRule], minute(0));
  for (const [at, home] of [10, 10, 90].entries())
    evaluator.judge([volumes({ '/': 97, '/home': home, '/tmp': 10 })], minute(at), HOUR_MS);
  return evaluator;
};
const save = (isStopped = false) => saveState(placeOf(), anEvaluator().memory, isStopped);
const load = (rules: readonly Rule[] = [diskRule], bootId?: string) =>
  loadState(placeOf(bootId), { rules, device: SERVER }, minute(9));
const phases = async (...args: Parameters<typeof load>) => {
  const { entries } = await load(...args);
  return Object.fromEntries(entries.map(({ instance, state }) => [instance, state.phase]));
};

describe('what was kept', () => {
  it('comes back as it was', async () => {
    await save();
    const revived = new Evaluator(SERVER);
    revived.adopt(await load());
    const original = anEvaluator();
    expect(revived.digest(5)).toEqual({ ...original.digest(5), judged: [] });
    const next = [volumes({ '/': 97, '/home': 90, '/tmp': 10 })];
    original.judge(next, minute(3), HOUR_MS);
    revived.setRules([diskRule], minute(3));
    revived.judge(next, minute(3), HOUR_MS);
    const state = ({ entries }: Evaluator) => entries.map(({ instance, state }) => ({ instance, state }));
    expect(state(revived)).toEqual(state(original));
  });

  it.each([
    ['stopped', true],
    ['killed', false],
  ])('says that the agent was %s', async (lastEnd, isStopped) => {
    await save(isStopped);
    expect(await load()).toMatchObject({ lastEnd });
  });

  it('comes back however many rules there have been: those of this run are among what is known of them', async () => {
    const evaluator = new Evaluator(SERVER);
    evaluator.adopt({ entries: [], looked: Array.from({ length: 500 }, (_, index) => `own.${index}`) });
    evaluator.setRules([diskRule], minute(0));
    evaluator.judge([volumes({ '/': 10 })], minute(0), HOUR_MS);
    await saveState(placeOf(), evaluator.memory, true);
    const { looked, problem } = await load();
    expect([problem, looked?.length, looked?.includes(diskRule.id)]).toEqual([undefined, 500, true]);
  });

  it('is for the owner alone, and leaves nothing beside it', async () => {
    await save();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it.each([
    ['this boot', 'another boot'],
    ['', ''],
    ['this boot', ''],
  ])('only what stood open is true after a boot: of "%s" in "%s"', async (bootId, newBootId) => {
    await saveState(placeOf(bootId), anEvaluator().memory, false);
    const { entries } = await load([diskRule], newBootId);
    const since = minute(9).monoMs;
    expect(entries).toMatchObject([
      { instance: '/', sinceWallMs: minute(2).wallMs, state: { phase: 'firing', level: 1, since, from: since } },
    ]);
    expect(entries[0]?.ring.length).toBe(0);
    expect(entries[0]?.evidence).toHaveLength(1);
  });
});

describe('under other rules than it was kept', () => {
  it('only what stood open is of use', async () => {
    await save();
    expect(await phases([{ ...diskRule, keepMs: 1 }])).toEqual({ '/': 'firing' });
  });

  it('a level that the rule has no more becomes its highest', async () => {
    await save();
    const { entries } = await load([{ ...diskRule, levels: diskRule.levels.slice(0, 1) }]);
    expect(entries).toMatchObject([{ state: { phase: 'firing', level: 0 } }]);
  });

  it('a rule that is gone, or that cannot be judged here, has no entries and harms no other', async () => {
    await save();
    const unknown: Rule = {
      ...diskRule,
      levels: [{ severity: 'warning', forMs: 0, any: [{ metric: 'no.such', beyond: 'above', fireAt: 1, clearAt: 0 }] }],
    };
    expect(await phases([])).toEqual({});
    expect(await phases([unknown])).toEqual({});
    expect(await phases([{ ...unknown, id: 'other' }, diskRule])).toEqual({
      '/': 'firing',
      '/home': 'pending',
      '/tmp': 'ok',
    });
  });
});

describe('a file that is not as it should be', () => {
  const whole = { version: 1, bootId: 'this boot', stopped: false, entries: [] };

  it.each<[string, (kept: string) => string]>([
    ['empty', () => ''],
    ...Array.from({ length: 9 }, (_, tenth): [string, (kept: string) => string] => [
      `cut at ${tenth + 1}/10`,
      (kept) => kept.slice(0, (kept.length * (tenth + 1)) / 10),
    ]),
    ['of zeros, as after a power cut', (kept) => '\0'.repeat(kept.length)],
    ['no JSON', () => 'state'],
    ['something else', () => '[]'],
    ['of another version', () => JSON.stringify({ ...whole, version: 2 })],
    ['with more than it should have', () => JSON.stringify({ ...whole, more: 1 })],
    ['with an entry that is none', () => JSON.stringify({ ...whole, entries: [{ rule: 'disk' }] })],
  ])('%s: it is told, nothing is taken from it, and the next one is good', async (_name, damage) => {
    await save();
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    const { entries, lastEnd, problem } = await load();
    expect({ entries, lastEnd }).toEqual({ entries: [], lastEnd: 'unknown' });
    expect(problem).toMatch(new RegExp(`^${path}: .{5,}`));
    await save();
    expect(await load()).not.toHaveProperty('problem');
  });

  it('missing is no problem: it is the first start', async () => {
    expect(await load()).toEqual({ entries: [], lastEnd: 'unknown' });
  });

  it('a folder in its place is told, and refuses to be replaced', async () => {
    mkdirSync(path);
    expect((await load()).problem).toContain('EISDIR');
    await expect(save()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  });
});
