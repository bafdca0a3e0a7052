// Every route of the API's description, with the other tenant's ids in its path, its query and its body, and as somebody who may not.
// A route without a line in RULES fails the first test.
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { Role } from '../domain/actor.ts';
import { BODIES, MAY, RULES, type Rule, type Thing } from './route-rules-fixture.ts';
import { type Place, shareTwoTenants } from './two-tenants-fixture.ts';

const schemaOf = z.looseObject({ type: z.union([z.string(), z.array(z.string())]).optional() });
const operation = z.looseObject({
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string(), schema: schemaOf })).default([]),
  requestBody: z
    .looseObject({
      content: z.looseObject({
        'application/json': z
          .looseObject({ schema: z.looseObject({ properties: z.record(z.string(), schemaOf).default({}) }) })
          .optional(), // rules come as text
      }),
    })
    .optional(),
});
const description = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

type Route = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body: Readonly<Record<string, z.infer<typeof schemaOf>>> | undefined;
};

const { owner, red, blue, as, call, leaksIn } = shareTwoTenants();
let routes: readonly Route[] = [];

beforeAll(async () => {
  const { paths } = description.parse(JSON.parse((await call('GET', '/api/openapi.json', {})).text));
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      body: requestBody?.content['application/json']?.schema.properties,
    })),
  );
});

const SERIES = 'metric=system.filesystem.utilization&from=2020-01-01T00:00:00Z&to=2035-01-01T00:00:00Z';

const PLACE = /\{(?:id|tenant)\}/;
const LEVEL = '{level}/{place}';

const idIn = (place: Place, of: Rule['of']): string => {
  if (of === 'tenant') return place.tenant;
  if (of === 'rule') return 'disk.space';
  if (of === 'nothing') return 'none';
  return of === undefined ? '' : place.ids[of];
};

/** With an id in its path, and what else the route must have to get as far as that. */
const pathOf = ({ name, path }: Route, id: string): string =>
  `${path.replace(PLACE, encodeURIComponent(id)).replace(LEVEL, `tenant/${red().tenant}`)}${queryOf(name)}`;

const queryOf = (name: string): string => {
  if (name.endsWith('/series')) return `?${SERIES}`;
  if (/\/rules\/(?:export|import)$/.test(name)) return `?tenant=${red().tenant}`;
  if (name.endsWith('/effective')) return `?device=${red().ids.device}`;
  return name.includes(LEVEL) ? `?tenant=${red().tenant}&version=1` : '';
};

/** A body as the route wants it: numbers are 1, texts are `text`. */
const bodyOf = ({ body, name: route }: Route, text: string, only?: string) => {
  const sample = BODIES[route];
  if (sample) return only !== undefined && typeof sample[only] === 'string' ? { ...sample, [only]: text } : sample;
  return body && simple(body, text, only);
};

const simple = (body: NonNullable<Route['body']>, text: string, only?: string) =>
  Object.fromEntries(
    Object.entries(body).map(([name, { type }]) => [
      name,
      type === 'integer' ? 1 : only === undefined || only === name ? text : 'x',
    ]),
  );

const ruleOf = ({ name }: Route): Rule => RULES[name] ?? { may: 'owner' };
const closed = () => routes.filter((route) => ruleOf(route).may !== 'anybody');

