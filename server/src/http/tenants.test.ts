// Two tenants on one server, and the roles of one of them: every route of the API's description, with the other tenant's ids in its path, its
// query and its body, and as somebody who may not. A route without a line in RULES fails the first test.
import { problem } from '@fettle/shared/api/common.schema';
import { enrollAnswer } from '@fettle/shared/wire/enroll.schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type Role, SYSTEM } from '../domain/actor.ts';
import { parseCalendar } from '../domain/sla/calendar.ts';
import { STANDARD_TERMS } from '../domain/sla/terms.ts';
import { TestConsole, openStream } from '../feed/test-console.ts';
import { shareOwner, shareTestServer, userOf } from '../fixture.ts';
import { TestAgent, askToEnrol, newKey, randomText } from '../ingest/test-agent.ts';
import { hashOf, newSecret } from '../people/secrets.ts';

type Thing = 'device' | 'alert' | 'ticket' | 'window' | 'calendar';
type Rule = {
  readonly may: 'anybody' | 'reader' | 'changer' | 'owner';
  /** What the {id} of its path is. */
  readonly of?: Thing | 'tenant' | 'rule' | 'nothing';
};

const reader = { may: 'reader' } as const;
const settingsOf = (list: string): Readonly<Record<string, Rule>> => ({
  [`GET /api/v1/${list}`]: { may: 'owner' },
  [`POST /api/v1/${list}`]: { may: 'owner' },
  [`PUT /api/v1/${list}/{id}`]: { may: 'owner', of: 'nothing' },
  [`DELETE /api/v1/${list}/{id}`]: { may: 'owner', of: 'nothing' },
});
/** Who may use which route, and what its path names. */
const RULES: Readonly<Record<string, Rule>> = {
  'GET /healthz': { may: 'anybody' },
  'GET /readyz': { may: 'anybody' },
  'GET /metrics': { may: 'owner' },
  'POST /api/v1/session': { may: 'anybody' },
  'DELETE /api/v1/session': { may: 'anybody' },
  'POST /api/v1/enroll': { may: 'anybody' },
  'POST /api/v1/enroll/challenge': { may: 'anybody' },
  'GET /api/v1/me': reader,
  'GET /api/v1/server': reader,
  'GET /api/v1/server/health': reader,
  'GET /api/v1/rules': reader,
  'GET /api/v1/events': reader,
  'GET /api/v1/devices': reader,
  'GET /api/v1/devices/{id}': { ...reader, of: 'device' },
  'GET /api/v1/devices/{id}/absences': { ...reader, of: 'device' },
  'GET /api/v1/devices/{id}/latest': { ...reader, of: 'device' },
  'GET /api/v1/devices/{id}/series': { ...reader, of: 'device' },
  'GET /api/v1/alerts': reader,
  'GET /api/v1/alerts/{id}': { ...reader, of: 'alert' },
  'GET /api/v1/alerts/{id}/explain': { ...reader, of: 'alert' },
  'POST /api/v1/alerts/bulk': { may: 'changer' },
  'POST /api/v1/tickets/bulk': { may: 'changer' },
  'POST /api/v1/alerts/{id}/ack': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/snooze': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/assign': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/mute': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/unmute': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/unsnooze': { may: 'changer', of: 'alert' },
  'GET /api/v1/maintenance': reader,
  'POST /api/v1/maintenance': { may: 'changer' },
  'DELETE /api/v1/maintenance/{id}': { may: 'changer', of: 'window' },
  'GET /api/v1/posture': reader,
  'PUT /api/v1/devices/{id}/tags': { may: 'changer', of: 'device' },
  'GET /api/v1/tickets': reader,
  'GET /api/v1/tickets/{id}': { ...reader, of: 'ticket' },
  'GET /api/v1/tickets/{id}/external': { ...reader, of: 'ticket' },
  'POST /api/v1/tickets/{id}/take': { may: 'changer', of: 'ticket' },
  'POST /api/v1/tickets/{id}/resolve': { may: 'changer', of: 'ticket' },
  ...Object.fromEntries(
    'assign close comments continue file leave link merge notes reopen time unlink wait'
      .split(' ')
      .map((verb) => [`POST /api/v1/tickets/{id}/${verb}`, { may: 'changer', of: 'ticket' }]),
  ),
  'POST /api/v1/tickets': { may: 'changer' },
  'GET /api/v1/people': { may: 'changer' },
  'GET /api/v1/tickets/due': reader,
  'GET /api/v1/tickets/{id}/timeline': { ...reader, of: 'ticket' },
  'GET /api/v1/calendars': reader,
  'GET /api/v1/calendars/{id}': { ...reader, of: 'calendar' },
  'POST /api/v1/calendars': { may: 'owner' },
  'PUT /api/v1/calendars/{id}': { may: 'owner', of: 'calendar' },
  'POST /api/v1/calendars/{id}/holidays': { may: 'owner', of: 'calendar' },
  ...settingsOf('channels'),
  ...settingsOf('notice-routes'),
  ...settingsOf('rotas'),
  'GET /api/v1/sites': { may: 'owner' },
  'GET /api/v1/enroll-tokens': { may: 'owner' },
  'POST /api/v1/enroll-tokens': { may: 'owner' },
  'DELETE /api/v1/enroll-tokens/{id}': { may: 'owner', of: 'nothing' },
  'GET /api/v1/ingest-tokens': { may: 'owner' },
  'POST /api/v1/ingest-tokens': { may: 'owner' },
  'DELETE /api/v1/ingest-tokens/{id}': { may: 'owner', of: 'nothing' },
  'POST /api/v1/channels/{id}/test': { may: 'owner', of: 'nothing' },
  'GET /api/v1/notices': { may: 'owner' },
  'POST /api/v1/notices/{id}/resend': { may: 'owner', of: 'nothing' },
  'POST /api/v1/ingest/alertmanager': { may: 'anybody' },
  'GET /api/v1/rules/overrides': reader,
  'GET /api/v1/rules/export': reader,
  'POST /api/v1/rules/import': { may: 'owner' },
  'GET /api/v1/rules/{id}/effective': { ...reader, of: 'rule' },
  'GET /api/v1/rules/{id}/versions': { ...reader, of: 'rule' },
  'GET /api/v1/rules/{id}/watching': { ...reader, of: 'rule' },
  'POST /api/v1/rules/backtest': { may: 'changer' },
  'PUT /api/v1/rules/{id}/overrides/{level}/{place}': { may: 'owner', of: 'rule' },
  'DELETE /api/v1/rules/{id}/overrides/{level}/{place}': { may: 'owner', of: 'rule' },
  'POST /api/v1/rules/{id}/overrides/{level}/{place}/rollback': { may: 'owner', of: 'rule' },
  'GET /api/v1/sla/{tenant}': { ...reader, of: 'tenant' },
  'PUT /api/v1/sla/{tenant}': { may: 'owner', of: 'tenant' },
};

