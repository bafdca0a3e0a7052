// A rule that a tenant has of its own is called by its name wherever it shows: in lists, tickets, notices and the feed. And a change for
// a tag reaches the agents of the devices that have it, and no others.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { aTransition, shareOwner, shareTestServer } from '../fixture.ts';
import { TestAgent, type TestDevice, enrolDevice, randomText } from '../ingest/test-agent.ts';

const server = shareTestServer({
  pace: { divisor: 1_000, leastMs: 20 },
  notices: { smtp: undefined, privateHosts: new Set(['127.0.0.1']), heartbeatUrl: undefined },
});
const owner = shareOwner(server);

const answer = z.looseObject({
  id: z.string().optional(),
  items: z.array(z.looseObject({ id: z.string().optional() })).default([]),
});

const call = async (method: string, path: string, sent?: unknown) => {
  const response = await fetch(`${server().url}/api/v1${path}`, {
    method,
    headers: { ...owner(), ...(sent !== undefined && { 'content-type': 'application/json' }) },
    ...(sent !== undefined && { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  return { status: response.status, ...answer.parse(text === '' ? {} : JSON.parse(text)) };
};

const METRIC = 'fettle.system.load.5m';
const OWN = {
  kind: 'threshold',
  title: 'The machine is overworked',
  text: 'Its load is high.',
  steps: ['Look what runs.'],
  signal: { metric: METRIC },
  levels: [{ severity: 'warning', forMs: 0, any: [{ metric: METRIC, beyond: 'above', fireAt: 20, clearAt: 10 }] }],
  ticket: { atOnce: ['server'] },
};

let devices: readonly TestDevice[];
let agents: readonly TestAgent[];
const epoch = randomText(16);

beforeAll(async () => {
  devices = [await enrolDevice(server(), 'one'), await enrolDevice(server(), 'two')];
  agents = await Promise.all(
    devices.map((device) =>
      TestAgent.connect(server().url, device, {
        lanes: { alerts: { epoch, next: 1 }, metrics: { epoch: randomText(16), next: 1 } },
      }),
    ),
  );
});

/** The bodies that it was sent. */
const receive = async () => {
  const bodies: string[] = [];
  const receiver = createServer((request, response) => {
    void textOf(request).then((body) => {
      bodies.push(body);
      response.end('thanks');
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void receiver.close());
  return { bodies, url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` };
};

describe('a rule of its own', () => {
  it('has its own title in the lists, the ticket, the notice and the feed', async () => {
    const { bodies, url } = await receive();
    const channel = await call('POST', '/channels', {
      name: 'hook',
      settings: { kind: 'webhook', url, secret: 's'.repeat(32) },
    });
    expect(
      await call('POST', '/notice-routes', { name: 'all', kinds: ['alert'], to: [{ channel: channel.id }] }),
    ).toMatchObject({ status: 200 });
    const made = await call('PUT', '/rules/load.high/overrides/tenant/home?tenant=home', { version: 0, document: OWN });
    expect(made.status).toBe(204);
    const rules = await call('GET', '/rules');
    expect(rules.items.at(-1)).toMatchObject({ id: 'load.high', tenant: 'home', title: OWN.title, openAlerts: 0 });
    expect(rules.items[0]).not.toHaveProperty('tenant');

    const transition = {
      ...aTransition({ rule: 'load.high', instance: '', at: Date.now(), since: Date.now() }),
      evidence: [{ metric: METRIC, value: 30, mean: 30, threshold: 20 }],
      processes: [],
    };
    agents[0]?.record(epoch, 1, { kind: 'transition', transition });
    await agents[0]?.acked('alerts', 1);

    const { items: alerts } = await call('GET', '/alerts?rule=load.high');
    expect(alerts).toMatchObject([{ title: OWN.title }]);
    expect(await call('GET', `/alerts/${alerts[0]?.id}`)).toMatchObject({ title: OWN.title });
    expect(await call('GET', `/alerts/${alerts[0]?.id}/explain`)).toMatchObject({ rule: { title: OWN.title } });
    const { items: tickets } = await call('GET', '/tickets');
    expect(tickets).toMatchObject([{ subject: `${OWN.title} on srv-01` }]);
    expect(await call('GET', `/tickets/${tickets[0]?.id}`)).toMatchObject({
      steps: OWN.steps,
      alerts: [{ title: OWN.title }],
    });
    const events = await call('GET', '/events?after=0');
    expect(events.items.filter(({ kind }) => kind === 'alert')).toMatchObject([{ alert: { title: OWN.title } }]);
    expect((await call('GET', '/rules')).items.at(-1)).toMatchObject({ id: 'load.high', openAlerts: 1 });
    await vi.waitFor(() => expect(bodies.join('\n')).toContain(OWN.title), { timeout: 8_000 });
  });
});

describe('a change for a tag', () => {
  const keepOf = (agent: TestAgent | undefined) => {
    const sent = agent?.heard.findLast((message) => message.type === 'rules' || message.type === 'welcome');
    const rules = sent && 'ruleSet' in sent ? sent.ruleSet?.rules : undefined;
    return rules?.find(({ id }) => id === 'disk.space')?.['graceMs'];
  };

  it('reaches the agent of a device that gets the tag, at once, and leaves it with the tag', async () => {
    const [first, second] = agents;
    const before = keepOf(second);
    const path = '/rules/disk.space/overrides/tag/vip?tenant=home';
    expect(await call('PUT', path, { version: 0, document: { graceMs: 77_000_000 } })).toMatchObject({ status: 204 });
    expect(await call('PUT', `/devices/${devices[0]?.id}/tags`, { tags: ['vip'] })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(keepOf(first)).toBe(77_000));
    expect(keepOf(second)).toBe(before);
    expect(await call('PUT', `/devices/${devices[0]?.id}/tags`, { tags: [] })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(keepOf(first)).toBe(before));
  });
});