describe('every route', () => {
  it('has a rule, and every rule a route; what its path names is known', () => {
    expect(routes.map(({ name }) => name).toSorted()).toEqual(Object.keys(RULES).toSorted());
    expect(routes.filter((route) => route.path.includes('{') !== (ruleOf(route).of !== undefined))).toEqual([]);
    const others = (path: string) => path.replace(PLACE, '').replace(LEVEL, '');
    expect(routes.filter(({ path }) => others(path).includes('{'))).toEqual([]);
  });

  it.each(['viewer', 'technician', 'owner'] as const)(
    'lets a %s do what the rule says, and answers 403 else',
    async (role) => {
      const wrong: string[] = [];
      for (const route of closed()) {
        const { may, of } = ruleOf(route);
        const isOpen = MAY[role].has(may);
        // a change that is allowed is tried on a thing that is not there: what is refused must be so wherever it points
        const id = isOpen && route.method !== 'GET' ? 'none' : idIn(red(), of);
        const { status, code } = await call(route.method, pathOf(route, id), as(role), bodyOf(route, 'x'));
        // of what the owner alone may do it is enough that it is not refused as such: their own tests know the bodies
        const isTaken = may === 'owner' ? status < 500 && status !== 403 : status === (id === 'none' ? 404 : 200);
        if (!(isOpen ? isTaken : status === 403) || (status === 403) !== (code === 'forbidden'))
          wrong.push(`${route.name}: ${status} ${code}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('answers an id of another tenant as one that never was', async () => {
    const wrong: string[] = [];
    const isTheirs = ({ of, may }: Rule) => of !== undefined && of !== 'rule' && MAY.technician.has(may);
    const named = routes.filter((route) => isTheirs(ruleOf(route)));
    expect(named.length).toBeGreaterThan(8);
    for (const route of named) {
      const { of = 'device' } = ruleOf(route);
      const theirs = idIn(blue(), of);
      const none = `${theirs.slice(0, -3)}AAA`;
      const ask = (id: string) => call(route.method, pathOf(route, id), as('technician'), bodyOf(route, 'x'));
      const [answer, other] = [await ask(theirs), await ask(none)];
      if (answer.status !== 404 || answer.text !== other.text)
        wrong.push(`${route.name}: ${answer.status} ${answer.text}`);
    }
    expect(wrong).toEqual([]);
  });

  it('tells nothing of another tenant, with its words in any part of the query', async () => {
    const cursorOf = async (list: string) =>
      z
        .looseObject({ next: z.string().nullable() })
        .parse(JSON.parse((await call('GET', `${list}?limit=1`, owner())).text)).next;
    const leaks: string[] = [];
    let asked = 0;
    for (const route of closed().filter(({ method }) => method === 'GET')) {
      const { of, may } = ruleOf(route);
      if (may === 'owner') continue;
      const base = pathOf(route, idIn(red(), of));
      const words = [...blue().secrets, ...(route.query.includes('cursor') ? [(await cursorOf(base)) ?? ''] : [])];
      const queries = route.query.flatMap((name) => words.map((word) => `${name}=${encodeURIComponent(word)}`));
      for (const query of ['', ...queries]) {
        const { text, status } = await call(
          'GET',
          `${base}${base.includes('?') ? '&' : '?'}${query}`,
          as('technician'),
        );
        // what is wrong with a request may be said with the word that it came with
        const told = status === 400 ? [] : leaksIn(text);
        if (told.length > 0) leaks.push(`${route.name} ${query}: ${told.join(', ')}`);
        asked += 1;
      }
    }
    expect(leaks).toEqual([]);
    expect(asked).toBeGreaterThan(60);
    // the same question does find it where somebody may
    for (const list of ['devices', 'alerts', 'tickets', 'events'])
      expect(leaksIn((await call('GET', `/api/v1/${list}`, owner())).text), list).not.toEqual([]);
  });

  it('changes nothing of another tenant, with its ids in any part of the body', async () => {
    const state = async () =>
      Promise.all(
        ['alert', 'ticket', 'device'].map(
          async (kind) => (await call('GET', `/api/v1/${kind}s/${blue().ids[kind as Thing]}`, owner())).text,
        ),
      );
    const typed = new Set(Object.values(blue().ids));
    const before = await state();
    for (const route of routes.filter(({ method, body }) => method !== 'GET' && body)) {
      const { of, may } = ruleOf(route);
      if (may === 'anybody') continue;
      const path = pathOf(route, idIn(red(), of));
      for (const property of Object.keys(route.body ?? {}))
        for (const id of Object.values(blue().ids)) {
          const { text } = await call(route.method, path, as('technician'), bodyOf(route, id, property));
          // the ids are told back as what was written; nothing that they stand for is
          expect(
            leaksIn(text).filter((secret) => !typed.has(secret)),
            route.name,
          ).toEqual([]);
        }
    }
    const after = await state();
    expect(after.map((text) => text.replace(/"lastSeen":"[^"]*"/, ''))).toEqual(
      before.map((text) => text.replace(/"lastSeen":"[^"]*"/, '')),
    );
  });

  it('counts the own tenant alone', async () => {
    const counted = z.looseObject({ items: z.array(z.looseObject({ id: z.string(), openAlerts: z.int() })) });
    const open = async (role: Role) =>
      counted
        .parse(JSON.parse((await call('GET', '/api/v1/rules', as(role))).text))
        .items.find(({ id }) => id === 'disk.space')?.openAlerts;
    expect([await open('technician'), await open('viewer'), await open('owner')]).toEqual([1, 1, 2]);
  });
});
