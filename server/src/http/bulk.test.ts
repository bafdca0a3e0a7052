// The same done to many alerts and tickets, over the API of a running server.
import { expect, it } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { aDataFolder, aTold, shareOwner, shareTestServer, userOf } from '../fixture.ts';

const server = shareTestServer({ folder: aDataFolder() });
const owner = shareOwner(server);

const answer = z.looseObject({
  code: z.string().optional(),
  detail: z.string().optional(),
  id: z.string().default(''),
  done: z.int().default(-1),
  items: z
    .array(z.looseObject({ id: z.string(), code: z.string().nullish(), version: z.int().optional() }))
    .default([]),
});
type Headers = Readonly<Record<string, string>>;
const call = async (path: string, sent?: object, headers: Headers = owner()) => {
  const response = await fetch(`${server().url}/api/v1${path}`, {
    ...(sent && { method: 'POST', body: JSON.stringify(sent) }),
    headers: sent ? { ...headers, 'content-type': 'application/json' } : headers,
  });
  return { status: response.status, ...answer.parse(await response.json()) };
};

let seq = 0;
/** @returns the ids of so many alerts that were not there before, oldest first */
const fire = async (count: number): Promise<readonly string[]> => {
  const before = new Set((await call('/alerts?limit=500')).items.map(({ id }) => id));
  const at = Date.now();
  const events = Array.from({ length: count }, () => {
    seq += 1;
    return aTold(seq, { rule: 'service.failed', instance: `unit-${seq}`, at, since: at });
  });
  await Promise.all(events.map((event) => server().commit(event)));
  return (await call('/alerts?limit=500')).items.map(({ id }) => id).filter((id) => !before.has(id));
};

it('five hundred alerts are acknowledged at once, each of them', async () => {
  const alerts = await fire(500);
  expect(alerts).toHaveLength(500);
  const outcome = await call('/alerts/bulk', { alerts, act: { do: 'ack' } });
  expect(outcome).toMatchObject({ status: 200, done: 500 });
  expect(outcome.items.map(({ id }) => id)).toEqual(alerts);
  expect((await call('/alerts?state=acked&limit=500')).items).toHaveLength(500);
});

it('what cannot be done with one is said of it, and the others are done', async () => {
  const [one = '', other = ''] = await fire(2);
  const alerts = [one, 'a_none', other, one];
  expect(await call('/alerts/bulk', { alerts, act: { do: 'assign', assignee: 'owner' } })).toMatchObject({
    done: 2,
    items: [
      { id: one, code: null, detail: null },
      { id: 'a_none', code: 'not_found', detail: 'There is no such alert.' },
      { id: other, code: null },
    ],
  });
  const until = '2040-01-01T00:00:00.000Z';
  for (const act of [{ do: 'snooze', until }, { do: 'mute', until, reason: 'x' }, { do: 'unmute' }])
    expect(await call('/alerts/bulk', { alerts: [one], act })).toMatchObject({ status: 200, done: 1 });
  const late = { do: 'snooze', until: '2020-01-01T00:00:00.000Z' };
  expect(await call('/alerts/bulk', { alerts: [one], act: late })).toMatchObject({
    done: 0,
    items: [{ code: 'time_passed' }],
  });
});

it('of another tenant they are not there; a viewer may not', async () => {
  const alerts = await fire(1);
  await server().commit({ type: 'add tenant', actor: SYSTEM, tenant: 'bistro', name: 'Bistro', prefix: 'BIS' });
  const [stranger, viewer] = [
    await userOf(server(), { name: 'otto', role: 'technician', tenants: ['bistro'] }),
    await userOf(server(), { name: 'vera', role: 'viewer', tenants: ['acme'] }),
  ];
  const sent = { alerts, act: { do: 'ack' } };
  expect(await call('/alerts/bulk', sent, stranger)).toMatchObject({ status: 404, code: 'not_found' });
  expect(await call('/alerts/bulk', sent, viewer)).toMatchObject({ status: 403, code: 'forbidden' });
});

it('tickets are given, resolved and closed together, and one that has changed meanwhile is left', async () => {
  const ticket = { body: '', priority: 'low', requester: null, category: null, assignee: null, device: null } as const;
  const open = async (subject: string) => {
    const made = await server().commit({
      type: 'open ticket',
      actor: SYSTEM,
      tenant: 'acme',
      ticket: { ...ticket, subject },
    });
    return made.is === 'made' ? made.id : '';
  };
  const ids = [await open('one'), await open('two')];
  const tickets = ids.map((id) => ({ id, version: 1 }));
  const bulk = (act: object, version: number) =>
    call('/tickets/bulk', { tickets: tickets.map(({ id }) => ({ id, version })), act });
  expect(await bulk({ do: 'assign', to: 'owner' }, 1)).toMatchObject({ done: 2 });
  expect(await bulk({ do: 'take' }, 1)).toMatchObject({ done: 0, items: [{ code: 'version_conflict' }, {}] });
  expect(await bulk({ do: 'resolve' }, 2)).toMatchObject({ done: 2 });
  expect(await bulk({ do: 'close' }, 3)).toMatchObject({ done: 2 });
  expect(await call(`/tickets/${ids[0]}`)).toMatchObject({ state: 'closed', assignee: 'owner' });
});

it.each(['alerts', 'tickets'])('ten thousand %s are too many, and nothing is done to any', async (what) => {
  const [id = ''] = await fire(1);
  const ids = Array.from({ length: 10_000 }, (_, n) => (n === 0 ? id : `a_${n}`));
  const sent =
    what === 'alerts'
      ? { alerts: ids, act: { do: 'ack' } }
      : { tickets: ids.map((one) => ({ id: one, version: 1 })), act: { do: 'take' } };
  const refused = await call(`/${what}/bulk`, sent);
  expect(refused).toMatchObject({ status: 400, code: 'invalid_request' });
  expect(refused.detail).toContain('at most 500 at once: send the others in another request');
  expect(await call(`/alerts/${id}`)).toMatchObject({ state: 'open' });
});
