// What the API answers, on real data that a real agent has sent: pages, filters, readings, changes and their refusals.
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { shareOwner, shareTestServer } from '../fixture.ts';
import { TestAgent, type TestDevice, enrolDevice, randomText } from '../ingest/test-agent.ts';

const server = shareTestServer();
const owner = shareOwner(server);
const INSTANCES = 12;
const T0 = Date.UTC(2025, 10, 23, 12);

let device: TestDevice;
let fire: (instance: string) => Promise<void>;

const body = z.looseObject({
  code: z.string().optional(),
  detail: z.string().optional(),
  next: z.string().nullable().optional(),
  items: z.array(z.looseObject({ id: z.string().optional(), seq: z.int().optional() })).optional(),
  version: z.int().optional(),
});

type Answer = z.infer<typeof body> & { readonly status: number };

const call = async (method: string, path: string, sent?: unknown): Promise<Answer> => {
  const headers = sent === undefined ? owner() : { ...owner(), 'content-type': 'application/json' };
  const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
  const response = await fetch(`${server().url}${path}`, {
    method,
    headers,
    ...(sent === undefined ? {} : { body: text }),
  });
  return { status: response.status, ...body.parse(await response.json()) };
};
const get = (path: string) => call('GET', `/api/v1${path}`);
const post = (path: string, sent?: unknown) => call('POST', `/api/v1${path}`, sent);

