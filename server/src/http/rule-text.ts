// A tenant's rules as one text: given out, and taken in as a whole or not at all.
import { ruleImported } from '@fettle/shared/api/rule.schema';
import { contentHash } from '@fettle/shared/rule/hash';
import { z } from 'zod';

import type { Actor } from '../domain/actor.ts';
import { differences } from '../domain/rules/merge.ts';
import { type Override, type RuleChange, type Spot, type Standing, spotKey } from '../domain/rules/override.ts';
import { planOf, problemLines, spotOf } from '../rule-text/plan.ts';
import { TEXT_MAX_BYTES, readRuleText } from '../rule-text/read.ts';
import { writeRuleText } from '../rule-text/write.ts';
import type { Api } from './api.ts';
import { refuseUnconfirmed, warningsOf } from './back-test.ts';
import { commitOrThrow } from './commit.ts';
import { HttpProblem, notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofOwner, ofReader, problems } from './routes.ts';

const YAML = 'text/yaml';
/** RFC 9512, and what programs said before it. */
const YAML_TYPES = ['application/yaml', YAML, 'text/x-yaml', 'application/x-yaml'];

const ofTenant = z.strictObject({ tenant: z.string().min(1).max(200) });
const importQuery = ofTenant.extend({
  dry: z.stringbool().default(false).describe('say what would change, and change nothing'),
  confirm: z.stringbool().default(false).describe('also a rule that fires everywhere'),
  whole: z.stringbool().default(false).describe('what the text does not name is taken back'),
});
const yamlText = z.string().max(TEXT_MAX_BYTES).describe('as the export gives it');

export const ruleTextRoutes = (app: Routes, api: Api): void => {
  app.addContentTypeParser(YAML_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  exportRoute(app, api);
  importRoute(app, api);
};

const exportRoute = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/rules/export',
    {
      config: ofReader,
      schema: {
        ...about('rules', 'exportRules', "A tenant's changes of rules and rules of its own, as YAML"),
        querystring: ofTenant,
        response: { ...problems, 200: { description: 'the rules', content: { [YAML]: { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const asked = { api, actor: actorOf(request), tenant: request.query.tenant };
      const known = await knownOf(asked);
      const standingOf = await placesOf(asked, known);
      const text = writeRuleText(asked.tenant, known, (one) => {
        const standing = standingOf(one);
        return standing && api.shelf().effective(one.rule, standing).rule;
      });
      return reply.type(`${YAML}; charset=utf-8`).header('etag', editionOf(known)).serializer(String).send(text);
    },
  );
};

const importRoute = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/rules/import',
    {
      config: ofOwner,
      bodyLimit: TEXT_MAX_BYTES,
      schema: {
        ...about('rules', 'importRules', "Change a tenant's rules as a text in YAML says: all of it or nothing"),
        querystring: importQuery,
        headers: z.looseObject({ 'if-match': z.string().max(200).optional().describe('the ETag of an export') }),
        consumes: [YAML, 'application/yaml'],
        body: yamlText,
        response: answers(ruleImported),
      },
    },
    async (request) => {
      const { tenant, dry, confirm, whole } = request.query;
      const asked = { api, actor: actorOf(request), tenant };
      const known = await knownOf(asked);
      const expected = request.headers['if-match'];
      if (expected !== undefined && expected !== editionOf(known)) throw changedMeanwhile();
      const { changes, after, standingOf } = await planned(asked, request.body, whole);
      const placed = changes.flatMap((change) => {
        const standing = standingOf(change);
        return standing ? [[change, standing] as const] : [];
      });
      const warnings = confirm ? [] : await warningsOf(api, asked.actor, after, placed);
      if (!dry) {
        refuseUnconfirmed(warnings);
        if (changes.length > 0) await commitOrThrow(api, { type: 'change rules', actor: asked.actor, changes });
      }
      return { dry, changes: changes.map((change) => changeView(change, known)), warnings: [...warnings] };
    },
  );
};

type Asked = { readonly api: Api; readonly actor: Actor; readonly tenant: string };

/** @throws HttpProblem for a tenant that is not there, or not for this actor */
const knownOf = async ({ api, actor, tenant }: Asked): Promise<readonly Override[]> => {
  if ((await api.ask('terms', actor, { tenant })) === undefined) throw notFound('tenant');
  return api.shelf().overrides.filter((one) => one.tenant === tenant);
};

const placesOf = async ({ api, actor }: Asked, spots: readonly Spot[]) => {
  const plain = spots.map(({ tenant, level, place, rule }) => ({ tenant, level, place, rule }));
  const found = await api.ask('rule places', actor, { spots: plain });
  const standings = new Map(plain.map((spot, index) => [spotKey(spot), found[index] ?? undefined]));
  return (spot: Spot): Standing | undefined => standings.get(spotKey(spot));
};

/** Another one whenever the rules of the tenant are others: RFC 9110. */
const editionOf = (known: readonly Override[]): string =>
  `"${contentHash(known.map((one) => [spotKey(one), one.version]))}"`;

/** @throws HttpProblem that says everything that is wrong, each in its line */
const planned = async (asked: Asked, body: string, isWhole: boolean) => {
  const { api, tenant } = asked;
  const text = readRuleText(body);
  const shelf = api.shelf();
  const ofText = text.entries.map((entry) => spotOf(entry, tenant));
  const ofTenantsOwn = shelf.overrides.filter((one) => one.tenant === tenant);
  const standingOf = await placesOf(asked, [...ofText, ...ofTenantsOwn]);
  const { changes, after, problems: wrong } = planOf(text, { tenant, shelf, standingOf, isWhole });
  if (wrong.length > 0) throw new HttpProblem(422, 'rule_invalid', problemLines(wrong).join('\n'));
  return { changes, after, standingOf };
};

const changeView = (change: RuleChange, known: readonly Override[]) => {
  const { rule, level, place, document } = change;
  const before = known.find((one) => spotKey(one) === spotKey(change))?.document;
  const made = before ? ('changed' as const) : ('new' as const);
  return {
    rule,
    level,
    place,
    is: document === null ? ('taken back' as const) : made,
    changes: [...differences(before ?? {}, document ?? {})],
  };
};

const changedMeanwhile = (): HttpProblem =>
  new HttpProblem(
    409,
    'version_conflict',
    'The rules have changed since they were exported. Export them again before you change them.',
  );
