// Two tenants on one server, each with a device, its alert and its ticket, and a person of each role in one of them.
import { problem } from '@fettle/shared/api/common.schema';
import { enrollAnswer } from '@fettle/shared/wire/enroll.schema';
import { beforeAll } from 'vitest';
import { z } from 'zod';

import { type Role, SYSTEM } from '../domain/actor.ts';
import { parseCalendar } from '../domain/sla/calendar.ts';
import { type TestServer, shareOwner, shareTestServer, userOf } from '../fixture.ts';
import { TestAgent, askToEnrol, newKey, randomText } from '../ingest/test-agent.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { HOURS, LATER, type Thing } from './route-rules-fixture.ts';

/** Of one tenant: a device that reads, its alert and its ticket. */
export type Place = {
  readonly tenant: string;
  readonly ids: Readonly<Record<Thing, string>>;
  /** What nobody else is to read anywhere. */
  readonly secrets: readonly string[];
  readonly fire: (instance: string) => Promise<void>;
  readonly read: (value: number) => void;
};
type Headers = Readonly<Record<string, string>>;

/** @returns what asks the API at `url`, and gives its answer, with the code of the problem if it is one */
const callerAt = (url: string) => async (method: string, path: string, headers: Headers, sent?: unknown) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: sent === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  return { status: response.status, text, code: isProblem ? problem.parse(JSON.parse(text)).code : '' };
};

const found = z.looseObject({ items: z.array(z.looseObject({ id: z.string(), number: z.string().optional() })) });
const first = async (url: string, owner: Headers, list: string, device: string) => {
  const { text } = await callerAt(url)('GET', `/api/v1/${list}?device=${device}`, owner);
  const [item] = found.parse(JSON.parse(text)).items;
  return { id: item?.id ?? '', number: item?.number ?? '' };
};

const settle = async (server: TestServer, owner: Headers, tenant: string): Promise<Place> => {
  const { commit, url } = server;
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
  const answer = enrollAnswer.parse(await (await askToEnrol(server, pair, { token, hostname })).json());
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
  const [alert, ticket] = [await first(url, owner, 'alerts', device), await first(url, owner, 'tickets', device)];
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

/** For the tests of a file. */
export const shareTwoTenants = () => {
  const server = shareTestServer();
  const owner = shareOwner(server);
  const places = new Map<string, Place>();
  const people = new Map<Role, Headers>();
  beforeAll(async () => {
    for (const tenant of ['red', 'blue']) places.set(tenant, await settle(server(), owner(), tenant));
    people.set('owner', owner());
    for (const role of ['technician', 'viewer'] as const)
      people.set(role, await userOf(server(), { name: `kim the ${role}`, role, tenants: ['red'] }));
  });
  const placeOf = (tenant: string): Place => {
    const place = places.get(tenant);
    if (!place) throw new Error('asked for before the tests began');
    return place;
  };
  return {
    server,
    owner,
    red: () => placeOf('red'),
    blue: () => placeOf('blue'),
    as: (role: Role): Headers => people.get(role) ?? {},
    call: async (method: string, path: string, headers: Headers, sent?: unknown) =>
      callerAt(server().url)(method, path, headers, sent),
    /** What of the other tenant, blue, stands in a text. */
    leaksIn: (text: string): readonly string[] => placeOf('blue').secrets.filter((secret) => text.includes(secret)),
  };
};
