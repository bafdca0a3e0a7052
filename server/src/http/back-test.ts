// What a rule would have made of the last days, before anybody lives with it.
import { backTestRequest, backTestView } from '@fettle/shared/api/rule.schema';
import { type JudgedRule, isJudged } from '@fettle/shared/rule/rule';
import { DAY_MS, SECOND_MS } from '@fettle/shared/time';
import type { z } from 'zod';

import type { Actor } from '../domain/actor.ts';
import { applied } from '../domain/rules/effective.ts';
import type { Episode } from '../domain/rules/episodes.ts';
import { CONFIRM, SAMPLE_MAX, glanceAt, warningOf } from '../domain/rules/glance.ts';
import { pathText } from '../domain/rules/merge.ts';
import type { RuleChange, RuleDocument, Standing } from '../domain/rules/override.ts';
import type { RuleShelf } from '../domain/rules/shelf.ts';
import { instantOf } from '../domain/view.ts';
import type { BackTestAnswer, Verdict } from '../store/back-test.ts';
import type { Api } from './api.ts';
import { HttpProblem, notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofChanger } from './routes.ts';

/** Shorter than a request may take. */
const WITHIN_MS = 25 * SECOND_MS;
/** The look before a change is made. */
const GLANCE_MS = 2 * SECOND_MS;
/** Each reads for seconds in the thread that answers everybody. */
const AT_ONCE = 2;

export const backTestRoutes = (app: Routes, api: Api): void => {
  let running = 0;
  app.post(
    '/api/v1/rules/backtest',
    {
      config: ofChanger,
      schema: {
        ...about('rules', 'backTest', 'What a rule, or two versions of it, would have made of the last days'),
        body: backTestRequest,
        response: answers(backTestView),
      },
    },
    async (request) => {
      if ((await api.ask('terms', actorOf(request), { tenant: request.body.tenant })) === undefined)
        throw notFound('tenant');
      if (running >= AT_ONCE)
        throw new HttpProblem(503, 'busy', `${AT_ONCE} back-tests are running: try again when one is done.`);
      running += 1;
      try {
        return viewOf(await test(api, actorOf(request), request.body));
      } finally {
        running -= 1;
      }
    },
  );
};

const test = (api: Api, actor: Actor, asked: z.infer<typeof backTestRequest>): Promise<BackTestAnswer> => {
  const { a, b, tenant, site, device, days } = asked;
  const at = { tenant, site: site ?? '', tags: [], device: device ?? '' };
  const toMs = api.nowMs();
  return api.ask('back-test', actor, {
    a: judgedRule(api, at, a.id, a.document ?? {}),
    ...(b && { b: judgedRule(api, at, b.id, b.document ?? {}) }),
    tenant,
    ...(site !== undefined && { site }),
    ...(device !== undefined && { device }),
    fromMs: toMs - days * DAY_MS,
    toMs,
    intervals: api.intervals(),
    withinMs: WITHIN_MS,
  });
};

/** @throws HttpProblem for what is no rule, or none that agents judge */
const judgedRule = (api: Api, at: Standing, id: string, document: RuleDocument): JudgedRule => {
  const { rule, issues } = applied(api.shelf().effective(id, at).rule, id, document);
  const [issue] = issues;
  if (issue) throw new HttpProblem(422, 'rule_invalid', `${id}: ${pathText(issue.path)}: ${issue.message}`);
  if (rule && isJudged(rule)) return rule;
  throw new HttpProblem(422, 'rule_invalid', `${id} is judged by the server: there are no readings to test it on.`);
};

/** Before changes are made: would a rule fire on everybody? In time that a person waits for. @returns what to say */
export const warningsOf = async (
  api: Api,
  actor: Actor,
  after: RuleShelf,
  changes: readonly (readonly [RuleChange, Standing])[],
): Promise<readonly string[]> => {
  const glances = changes.flatMap(([change, standing]) => glanceAt(after, change, standing) ?? []);
  const toMs = api.nowMs();
  const range = { fromMs: toMs - DAY_MS, toMs, intervals: api.intervals(), withinMs: GLANCE_MS / glances.length };
  const warnings: string[] = [];
  for (const { rule, where } of glances) {
    if (api.nowMs() - toMs > GLANCE_MS) break; // of hundreds of changes the first are looked at
    const seen = await api.ask('back-test', actor, { a: rule, ...where, ...range, sample: SAMPLE_MAX });
    const said = warningOf(rule.id, seen);
    if (said !== undefined) warnings.push(said);
  }
  return warnings;
};

/** The same for one change. @throws HttpProblem, to be confirmed */
export const warnOfMany = async (api: Api, actor: Actor, change: RuleChange): Promise<void> => {
  const [standing] = await api.ask('rule places', actor, { spots: [change] });
  const after = api.shelf().with([change], { author: '', atMs: 0 });
  refuseUnconfirmed(standing ? await warningsOf(api, actor, after, [[change, standing]]) : []);
};

/** @throws HttpProblem where there is something to be confirmed */
export const refuseUnconfirmed = (warnings: readonly string[]): void => {
  if (warnings.length > 0) throw new HttpProblem(409, 'would_fire_everywhere', [...warnings, CONFIRM].join('\n'));
};

const viewOf = ({ devices, lookedAt, readings, dropped, a, b, difference }: BackTestAnswer) => ({
  devices,
  lookedAt,
  readings,
  dropped,
  a: verdictView(a),
  ...(b && { b: verdictView(b) }),
  ...(difference && {
    difference: {
      onlyA: verdictView(difference.onlyA),
      onlyB: verdictView(difference.onlyB),
      both: difference.both,
    },
  }),
});

const verdictView = ({ episodes, ...counts }: Verdict) => ({ ...counts, episodes: episodes.map(episodeView) });

const episodeView = ({ fromMs, toMs, ...episode }: Episode) => ({
  ...episode,
  from: instantOf(fromMs),
  to: toMs === null ? null : instantOf(toMs),
});
