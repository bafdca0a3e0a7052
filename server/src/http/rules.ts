import { listOf, ruleView } from '@fettle/shared/api/common.schema';
import { ruleHash } from '@fettle/shared/rule/hash';
import type { Rule } from '@fettle/shared/rule/rule';
import { ruleSchema } from '@fettle/shared/rule/rule.schema';

import { maySee } from '../domain/actor.ts';
import type { Api } from './api.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofReader } from './routes.ts';

export const ruleRoutes = (app: Routes, api: Api): void => {
  const views = api.book.rules.map(viewOf); // the pack stays as it is while the server runs
  app.get(
    '/api/v1/rules',
    {
      config: ofReader,
      schema: {
        ...about('rules', 'listRules', 'The rules of the pack, and those that tenants have of their own'),
        response: answers(listOf(ruleView)),
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const counts = await api.ask('open alerts by rule', actor, {});
      const byRule = Map.groupBy(counts, ({ rule }) => rule);
      const openOf = (id: string, of?: string) =>
        (byRule.get(id) ?? [])
          .filter(({ tenant }) => of === undefined || tenant === of)
          .reduce((sum, { count }) => sum + count, 0);
      const own = api.shelf().own((tenant) => maySee(actor, tenant));
      const items = [
        ...views.map((view) => ({ ...view, openAlerts: openOf(view.id) })),
        ...own.map(({ tenant, rule }) => ({ ...viewOf(rule), tenant, openAlerts: openOf(rule.id, tenant) })),
      ];
      return { items, next: null };
    },
  );
};

const viewOf = (rule: Rule) => ({
  id: rule.id,
  title: rule.title,
  text: rule.text,
  steps: [...rule.steps],
  hash: ruleHash(rule),
  levels: rule.levels.map((level, index) => ({
    severity: level.severity,
    forMs: 'forMs' in level ? level.forMs : 0,
    urgency: rule.urgency[index] ?? 'medium',
  })),
  definition: ruleSchema.parse(rule),
});
