// A rule is changed over the API, and the agents that it reaches are told, they and no others.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { change } from '../cli/change.ts';
import { SYSTEM } from '../domain/actor.ts';
import { freshFolder, shareOwner, shareTestServer } from '../fixture.ts';
import { TestAgent, type TestDevice, enrolDevice, randomText } from '../ingest/test-agent.ts';

const folder = freshFolder();
const server = shareTestServer({ folder });
const EPOCH = randomText(16);
const owner = shareOwner(server);
const answer = z.looseObject({ code: z.string().optional(), detail: z.string().optional() });

const call = async (method: string, path: string, sent?: unknown) => {
  const response = await fetch(`${server().url}/api/v1/rules${path}`, {
    method,
    headers: { ...owner(), ...(sent === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  return { status: response.status, ...answer.parse(text === '' ? {} : JSON.parse(text)) };
};

const fireAt = (value: number) => ({ levels: [{ any: [{ fireAt: value }] }] });
const at = (level: string, place: string) => `/disk.space/overrides/${level}/${place}?tenant=home`;

let devices: readonly TestDevice[];
let agents: readonly TestAgent[];

/** The last rule set that each agent was sent. */
const thresholds = () =>
  agents.map((agent) => {
    const sent = agent.heard.findLast((message) => message.type === 'rules' || message.type === 'welcome');
    const rules = sent && 'ruleSet' in sent ? sent.ruleSet?.rules : undefined;
    const rule = rules?.find(({ id }) => id === 'disk.space') as
      | { levels: { any: { fireAt: number }[] }[] }
      | undefined;
    return rule?.levels[0]?.any[0]?.fireAt;
  });
const rulesTold = () => agents.map(({ heard }) => heard.filter(({ type }) => type === 'rules').length);

beforeAll(async () => {
  devices = [await enrolDevice(server(), 'one'), await enrolDevice(server(), 'two')];
  agents = await Promise.all(
    devices.map((device) =>
      TestAgent.connect(server().url, device, {
        lanes: { alerts: { epoch: EPOCH, next: 1 }, metrics: { epoch: randomText(16), next: 1 } },
      }),
    ),
  );
});

describe('a changed rule', () => {
  it('reaches the agents of its place at once, and nobody else', async () => {
    expect(thresholds()).toEqual([0.85, 0.85]);
    expect(await call('PUT', at('device', devices[0]?.id ?? ''), { version: 0, document: fireAt(0.94) })).toMatchObject(
      {
        status: 204,
      },
    );
    await vi.waitFor(() => expect(thresholds()).toEqual([0.94, 0.85]));
    expect(await call('PUT', at('site', 'home'), { version: 0, document: fireAt(0.9) })).toMatchObject({ status: 204 });
    await vi.waitFor(() => expect(thresholds()).toEqual([0.94, 0.9]));
    expect(rulesTold()).toEqual([1, 1]);
  });

  it('is explained: who says what', async () => {
    const found = await call('GET', `/disk.space/effective?device=${devices[0]?.id}`);
    const { values } = z
      .looseObject({ values: z.array(z.looseObject({ path: z.string(), text: z.string() })) })
      .parse(found);
    const text = values.find(({ path }) => path === 'levels[0].any[0].fireAt')?.text.replaceAll('\u00A0', ' ');
    expect(text).toBe('85 % from the pack, 90 % by site home, 94 % by this device');
    expect(await call('GET', `/no.such/effective?device=${devices[0]?.id}`)).toMatchObject({ status: 404 });
  });

  it('that somebody else has changed meanwhile is a conflict', async () => {
    expect(await call('PUT', at('site', 'home'), { version: 0, document: fireAt(0.8) })).toMatchObject({
      status: 409,
      code: 'version_conflict',
    });
  });

  it('that would be no rule is refused with the field, and nothing is changed', async () => {
    const refused = await call('PUT', at('site', 'home'), { version: 1, document: fireAt(0.5) });
    expect(refused).toMatchObject({ status: 422, code: 'rule_invalid' });
    expect(refused.detail).toMatch(/^disk.space at site home: levels\[0\].any\[0\].fireAt|clearAt: /);
    expect(thresholds()).toEqual([0.94, 0.9]);
  });

  it.each([
    ['site', 'nowhere'],
    ['device', 'd_0000000000000000000000'],
    ['tenant', 'other'],
  ])('at a %s that is not there is refused', async (level, place) => {
    expect(await call('PUT', at(level, place), { version: 0, document: {} })).toMatchObject({ status: 404 });
  });

  it('has versions with author and difference, and can be put back and taken back', async () => {
    expect(await call('PUT', at('site', 'home'), { version: 1, document: fireAt(0.92) })).toMatchObject({
      status: 204,
    });
    await vi.waitFor(() => expect(thresholds()).toEqual([0.94, 0.92]));
    const back = `/disk.space/overrides/site/home/rollback?tenant=home`;
    expect(await call('POST', back, { version: 2, to: 1 })).toMatchObject({ status: 204 });
    await vi.waitFor(() => expect(thresholds()).toEqual([0.94, 0.9]));
    expect(await call('DELETE', `${at('site', 'home')}&version=3`)).toMatchObject({ status: 204 });
    await vi.waitFor(() => expect(thresholds()).toEqual([0.94, 0.85]));
    const items = z.looseObject({
      items: z.array(
        z.looseObject({ level: z.string(), version: z.int(), author: z.string(), changes: z.array(z.unknown()) }),
      ),
    });
    const { items: all } = items.parse(await call('GET', '/disk.space/versions'));
    const ofSite = all.filter(({ level }) => level === 'site');
    expect(ofSite.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(ofSite[2]?.changes).toEqual([{ path: 'levels[0].any[0].fireAt', before: 0.9, after: 0.92 }]);
    expect(ofSite.every(({ author }) => author === 'owner')).toBe(true);
  });

  it('beside the server, as the command line makes it, is seen too', async () => {
    const spot = { tenant: 'home', level: 'tenant', place: 'home', rule: 'disk.space' } as const;
    change(folder, { type: 'change rules', actor: SYSTEM, changes: [{ ...spot, version: 0, document: fireAt(0.89) }] });
    await vi.waitFor(() => expect(thresholds()[1]).toBe(0.89), { timeout: 10_000 });
  });

  it('of what an agent cannot read says on how many devices, and why', async () => {
    const [agent] = agents;
    const collectors = [
      { id: 'volumes', ok: false as const, reason: { code: 'permission' as const, detail: 'no right' } },
    ];
    agent?.record(EPOCH, 1, { kind: 'capabilities', at: 1, collectors });
    await agent?.acked('alerts', 1);
    expect(await call('GET', '/disk.space/watching')).toMatchObject({
      devices: 2,
      notWatching: [{ why: 'no right', fix: null, devices: 1 }],
    });
  });
});

describe('a rule over the readings of before', () => {
  const STEP_MS = 10_000;
  const MINUTES = 60;
  const series = [{ metric: 'system.cpu.utilization', attributes: {} }];
  let busy: readonly TestDevice[];

  /** An hour of a busy CPU, up to a while ago. */
  const fill = async (device: TestDevice) => {
    const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: EPOCH, next: 1 } };
    const agent = await TestAgent.connect(server().url, device, { lanes });
    agent.announce(series);
    const t0 = Math.floor(Date.now() / STEP_MS) * STEP_MS - (MINUTES + 1) * 6 * STEP_MS;
    for (let minute = 0; minute < MINUTES; minute += 1)
      agent.batch(minute + 1, t0 + minute * 6 * STEP_MS, [[950, 950, 950, 950, 950, 950]]);
    await agent.acked('metrics', MINUTES);
  };
  const verdict = z.looseObject({
    fires: z.int(),
    tickets: z.int(),
    devices: z.int(),
    episodes: z.array(z.looseObject({ to: z.unknown() })),
  });
  const view = z.looseObject({
    lookedAt: z.int(),
    a: verdict,
    b: verdict.optional(),
    difference: z.looseObject({ both: z.int(), onlyA: verdict }).optional(),
  });

  beforeAll(async () => {
    busy = await Promise.all(['b1', 'b2', 'b3', 'b4', 'b5', 'b6'].map((name) => enrolDevice(server(), name)));
    await Promise.all(busy.map(fill));
  });

  it('says how often and where it would have fired, and what another version makes other', async () => {
    const b = { id: 'cpu.sustained', document: { levels: [{ any: [{ fireAt: 0.96 }] }] } };
    const found = view.parse(
      await call('POST', '/backtest', { a: { id: 'cpu.sustained' }, b, tenant: 'home', days: 1 }),
    );
    expect(found.a).toMatchObject({ fires: 6, tickets: 6, devices: 6 });
    expect(found.a.episodes[0]?.to).toBeNull();
    expect(found.b).toMatchObject({ fires: 0, tickets: 0 });
    expect(found.difference).toMatchObject({ both: 0, onlyA: { fires: 6 } });
    const one = { a: { id: 'cpu.sustained' }, tenant: 'home', device: busy[0]?.id, days: 1 };
    expect(view.parse(await call('POST', '/backtest', one))).toMatchObject({
      lookedAt: 1,
      dropped: 0,
      a: { fires: 1 },
    });
  });

  it('while two others run has to wait, and others are answered meanwhile', async () => {
    const asked = { a: { id: 'cpu.sustained' }, tenant: 'home', days: 14 };
    const many = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/backtest', asked)));
    expect(many.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(many.find(({ status }) => status === 503)).toMatchObject({
      code: 'busy',
      detail: /2 back-tests are running/,
    });
    expect(await call('POST', '/backtest', asked)).toMatchObject({ status: 200 });
  });

  it('that is none, or that the server judges itself, cannot be tested', async () => {
    const of = (id: string, document = {}) => call('POST', '/backtest', { a: { id, document }, tenant: 'home' });
    expect(await of('cpu.sustained', { levels: [{ any: [{ fireAt: 9 }] }] })).toMatchObject({ status: 422 });
    expect(await of('device.offline')).toMatchObject({ status: 422, code: 'rule_invalid' });
  });

  it('that would have fired everywhere is only kept when that is confirmed', async () => {
    const path = '/cpu.sustained/overrides/tenant/home?tenant=home';
    const sent = { version: 0, document: { levels: [{ any: [{ fireAt: 0.92 }] }] } };
    const warned = await call('PUT', path, sent);
    expect(warned).toMatchObject({ status: 409, code: 'would_fire_everywhere' });
    expect(warned.detail).toMatch(/on 6 of 8 devices/);
    expect(await call('PUT', `${path}&confirm=true`, sent)).toMatchObject({ status: 204 });
  });
});
