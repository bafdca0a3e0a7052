import { listOf, ruleView } from '@fettle/shared/api/common.schema';
import { ruleHash } from '@fettle/shared/rule/hash';
import type { Rule } from '@fettle/shared/rule/rule';
import { ruleSchema } from '@fettle/shared/rule/rule.schema';

import type { Api } from './api.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofOwner } from './routes.ts';

export const ruleRoutes = (app: Routes, api: Api): void => {
  const views = api.book.rules.map(viewOf); // they stay as they are while the server runs
  app.get(
    '/api/v1/rules',
    {
      config: ofOwner,
      schema: {
        ...about('rules', 'listRules', 'The rules in force'),
        response: answers(listOf(ruleView)),
      },
    },
    async (request) => {
      const counts = await api.ask('open alerts by rule', actorOf(request), {});
      const open = new Map(counts.map(({ rule, count }) => [rule, count]));
      return { items: views.map((view) => ({ ...view, openAlerts: open.get(view.id) ?? 0 })), next: null };
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