const HOURS = {
  name: 'x',
  zone: 'UTC',
  week: [[{ from: '09:00', to: '17:00' }], [], [], [], [], [], []],
  holidays: [],
};
const LATER = '2040-01-01T00:00:00.000Z';
/** Bodies that more than texts and numbers make. */
const BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'POST /api/v1/alerts/bulk': { alerts: ['x'], act: { do: 'ack' } },
  'POST /api/v1/tickets/bulk': { tickets: [{ id: 'x', version: 1 }], act: { do: 'take' } },
  'POST /api/v1/alerts/{id}/snooze': { until: LATER },
  'POST /api/v1/alerts/{id}/mute': { until: LATER, reason: 'x' },
  'PUT /api/v1/devices/{id}/tags': { tags: ['vip'] },
  'POST /api/v1/tickets': { tenant: 'none', subject: 'x' },
  'POST /api/v1/tickets/{id}/comments': { text: 'x' },
  'POST /api/v1/tickets/{id}/wait': { version: 1, for: 'customer' },
  'POST /api/v1/tickets/{id}/leave': { version: 1, until: LATER },
  'POST /api/v1/tickets/{id}/file': { version: 1, subject: 'x' },
  'POST /api/v1/tickets/{id}/link': { other: 'x', link: 'related' },
  'POST /api/v1/tickets/{id}/unlink': { other: 'x', link: 'related' },
  'POST /api/v1/rules/backtest': { a: { id: 'disk.space' }, tenant: 'none' },
  'POST /api/v1/calendars': { tenant: 'none', ...HOURS },
  'PUT /api/v1/calendars/{id}': { version: 1, ...HOURS },
  'PUT /api/v1/sla/{tenant}': { version: 0, ...STANDARD_TERMS },
  'POST /api/v1/maintenance': {
    tenant: 'none',
    scope: { kind: 'tenant' },
    time: { kind: 'once', start: '2039-12-31T00:00:00.000Z', end: LATER },
    reason: '',
  },
};

