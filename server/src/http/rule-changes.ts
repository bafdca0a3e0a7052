// Changes of rules: what is in force for a device and why, every version, a change, and the way back.
import {
  effectiveView,
  overrideBack,
  overrideList,
  overrideParams,
  overridePut,
  ruleParams,
  versionList,
  watchingView,
} from '@fettle/shared/api/rule.schema';
import { ruleSchema } from '@fettle/shared/rule/rule.schema';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { Origin } from '../domain/rules/effective.ts';
import { differences, pathText } from '../domain/rules/merge.ts';
import {
  type Override,
  type OverrideVersion,
  type RuleChange,
  type Spot,
  standingOf,
} from '../domain/rules/override.ts';
import { watchingOf } from '../domain/rules/watching.ts';
import { valueText } from '../domain/rules/words.ts';
import { instantOf } from '../domain/view.ts';
import type { Api } from './api.ts';
import { warnOfMany } from './back-test.ts';
import { commitOrThrow } from './commit.ts';
import { HttpProblem, notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, empty, ofOwner, ofReader } from './routes.ts';

const ofDevice = z.strictObject({ device: z.string().min(1).max(40) });
const ofTenant = z.strictObject({ tenant: z.string().min(1).max(200) });
const confirmed = ofTenant.extend({
  confirm: z.stringbool().default(false).describe('also a rule that fires everywhere'),
});
const ofVersion = ofTenant.extend({ version: z.coerce.number().int().min(1) });
const VERSIONS_MAX = 500;

export const ruleChangeRoutes = (app: Routes, api: Api): void => {
  askRoutes(app, api);
  historyRoutes(app, api);
  changeRoutes(app, api);
  backRoutes(app, api);
};

const askRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/rules/:id/effective',
    {
      config: ofReader,
      schema: {
        ...about('rules', 'effectiveRule', 'A rule as it is for a device, and where each of its values comes from'),
        params: ruleParams,
        querystring: ofDevice,
        response: answers(effectiveView),
      },
    },
    async (request) => {
      const device = await api.ask('device', actorOf(request), { id: request.query.device });
      if (!device) throw notFound('device');
      const { id } = request.params;
      const found = api.shelf().effective(id, standingOf(device));
      if (!found.rule && found.problems.length === 0) throw notFound('rule');
      return {
        id,
        device: device.id,
        disabled: found.isDisabled,
        definition: found.rule ? ruleSchema.parse(found.rule) : null,
        values: found.values.map((value) => ({
          path: value.path,
          said: value.said.map((one) => ({ value: one.value, by: originView(one.by) })),
          text: valueText(value, found.rule),
        })),
        problems: found.problems.flatMap(({ by, issues }) =>
          issues.map(({ path, message }) => ({ by: originView(by), message: `${pathText(path)}: ${message}` })),
        ),
      };
    },
  );

  app.get(
    '/api/v1/rules/:id/watching',
    {
      config: ofReader,
      schema: {
        ...about('rules', 'watchingRule', 'On which devices a rule sees nothing, and why'),
        params: ruleParams,
        response: answers(watchingView),
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const [devices, able] = await Promise.all([
        api.ask('all devices', actor, {}),
        api.ask('capabilities by device', actor, {}),
      ]);
      const shelf = api.shelf();
      const { devices: count, notWatching } = watchingOf(devices, able, (device) => {
        const { byId, disabled } = shelf.bookFor(standingOf(device));
        return disabled.has(request.params.id) ? undefined : byId.get(request.params.id);
      });
      return { devices: count, notWatching: [...notWatching] };
    },
  );
};

const historyRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/rules/overrides',
    {
      config: ofReader,
      schema: {
        ...about('rules', 'listOverrides', 'Every change of a rule in force'),
        response: answers(overrideList),
      },
    },
    async (request) => {
      const found = await api.ask('rule overrides', actorOf(request), {});
      return { items: found.map(viewOf), next: null };
    },
  );

  app.get(
    '/api/v1/rules/:id/versions',
    {
      config: ofReader,
      schema: {
        ...about('rules', 'ruleVersions', 'All that the changes of a rule have been, newest first'),
        params: ruleParams,
        response: answers(versionList),
      },
    },
    async (request) => {
      const found = await versionsOf(api, request, request.params.id);
      const items = found.map((version) => {
        const before = found.find((other) => isSameSpot(other, version) && other.version < version.version);
        return { ...viewOf(version), changes: [...differences(before?.document ?? {}, version.document ?? {})] };
      });
      return { items, next: null };
    },
  );
};

const AT = '/api/v1/rules/:id/overrides/:level/:place';

const changeRoutes = (app: Routes, api: Api): void => {
  app.put(
    AT,
    {
      config: ofOwner,
      schema: {
        ...about('rules', 'putOverride', 'Change a rule for a tenant, a site, a tag or a device'),
        params: overrideParams,
        querystring: confirmed,
        body: overridePut,
        response: empty,
      },
    },
    async (request, reply) => {
      const spot = spotOf(request);
      const { version, document } = request.body;
      const made = { ...spot, version, document };
      if (!request.query.confirm) await warnOfMany(api, actorOf(request), made);
      await change(api, request, made);
      return reply.code(204).send(null);
    },
  );
};

const backRoutes = (app: Routes, api: Api): void => {
  app.delete(
    AT,
    {
      config: ofOwner,
      schema: {
        ...about('rules', 'deleteOverride', 'Take a change of a rule back'),
        params: overrideParams,
        querystring: ofVersion,
        response: empty,
      },
    },
    async (request, reply) => {
      await change(api, request, { ...spotOf(request), version: request.query.version, document: null });
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${AT}/rollback`,
    {
      config: ofOwner,
      schema: {
        ...about('rules', 'rollBackOverride', 'Put an earlier version of a change in force again'),
        params: overrideParams,
        querystring: ofTenant,
        body: overrideBack,
        response: empty,
      },
    },
    async (request, reply) => {
      const spot = spotOf(request);
      const { version, to } = request.body;
      const found = await versionsOf(api, request, spot.rule);
      const earlier = found.find((one) => isSameSpot(one, spot) && one.version === to);
      if (!earlier) throw notFound('version');
      await change(api, request, { ...spot, version, document: earlier.document });
      return reply.code(204).send(null);
    },
  );
};

type SpotRequest = FastifyRequest & {
  readonly params: z.infer<typeof overrideParams>;
  readonly query: z.infer<typeof ofTenant>;
};

const spotOf = ({ params, query }: Pick<SpotRequest, 'params' | 'query'>): Spot => ({
  tenant: query.tenant,
  level: params.level,
  place: params.place,
  rule: params.id,
});

const change = async (api: Api, request: FastifyRequest, made: RuleChange): Promise<void> => {
  if (made.document === null && made.version === 0)
    throw new HttpProblem(409, 'version_conflict', 'There is nothing to take back here.');
  await commitOrThrow(api, { type: 'change rules', actor: actorOf(request), changes: [made] });
};

const versionsOf = (api: Api, request: FastifyRequest, rule: string): Promise<readonly OverrideVersion[]> =>
  api.ask('rule versions', actorOf(request), { rule, limit: VERSIONS_MAX });

const isSameSpot = (one: Spot, other: Spot): boolean =>
  one.tenant === other.tenant && one.level === other.level && one.place === other.place;

const viewOf = ({ tenant, level, place, rule, version, author, atMs, document }: Override | OverrideVersion) => ({
  rule,
  tenant,
  level,
  place,
  version,
  author,
  at: instantOf(atMs),
  document,
});

const originView = (by: Origin) =>
  by ? { level: by.level, place: by.place, version: by.version, author: by.author, at: instantOf(by.atMs) } : null;
