// What rules would have made of the stored readings: device after device, in pieces, so that others are answered in between.
import { everyMsOf } from '@fettle/shared/metric/read-by';
import { compileRule } from '@fettle/shared/rule/compile';
import { Replay } from '@fettle/shared/rule/replay';
import { type JudgedRule, inScope } from '@fettle/shared/rule/rule';
import type { Intervals } from '@fettle/shared/wire/server-message.schema';

import { type Actor, maySee } from '../domain/actor.ts';
import type { Device } from '../domain/device.ts';
import { type Compared, type Episode, EpisodeLog, compared } from '../domain/rules/episodes.ts';
import { sampleOf } from '../domain/rules/sample.ts';
import type { FettleStore } from './fettle.ts';
import type { MetricsStore } from './metrics.ts';
import { RowFeed } from './replay.ts';

export type BackTestQuestion = {
  readonly a: JudgedRule;
  /** Another version, to compare with. */
  readonly b?: JudgedRule;
  readonly tenant: string;
  /** Absent: all of the tenant. */
  readonly site?: string;
  readonly tag?: string;
  readonly device?: string;
  /** At most so many of them, spread over the sites; absent: all. */
  readonly sample?: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervals: Intervals;
  /** Of CPU and waiting together: what was not looked at by then is left out, and counted. */
  readonly withinMs: number;
};

export type Verdict = {
  readonly fires: number;
  readonly tickets: number;
  readonly devices: number;
  readonly episodes: readonly Episode[];
  /** Episodes that are not listed. */
  readonly leftOut: number;
};

export type BackTestAnswer = {
  /** Devices that the rule is for, of those the sample, and of that the ones that there was time for. */
  readonly devices: number;
  readonly sampled: number;
  readonly lookedAt: number;
  readonly readings: number;
  /** Of instances beyond those that an agent watches on one device: not judged. */
  readonly dropped: number;
  readonly a: Verdict;
  readonly b?: Verdict;
  readonly difference?: { readonly onlyA: Verdict; readonly onlyB: Verdict; readonly both: number };
};

/** Listed of each side. */
const EPISODES_MAX = 500;
/** Kept while it runs: a rule that fires all the time is cut off here. */
const KEPT_MAX = 100_000;

type Stores = { readonly fettle: FettleStore; readonly metrics: MetricsStore };
type Run = { readonly episodes: Episode[]; tickets: number; dropped: number };

/** Each step is a piece of work of some milliseconds; `next(true)` says that the time is over. */
export function* backTest(
  { fettle, metrics }: Stores,
  actor: Actor,
  question: BackTestQuestion,
): Generator<void, BackTestAnswer, boolean | undefined> {
  const meant = fettle.devices.ofTenant(question.tenant).filter((device) => isMeant(device, actor, question));
  const devices = sampleOf(meant, question.sample ?? Number.POSITIVE_INFINITY, question.a.id);
  const rules = [question.a, ...(question.b ? [question.b] : [])];
  const tests = rules.map((rule) => [rule, newRun()] as const);
  const runs = tests.map(([, run]) => run);
  let [lookedAt, readings] = [0, 0];
  for (const device of devices) {
    if (yield) break;
    for (const [rule, run] of tests) {
      readings += yield* replayed({ metrics, rule, device, question, run });
    }
    lookedAt += 1;
  }
  const dropped = runs.reduce((sum, run) => sum + run.dropped, 0);
  return { devices: meant.length, sampled: devices.length, lookedAt, readings, dropped, ...verdictsOf(runs) };
}

const newRun = (): Run => ({ episodes: [], tickets: 0, dropped: 0 });

const verdictsOf = ([runA = newRun(), runB]: readonly Run[]): Pick<BackTestAnswer, 'a' | 'b' | 'difference'> => {
  const a = verdictOf(runA.episodes, runA.tickets);
  if (!runB) return { a };
  const difference = differenceOf(compared(runA.episodes, runB.episodes));
  return { a, b: verdictOf(runB.episodes, runB.tickets), difference };
};

const isMeant = (device: Device, actor: Actor, { a, b, ...where }: BackTestQuestion): boolean => {
  const { os, class: deviceClass } = device;
  if (os === 'unknown' || !maySee(actor, device.tenant)) return false;
  return isThere(device, where) && [a, b].some((rule) => rule && inScope(rule, { os, class: deviceClass }));
};

const isThere = ({ id, site, tags }: Device, where: Pick<BackTestQuestion, 'site' | 'tag' | 'device'>): boolean =>
  (where.site === undefined || site === where.site) &&
  (where.tag === undefined || tags.includes(where.tag)) &&
  (where.device === undefined || id === where.device);

type Work = {
  readonly metrics: MetricsStore;
  readonly rule: JudgedRule;
  readonly device: Device;
  readonly question: BackTestQuestion;
  readonly run: Run;
};

function* replayed({ metrics, rule, device, question, run }: Work): Generator<void, number, boolean | undefined> {
  const key = metrics.keyOf(device.id);
  const { os } = device;
  if (key === undefined || os === 'unknown' || run.episodes.length >= KEPT_MAX) return 0;
  if (!inScope(rule, { os, class: device.class })) return 0;
  const compiled = compileRule(rule, device.class);
  const log = new EpisodeLog(compiled, device);
  const feed = new RowFeed(metrics, compiled, (metric) => everyMsOf(os, metric, question.intervals));
  const replay = new Replay(compiled, feed.everyMs, log.note);
  const readings = yield* feed.run(key, question, replay);
  log.finish(question.toMs);
  run.episodes.push(...log.episodes);
  run.tickets += log.tickets;
  run.dropped += replay.dropped;
  return readings;
}

const verdictOf = (episodes: readonly Episode[], tickets: number): Verdict => ({
  fires: episodes.length,
  tickets,
  devices: new Set(episodes.map(({ device }) => device)).size,
  episodes: episodes.toSorted((one, other) => one.fromMs - other.fromMs).slice(0, EPISODES_MAX),
  leftOut: Math.max(0, episodes.length - EPISODES_MAX),
});

const differenceOf = ({ onlyA, onlyB, both }: Compared) => ({
  onlyA: verdictOf(onlyA, onlyA.filter(({ ticket }) => ticket).length),
  onlyB: verdictOf(onlyB, onlyB.filter(({ ticket }) => ticket).length),
  both,
});