/** What each role may. */
const MAY: Readonly<Record<Role, ReadonlySet<Rule['may']>>> = {
  owner: new Set(['anybody', 'reader', 'changer', 'owner']),
  technician: new Set(['anybody', 'reader', 'changer']),
  viewer: new Set(['anybody', 'reader']),
};

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

const server = shareTestServer();
const owner = shareOwner(server);
let routes: readonly Route[] = [];

/** Of one tenant: a device that reads, its alert and its ticket. */
type Place = {
  readonly tenant: string;
  readonly ids: Readonly<Record<Thing, string>>;
  /** What nobody else is to read anywhere. */
  readonly secrets: readonly string[];
  readonly fire: (instance: string) => Promise<void>;
  readonly read: (value: number) => void;
};
let red: Place;
let blue: Place;
const people: Partial<Record<Role, Readonly<Record<string, string>>>> = {};
const as = (role: Role) => people[role] ?? {};

const call = async (method: string, path: string, headers: Readonly<Record<string, string>>, sent?: unknown) => {
  const response = await fetch(`${server().url}${path}`, {
    method,
    headers: sent === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  return { status: response.status, text, code: isProblem ? problem.parse(JSON.parse(text)).code : '' };
};

const found = z.looseObject({ items: z.array(z.looseObject({ id: z.string(), number: z.string().optional() })) });
const first = async (list: string, device: string) => {
  const { text } = await call('GET', `/api/v1/${list}?device=${device}`, owner());
  const [item] = found.parse(JSON.parse(text)).items;
  return { id: item?.id ?? '', number: item?.number ?? '' };
};

const settle = async (tenant: string): Promise<Place> => {
  const { commit, url } = server();
  const [site, token, pair] = [`${tenant}-yard`, newSecret('ft'), newKey()];
  await commit({
    type: 'add tenant',
    actor: SYSTEM,
    tenant,
    name: `The ${tenant} company`,
    prefix: tenant.toUpperCase(),
  });
  await commit({ type: 'add site', actor: SYSTEM, tenant, site, name: `${tenant} yard` });
  const expiresMs = Date.now() + 60_000;
  await commit({ type: 'create enrol token', actor: SYSTEM, hash: hashOf(token), site, expiresMs, maxUses: 1 });
  const hostname = `${tenant}-host`;
  const answer = enrollAnswer.parse(await (await askToEnrol(server(), pair, { token, hostname })).json());
  const device = answer.deviceId;
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
  const agent = await TestAgent.connect(
    url,
    { id: device, serverId: answer.serverId, key: pair.key },
    { lanes, hostname },
  );
  agent.announce([
    { metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': `/${tenant}` } },
  ]);
  agent.batch(1, Date.now(), [[500]]);
  await agent.acked('metrics', 1);
  let seq = 0;
  const fire = async (instance: string): Promise<void> => {
    seq += 1;
    const at = Date.now();
    const about = { rule: 'disk.space', ruleHash: 'h', instance, severity: 'critical', at, since: at } as const;
    const transition = { change: 'fire', ...about, reason: 'threshold', evidence: [] } as const;
    agent.record(lanes.alerts.epoch, seq, { kind: 'transition', transition: { ...transition, evidence: [] } });
    await agent.acked('alerts', seq);
  };
  await fire(`/${tenant}-volume`);
  const [alert, ticket] = [await first('alerts', device), await first('tickets', device)];
  const window = `w_${tenant}`;
  await commit({
    type: 'open window',
    actor: SYSTEM,
    id: window,
    tenant,
    scope: { kind: 'tag', tag: 'none' },
    time: { kind: 'once', startMs: 0, endMs: Date.parse(LATER) },
    reason: `the works of ${tenant}`,
  });
  const hours = parseCalendar(HOURS);
  if (hours.is === 'refused') throw new Error(hours.why);
  const put = { actor: SYSTEM, id: null, version: 0, tenant, name: `hours of ${tenant}`, calendar: hours.calendar };
  const made = await commit({ type: 'put calendar', ...put });
  const calendar = made.is === 'made' ? made.id : '';
  const ids = { device, alert: alert.id, ticket: ticket.id, window, calendar };
  const secrets = [...Object.values(ids), hostname, site, `/${tenant}`, ticket.number, `The ${tenant}`];
  return { tenant, ids, secrets, fire, read: (value) => agent.now(Date.now(), [value]) };
};

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
  red = await settle('red');
  blue = await settle('blue');
  people.owner = owner();
  for (const role of ['technician', 'viewer'] as const) {
    people[role] = await userOf(server(), { name: `kim the ${role}`, role, tenants: ['red'] });
  }
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
  `${path.replace(PLACE, encodeURIComponent(id)).replace(LEVEL, `tenant/${red.tenant}`)}${queryOf(name)}`;

const queryOf = (name: string): string => {
  if (name.endsWith('/series')) return `?${SERIES}`;
  if (/\/rules\/(?:export|import)$/.test(name)) return `?tenant=${red.tenant}`;
  if (name.endsWith('/effective')) return `?device=${red.ids.device}`;
  return name.includes(LEVEL) ? `?tenant=${red.tenant}&version=1` : '';
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
/** Without what this file itself wrote into things of the own tenant. */
const untyped = (leaks: readonly string[]) => leaks.filter((leak) => !Object.values(blue.ids).includes(leak));
const leaksIn = (text: string): readonly string[] => blue.secrets.filter((secret) => text.includes(secret));

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
        const id = isOpen && route.method !== 'GET' ? 'none' : idIn(red, of);
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
      const theirs = idIn(blue, of);
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
      const base = pathOf(route, idIn(red, of));
      const words = [...blue.secrets, ...(route.query.includes('cursor') ? [(await cursorOf(base)) ?? ''] : [])];
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
          async (kind) => (await call('GET', `/api/v1/${kind}s/${blue.ids[kind as Thing]}`, owner())).text,
        ),
      );
    const typed = new Set(Object.values(blue.ids));
    const before = await state();
    for (const route of routes.filter(({ method, body }) => method !== 'GET' && body)) {
      const { of, may } = ruleOf(route);
      if (may === 'anybody') continue;
      const path = pathOf(route, idIn(red, of));
      for (const property of Object.keys(route.body ?? {}))
        for (const id of Object.values(blue.ids)) {
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

it('how the server is, is told to all; where its files lie to the owner alone', async () => {
  const health = async (role: Role) =>
    JSON.parse((await call('GET', '/api/v1/server/health', as(role))).text) as { backup: unknown };
  await server().commit({ type: 'prove writing' });
  expect(await health('viewer')).toEqual({ problems: [], damage: [], backup: null });
  expect(Object.keys(await health('owner'))).toEqual(['problems', 'damage', 'backup']);
});

describe('the live feed', () => {
  it.each(['technician', 'viewer'] as const)(
    'of a %s tells of the own tenant alone, by WebSocket and as a stream',
    async (role) => {
      const [socket, stream] = [
        await TestConsole.open(server().url, as(role)),
        await openStream(server().url, as(role), '?after=0'),
      ];
      socket.socket.send(
        JSON.stringify({ type: 'watch', devices: [red.ids.device, blue.ids.device], detail: blue.ids.device }),
      );
      await expect.poll(() => socket.of('readings').length).toBe(1);
      await blue.fire(`/blue ${role}`);
      blue.read(900);
      await red.fire(`/red ${role}`);
      red.read(800);
      const events = () => socket.of('event').map(({ event }) => event);
      await expect
        .poll(() => events().some((event) => event.kind === 'alert' && event.alert.instance === `/red ${role}`))
        .toBe(true);
      await expect.poll(() => stream.read()).toContain(`/red ${role}`);
      await expect.poll(() => socket.of('readings').length, { timeout: 3_000 }).toBe(2);
      expect(new Set(socket.of('readings').map(({ device }) => device))).toEqual(new Set([red.ids.device]));
      expect([socket.of('latest'), leaksIn(JSON.stringify(socket.heard)), untyped(leaksIn(stream.read()))]).toEqual([
        [],
        [],
        [],
      ]);
      expect(new Set(events().map(({ tenant }) => tenant))).toEqual(new Set(['red']));
      socket.socket.close();
      stream.close();
    },
  );

  it('of one who is disabled ends at once, with their session and their token', async () => {
    const headers = await userOf(server(), { name: 'eva', role: 'technician', tenants: ['red'] });
    const token = newSecret('fk');
    const expiresMs = Date.now() + 60_000;
    await server().commit({
      type: 'create api token',
      actor: SYSTEM,
      hash: hashOf(token),
      name: 'x',
      expiresMs,
      user: 'eva',
    });
    const bearer = { authorization: `Bearer ${token}` };
    const open = [await TestConsole.open(server().url, headers), await TestConsole.open(server().url, bearer)];
    const other = await TestConsole.open(server().url, as('viewer'));
    const stream = await openStream(server().url, bearer);
    const status = async (who: Readonly<Record<string, string>>) => (await call('GET', '/api/v1/me', who)).status;
    expect([await status(headers), await status(bearer)]).toEqual([200, 200]);
    await server().commit({ type: 'disable user', actor: SYSTEM, name: 'eva' });
    expect([await status(headers), await status(bearer)]).toEqual([401, 401]);
    await expect
      .poll(() => open.map(({ closed: end }) => end), { timeout: 4_000 })
      .toEqual(open.map(() => ({ code: 1013, reason: 'signed out' })));
    await red.fire('/after');
    await expect.poll(() => JSON.stringify(other.heard)).toContain('/after');
    expect(stream.read()).not.toContain('/after');
    await expect(TestConsole.open(server().url, headers)).rejects.toThrow('401');
    other.socket.close();
  });

  it('of one who has signed out ends, too', async () => {
    const headers = await userOf(server(), { name: 'otto', role: 'viewer', tenants: ['red'] });
    const page = await TestConsole.open(server().url, headers);
    await call('DELETE', '/api/v1/session', headers);
    await expect.poll(() => page.closed?.reason, { timeout: 4_000 }).toBe('signed out');
  });
});

it('a token of a technician may less than they, and never more', async () => {
  const token = newSecret('fk');
  const about = { actor: SYSTEM, name: 'narrow', expiresMs: Date.now() + 60_000, user: 'kim the technician' } as const;
  const scope = { role: 'viewer', tenants: ['red'] } as const;
  await server().commit({ type: 'create api token', hash: hashOf(token), ...about, scope });
  const bearer = { authorization: `Bearer ${token}` };
  expect((await call('GET', `/api/v1/tickets/${red.ids.ticket}`, bearer)).status).toBe(200);
  expect((await call('GET', `/api/v1/tickets/${blue.ids.ticket}`, bearer)).status).toBe(404);
  expect((await call('POST', `/api/v1/alerts/${red.ids.alert}/ack`, bearer)).code).toBe('forbidden');
  const me = JSON.parse((await call('GET', '/api/v1/me', bearer)).text) as unknown;
  expect(me).toEqual({ name: 'kim the technician', role: 'viewer', tenants: ['red'] });
});