beforeAll(async () => {
  device = await enrolDevice(server());
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
  const agent = await TestAgent.connect(server().url, device, { lanes });
  let seq = 0;
  fire = async (instance) => {
    seq += 1;
    const at = T0 + seq;
    const about = { rule: 'disk.space', ruleHash: 'h', instance, severity: 'critical', at, since: at } as const;
    const transition = { change: 'fire', ...about, reason: 'threshold', evidence: [] } as const;
    agent.record(lanes.alerts.epoch, seq, { kind: 'transition', transition: { ...transition, evidence: [] } });
    await agent.acked('alerts', seq);
  };
  agent.announce([{ metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': '/' } }]);
  agent.batch(1, T0, [[100, 200, 300, 400, 500, 600]]);
  await agent.acked('metrics', 1);
  for (let count = 1; count <= INSTANCES; count += 1) await fire(`/data${count}`);
  for (let count = 0; count < 4; count += 1) await enrolDevice(server(), count < 2 ? 'twin' : `srv-1${count}`);
});

describe.each(['/alerts', '/tickets', '/devices', '/events'])('the list %s', (path) => {
  const ids = (items: readonly { readonly id?: string | undefined; readonly seq?: number | undefined }[] = []) =>
    items.map(({ id, seq }) => id ?? seq);

  it('is the same read in pages of one, of two, and as a whole', async () => {
    const whole = ids((await get(path)).items);
    expect(whole.length).toBeGreaterThan(4);
    expect((await get(`${path}?limit=${whole.length}`)).next).toBeNull();
    for (const limit of [1, 2, whole.length]) {
      const read: unknown[] = [];
      let next: string | null | undefined;
      do {
        const page = await get(`${path}?limit=${limit}${next ? `&cursor=${next}` : ''}`);
        expect(page.items?.length).toBeLessThanOrEqual(limit);
        read.push(...ids(page.items));
        ({ next } = page);
      } while (next);
      expect(read).toEqual(whole);
    }
  });

  it.each([
    ['limit=0', /limit/],
    ['limit=501', /limit/],
    ['limit=1.5', /limit/],
    ['limit=many', /limit/],
    ['cursor=nonsense', /cursor/],
    ['cursor=WzEsMiwzXQ', /cursor/],
    ['colour=red', /colour/],
  ])('refuses ?%s, and names what is wrong', async (query, named) => {
    const refused = await get(`${path}?${query}`);
    expect(refused).toMatchObject({ status: 400, code: expect.stringMatching(/^invalid_/) as string });
    expect(refused.detail).toMatch(named);
  });
});

describe('filters', () => {
  it.each([
    ['/alerts?state=open', INSTANCES],
    ['/alerts?state=open,acked', INSTANCES],
    ['/alerts?state=resolved', 0],
    ['/alerts?severity=warning', 0],
    ['/alerts?rule=disk.space', INSTANCES],
    ['/alerts?device=d_none', 0],
    ['/tickets?state=new', 6], // five of the device, and one for all the rest
    ['/tickets?state=closed', 0],
    ['/devices?q=TWIN', 2],
    ['/devices?q=%25', 0],
    ['/devices?q=online', 1],
    ["/devices?q='%20OR%201=1--", 0],
  ])('%s finds %i', async (path, count) => {
    expect((await get(path)).items).toHaveLength(count);
  });

  it('an unknown state is refused', async () => {
    expect(await get('/alerts?state=open,dancing')).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

describe('a list while it grows', () => {
  it('neither repeats nor leaves out what was there when it was begun', async () => {
    const before = (await get('/alerts')).items?.map(({ id }) => id) ?? [];
    const first = await get('/alerts?limit=5');
    await fire('/late');
    const rest = await get(`/alerts?cursor=${first.next}`);
    expect([...(first.items ?? []), ...(rest.items ?? [])].map(({ id }) => id)).toEqual(before);
  });
});

describe('readings', () => {
  const range = `from=${new Date(T0).toISOString()}&to=${new Date(T0 + 60_000).toISOString()}`;
  const series = (query: string) => get(`/devices/${device.id}/series?${query}`);

  it('the newest, in the form that the API promises', async () => {
    const { status, ...latest } = await get(`/devices/${device.id}/latest`);
    const attributes = { 'system.filesystem.mountpoint': '/' };
    const at = new Date(T0 + 50_000).toISOString();
    expect(latest).toEqual({ 'system.filesystem.utilization': [{ attributes, value: 0.6, unit: '1', at }] });
    expect(status).toBe(200);
  });

  it.each([
    [60, 1_000],
    [6, 10_000],
    [3, 20_000],
    [1, 60_000],
  ])('a minute in at most %i points has steps of %i ms', async (points, stepMs) => {
    const found = await series(`metric=system.filesystem.utilization&${range}&points=${points}`);
    expect(found).toMatchObject({ status: 200, stepMs, series: [{ unit: '1' }] });
    expect(found['times']).toHaveLength(60_000 / stepMs);
    const [{ min, max }] = found['series'] as [Record<'min' | 'max', readonly (number | null)[]>];
    expect([min[0], max.findLast((value) => value !== null)]).toEqual([0.1, 0.6]);
  });

  it.each([
    ['a metric that is none', `metric=brand.new&${range}`, 'unknown_metric', /brand\.new/],
    ['no metric', range, 'invalid_request', /metric/],
    ['more points than 2000', `metric=system.cpu.utilization&${range}&points=2001`, 'invalid_request', /points/],
    ['more metrics than 20', `${'metric=system.cpu.utilization&'.repeat(21)}${range}`, 'invalid_request', /metric/],
    [
      'a time that is none',
      'metric=system.cpu.utilization&from=yesterday&to=2026-01-01T00:00:00Z',
      'invalid_request',
      /from/,
    ],
    [
      'an end before its begin',
      'metric=system.cpu.utilization&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      'invalid_range',
      /"to"/,
    ],
  ])('refuses %s', async (_name, query, code, named) => {
    const refused = await series(query);
    expect(refused).toMatchObject({ status: 400, code });
    expect(refused.detail).toMatch(named);
  });

  it('of a device that is none: 404', async () => {
    for (const path of ['', '/latest', `/series?metric=system.cpu.utilization&${range}`])
      expect(await get(`/devices/d_none${path}`)).toMatchObject({ status: 404, code: 'not_found' });
  });
});

it('a device shows what it told of itself: what it can read, and what it is made of', async () => {
  const told = await enrolDevice(server(), 'teller');
  const bare = await get(`/devices/${told.id}`);
  expect(bare).toMatchObject({ status: 200, capabilities: [], inventory: null });
  const epoch = randomText(16);
  const lanes = { alerts: { epoch, next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
  const agent = await TestAgent.connect(server().url, told, { lanes, hostname: 'teller' });
  const section = (id: string, value: string) => ({ id, title: id, facts: [{ label: 'Name', value }] });
  const hung = { code: 'timeout' as const, detail: 'no answer' };
  const spent = { runs: 7, failures: 1, cpuMs: 20, children: 2, bytes: 512, lastAt: T0 };
  const collectors = [
    { id: 'cpu', ok: true as const, source: '/proc/stat' },
    { id: 'volumes', ok: true as const, source: 'statfs', ledger: { ...spent, lastReason: hung, partial: [hung] } },
    { id: 'smart', ok: false as const, reason: { ...hung, fix: 'wait' } },
  ];
  agent.record(epoch, 1, { kind: 'capabilities', at: T0, collectors });
  agent.record(epoch, 2, { kind: 'inventory', at: T0, sections: [section('os', '12'), section('cpu', 'x')] });
  agent.record(epoch, 3, { kind: 'inventory', at: T0 + 1, sections: [section('os', '13')] });
  await agent.acked('alerts', 3);
  expect(await get(`/devices/${told.id}`)).toMatchObject({
    name: 'teller',
    capabilities: [
      { collector: 'cpu', available: true, source: '/proc/stat', reason: null, cost: null },
      {
        collector: 'volumes',
        available: true,
        cost: {
          ...spent,
          lastAt: new Date(T0).toISOString(),
          lastReason: { ...hung, fix: null },
          partial: [{ ...hung, fix: null }],
        },
      },
      { collector: 'smart', available: false, source: null, reason: { ...hung, fix: 'wait' }, cost: null },
    ],
    inventory: { at: new Date(T0 + 1).toISOString(), sections: [section('os', '13'), section('cpu', 'x')] },
  });
  const listed = await get('/devices?q=teller');
  expect(Object.keys(listed.items?.[0] ?? {})).not.toContain('inventory');
});

describe('a ticket', () => {
  it('is taken, noted and resolved, each once, and its history tells it', async () => {
    const id = (await get('/tickets')).items?.at(-1)?.id ?? '';
    const { version } = await get(`/tickets/${id}`);
    const taken = await post(`/tickets/${id}/take`, { version });
    expect(taken).toMatchObject({ status: 200, state: 'open', assignee: 'owner' });
    expect(await post(`/tickets/${id}/take`, { version })).toMatchObject({ status: 409, code: 'version_conflict' });
    expect(await post(`/tickets/${id}/notes`, { text: 'looking' })).toMatchObject({ status: 200 });
    const noted = await get(`/tickets/${id}`);
    const done = await post(`/tickets/${id}/resolve`, { version: noted.version, note: 'cleaned up' });
    expect(done).toMatchObject({ status: 200, state: 'resolved', alerts: [{ state: 'acked' }] });
    expect(done['timeline']).toMatchObject([
      { what: 'opened' },
      { what: 'taken' },
      { what: 'noted', text: 'looking' },
      { what: 'resolved', text: 'cleaned up', by: 'owner' },
    ]);
    expect(await post(`/tickets/${id}/resolve`, { version: done.version })).toMatchObject({
      status: 409,
      code: 'ticket_closed',
    });
  });

  it.each([
    ['take', { version: 1 }, 404],
    ['resolve', { version: 1 }, 404],
    ['notes', { text: 'x' }, 404],
    ['take', {}, 400],
    ['take', { version: '1' }, 400],
    ['notes', { text: '' }, 400],
    ['notes', { text: 'x'.repeat(10_001) }, 400],
    ['notes', { text: 'x', admin: true }, 400],
  ])('%s with %j answers %i for one that is none', async (verb, sent, status) => {
    expect((await post(`/tickets/t_none/${verb}`, sent)).status).toBe(status);
  });
});

it('an alert is acknowledged, and again is no error; one that is none is 404', async () => {
  const id = (await get('/alerts?state=open')).items?.[0]?.id ?? '';
  expect(await post(`/alerts/${id}/ack`)).toMatchObject({ status: 200, state: 'acked' });
  expect(await post(`/alerts/${id}/ack`)).toMatchObject({ status: 200, state: 'acked' });
  expect(await post('/alerts/a_none/ack')).toMatchObject({ status: 404, code: 'not_found' });
});
